// Decodes chunks, event by event, into a visitor: nothing is kept in between, so that a pass over
// millions of calls costs little more than its own work.
//
// A visitor has these functions:
//   void chunk(const ChunkHeader&, const Columns&)
//     Before anything else of the chunk.
//   void thread(const ThreadKey&, ThreadState&& opening)
//     Then for each thread.
//   bool event(const Event&)
//     And for each of its events, in order. Returns what replay() says: false when it cannot be.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "format/chunk/chunk.h"
#include "format/chunk/columns.h"
#include "format/layout.h"

namespace pgrec {

// The two byte planes of times, read in step.
struct TimePlanes {
  const std::uint8_t* low = nullptr;
  const std::uint8_t* high = nullptr;
  const std::uint8_t* low_end = nullptr;

  std::optional<unsigned> next() {
    if (low == low_end) return std::nullopt;
    return static_cast<unsigned>(*high++) << 8 | *low++;
  }
};

// What a token stands for.
struct Token {
  EventKind kind = kNoEvent;
  std::uint32_t subject = 0;  // a function's or a class's id

  // Of a place that the table does not have. No visitor takes it: replay() knows no such kind.
  static constexpr EventKind kNoEvent{0xFF};
};

class ChunkDecoder {
 public:
  // Hands the chunk to `visitor`. False when the columns contradict the header, each other or a
  // bound. The visitor has then seen the threads and events before the fault: throw it away.
  template <typename Visitor>
  bool decode(ByteView plain, ByteView bytes, Visitor& visitor) {
    return open(plain, bytes) && run(visitor);
  }

  // The same for a visitor that passes on what it gets: it gets nothing of a chunk with a fault.
  template <typename Visitor>
  bool decode_checked(ByteView plain, ByteView bytes, Visitor& visitor);

 private:
  bool open(ByteView plain, ByteView bytes);
  void forget_large_buffers();
  template <typename Visitor>
  bool run(Visitor& visitor);
  bool read_thread(ThreadKey& key, std::uint64_t& events, ThreadState& opening);
  bool used_up() const;

  template <bool kWide, typename Visitor>
  bool decode_events(std::uint64_t count, Timestamp not_before, Visitor& visitor);

  // Where the columns of one entry an event have been read to.
  struct Cursor {
    const std::uint8_t* token = nullptr;  // of narrow ones
    const std::uint8_t* token_end = nullptr;
    TimePlanes enter, other;
  };
  // How far the chunk has been read.
  struct Position {
    ByteReader threads{{}}, places{{}}, texts{{}}, longer{{}};
    Cursor cursor;
    std::uint64_t open_calls = 0;
    std::uint64_t events_left = 0;
    std::uint64_t calls = 0;
    std::uint64_t executions = 0;
  };

  ChunkHeader header_;
  Columns columns_;
  Bytes buffers_[layout::kTimeLong + 1];
  std::vector<Token> table_;  // at least as long as a narrow place can reach
  bool wide_ = false;
  Position start_, at_;
};

// When the last of what is open began: no event of the thread can be earlier.
Timestamp latest_begin(const ThreadState& state);

template <typename Visitor>
bool ChunkDecoder::decode_checked(ByteView plain, ByteView bytes, Visitor& visitor) {
  struct Check {
    void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids = header.ids; }
    void thread(const ThreadKey& thread_key, ThreadState&& opening) {
      key = thread_key;
      state = std::move(opening);
    }
    [[gnu::always_inline]] bool event(const Event& event) {
      NoSink sink;
      return replay(event, key, state, ids, sink);
    }
    NextIds ids;
    ThreadKey key;
    ThreadState state;
  } check;
  return open(plain, bytes) && run(check) && run(visitor);
}

template <typename Visitor>
bool ChunkDecoder::run(Visitor& visitor) {
  at_ = start_;
  visitor.chunk(header_, columns_);
  ThreadKey before;
  for (std::uint32_t i = 0; i < header_.threads; ++i) {
    ThreadKey key;
    std::uint64_t events = 0;
    ThreadState opening;
    if (!read_thread(key, events, opening) || (i > 0 && !(before < key))) return false;
    before = key;
    at_.events_left -= events;
    const Timestamp not_before = latest_begin(opening);
    if (not_before > header_.last && events > 0) return false;
    visitor.thread(key, std::move(opening));
    const bool decoded = wide_ ? decode_events<true>(events, not_before, visitor)
                               : decode_events<false>(events, not_before, visitor);
    if (!decoded) return false;
  }
  return used_up();
}

// The cursor is kept in local variables: the visitor may write to memory that the compiler cannot
// tell from the decoder's own.
template <bool kWide, typename Visitor>
bool ChunkDecoder::decode_events(std::uint64_t count, Timestamp not_before, Visitor& visitor) {
  Cursor at = at_.cursor;
  if (!kWide && static_cast<std::size_t>(at.token_end - at.token) < count) return false;
  const Token* const table = table_.data();
  const auto room = static_cast<std::uint64_t>((header_.last - not_before).count());
  std::uint64_t calls = 0;
  Timestamp ts = header_.first;
  // Moves on by the next time of `planes`.
  const auto advance = [&](TimePlanes& planes) {
    const auto step = planes.next();
    if (!step) return false;
    if (*step >> 8 != layout::kLongTime) {
      ts += Duration(*step);
    } else {
      ts += Duration(static_cast<std::int64_t>(at_.longer.varint_below(layout::kMaxNs)));
    }
    // Before not_before it is a large number too.
    return static_cast<std::uint64_t>((ts - not_before).count()) <= room;
  };
  // Enters and returns, nearly all there is, apart: what the visitor does with them is then known
  // where it is inlined.
  for (std::uint64_t i = 0; i < count; ++i) {
    const Token token = table[kWide ? at_.places.varint_below(table_.size()) : *at.token++];
    Event event;
    if (token.kind == EventKind::kEnter) {
      if (!advance(at.enter)) return false;
      event.kind = EventKind::kEnter;
      event.function = FunctionId{token.subject};
      event.ts = ts;
      ++calls;
      if (!visitor.event(event)) return false;
      continue;
    }
    if (!advance(at.other)) return false;
    event.ts = ts;
    if (token.kind == EventKind::kReturned) {
      event.kind = EventKind::kReturned;
      if (!visitor.event(event)) return false;
      continue;
    }
    event.kind = token.kind;
    if (token.kind == EventKind::kHeadless) {
      event.function = FunctionId{token.subject};
      ++calls;
    } else if (token.kind == EventKind::kOfClass) {
      event.event_class = ClassId{token.subject};
    } else if (token.kind == EventKind::kExecutionBegin) {
      event.text = TextId{static_cast<std::uint32_t>(at_.texts.varint_below(1ull << 32))};
      ++at_.executions;
    }
    if (!visitor.event(event)) return false;
  }
  at_.calls += calls;
  at_.cursor = at;
  return true;
}

}  // namespace pgrec
