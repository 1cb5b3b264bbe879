#include "format/chunk.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "format/layout.h"

namespace pgrec {
namespace {

using layout::Column;

constexpr unsigned kTokenKindBits = 4;
static_assert(kEventKinds <= 1u << kTokenKindBits);

using layout::kMaxNs;

bool names_function(EventKind kind) {
  return kind == EventKind::kEnter || kind == EventKind::kHeadless;
}

// Times. A difference below 0xFF00 is split into its low and its high byte, each in a column of its
// own: the high bytes are much alike and compress, the low ones are noise and cost nothing to skip.
// Larger ones are rare: high byte 0xFF, low byte 0, and a varint in a third column.
//
// 5 ns, 700 ns and 70,000 ns: low 05 BC 00, high 00 02 FF, long F0 A2 04.
struct TimeColumns {
  Bytes low, high, longer;

  void put(std::uint64_t ns) {
    if (ns < std::uint64_t{layout::kLongTime} << 8) {
      low.push_back(static_cast<std::uint8_t>(ns));
      high.push_back(static_cast<std::uint8_t>(ns >> 8));
    } else {
      low.push_back(0);
      high.push_back(layout::kLongTime);
      put_varint(longer, ns);
    }
  }
};

std::uint64_t get_time(ByteReader& low, ByteReader& high, ByteReader& longer) {
  const std::uint8_t low_byte = low.u8();
  const std::uint8_t high_byte = high.u8();
  if (high_byte == layout::kLongTime) return longer.varint_below(kMaxNs);
  return std::uint64_t{high_byte} << 8 | low_byte;
}

// What was open. Ids and times are written as distances back from the chunk's first id and first
// event. A distance in time is zigzag coded: a chunk that had to be cut short inside its window
// begins before its predecessor's last events.

void put_age(Bytes& out, Timestamp first, Timestamp then) {
  const std::int64_t age = to_ns(first) - to_ns(then);
  put_varint(out, static_cast<std::uint64_t>(age) << 1 ^ static_cast<std::uint64_t>(age >> 63));
}

Timestamp get_age(ByteReader& in, Timestamp first) {
  const std::uint64_t coded = in.varint_below(kMaxNs);
  const auto age = static_cast<std::int64_t>(coded >> 1) ^ -static_cast<std::int64_t>(coded & 1);
  if (age > to_ns(first)) in.fail();
  return in.ok() ? from_ns(to_ns(first) - age) : Timestamp{};
}

template <typename Id>
void put_back(Bytes& out, Id next, std::optional<Id> id) {
  put_varint(out, id ? value(next) - value(*id) : 0);
}

// An id before `next`, or none for a distance of 0.
template <typename Id>
std::optional<Id> get_back(ByteReader& in, Id next) {
  const std::uint64_t back = in.varint();
  if (back > value(next)) in.fail();
  if (back == 0 || !in.ok()) return std::nullopt;
  return Id{value(next) - back};
}

void put_state(Bytes& out, const ThreadState& state, const ChunkHeader& header) {
  std::optional<ExecutionId> running;
  if (state.execution) running = state.execution->id;
  put_back(out, header.ids.execution, running);
  if (state.execution) {
    put_varint(out, value(state.execution->text));
    put_age(out, header.first, state.execution->begun);
  }
  put_varint(out, state.calls.size());
  for (const OpenCall& call : state.calls) {
    put_varint(out, value(call.function));
    put_back(out, header.ids.call, std::optional(call.id));
    put_age(out, header.first, call.entered);
    put_varint(out, static_cast<std::uint64_t>(call.children.count()));
    put_back(out, header.ids.execution, call.execution);
  }
}

ThreadState get_state(ByteReader& in, const ChunkHeader& header) {
  ThreadState state;
  if (const auto running = get_back(in, header.ids.execution)) {
    const auto text = TextId{static_cast<std::uint32_t>(in.varint_below(1ull << 32))};
    state.execution = OpenExecution{*running, text, get_age(in, header.first)};
  }
  const std::uint64_t open = in.varint_below(layout::kMaxOpenCalls + 1);
  for (std::uint64_t i = 0; i < open && in.ok(); ++i) {
    OpenCall call;
    call.function = FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
    const auto id = get_back(in, header.ids.call);
    if (!id) in.fail();
    call.id = id.value_or(CallId{});
    call.entered = get_age(in, header.first);
    call.children = Duration(static_cast<std::int64_t>(in.varint_below(kMaxNs)));
    call.execution = get_back(in, header.ids.execution);
    state.calls.push_back(call);
  }
  return state;
}

// When the last of what is open began: no event of the thread can be earlier.
Timestamp latest_begin(const ThreadState& state) {
  Timestamp latest{};
  if (state.execution) latest = state.execution->begun;
  for (const OpenCall& call : state.calls)
    latest = std::max(latest, call.entered);
  return latest;
}

void put_column(Bytes& out, Column column, const Bytes& data) {
  out.push_back(static_cast<std::uint8_t>(column));
  put_varint(out, data.size());
  put_bytes(out, data.data(), data.size());
}

// The columns of a chunk by id, each empty where the chunk has none. Unknown ones are passed over.
struct Columns {
  static constexpr std::size_t kKnown = 7;
  std::array<ByteView, kKnown> data;
  bool ok = true;

  explicit Columns(ByteView bytes) {
    ByteReader in(bytes);
    while (!in.at_end() && in.ok()) {
      const std::uint8_t id = in.u8();
      const ByteView column = in.bytes(in.varint());
      if (id < kKnown) data[id] = column;
    }
    ok = in.ok();
  }

  ByteReader reader(Column column) const {
    return ByteReader(data[static_cast<std::size_t>(column)]);
  }
};

// Checks that events end only what is open, without keeping the calls themselves.
class Nesting {
 public:
  explicit Nesting(const ThreadState& opening)
      : open_calls_(opening.calls.size()), executing_(opening.execution.has_value()) {}

  bool admits(EventKind kind) {
    switch (kind) {
      case EventKind::kEnter:
        return open_calls_++ < layout::kMaxOpenCalls;
      case EventKind::kReturned:
      case EventKind::kUnwound:
      case EventKind::kDepthLimit:
      case EventKind::kExitLost:
        return open_calls_-- > 0;
      case EventKind::kHeadless:
        return true;
      case EventKind::kExecutionBegin:
        executing_ = true;
        return true;
      case EventKind::kExecutionEnd:
      case EventKind::kExecutionLost:
        return std::exchange(executing_, false);
    }
    return false;
  }

 private:
  std::size_t open_calls_;
  bool executing_;
};

// The columns that hold one entry an event, read in step.
class EventReader {
 public:
  explicit EventReader(const Columns& columns)
      : tokens_(columns.reader(Column::kTokens)),
        texts_(columns.reader(Column::kTexts)),
        low_(columns.reader(Column::kTimeLow)),
        high_(columns.reader(Column::kTimeHigh)),
        long_(columns.reader(Column::kTimeLong)) {}

  bool can_hold(std::uint32_t events) {
    return tokens_.can_hold(events, 1) && low_.can_hold(events, 1);
  }

  // Reads the events of the next thread. False when they contradict its opening, the header or a
  // bound; a column that is too short shows in used_up().
  bool read(const ChunkHeader& header, std::uint64_t count, ChunkThread& thread) {
    Nesting nesting(thread.opening);
    const Timestamp opened = latest_begin(thread.opening);
    Timestamp ts = header.first;
    thread.events.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      Event event;
      const std::uint64_t token = tokens_.varint();
      event.kind = static_cast<EventKind>(token & ((1u << kTokenKindBits) - 1));
      const std::uint64_t function = token >> kTokenKindBits;
      event.function = FunctionId{static_cast<std::uint32_t>(function)};
      if (event.kind == EventKind::kExecutionBegin) {
        event.text = TextId{static_cast<std::uint32_t>(texts_.varint_below(1ull << 32))};
      }
      ts += Duration(static_cast<std::int64_t>(get_time(low_, high_, long_)));
      event.ts = ts;
      if (function >= layout::kMaxFunctions || !nesting.admits(event.kind) || ts < opened ||
          ts > header.last) {
        return false;
      }
      calls_ += names_function(event.kind) ? 1 : 0;
      executions_ += event.kind == EventKind::kExecutionBegin ? 1 : 0;
      thread.events.push_back(event);
    }
    return true;
  }

  // All columns were read without a fault, and to their ends.
  bool used_up() const {
    const auto done = [](const ByteReader& column) { return column.ok() && column.at_end(); };
    return done(tokens_) && done(texts_) && done(low_) && done(high_) && done(long_);
  }
  std::uint64_t calls() const { return calls_; }
  std::uint64_t executions() const { return executions_; }

 private:
  ByteReader tokens_, texts_, low_, high_, long_;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
};

}  // namespace

void put_chunk_header(Bytes& out, const ChunkHeader& header) {
  put_u64(out, static_cast<std::uint64_t>(to_ns(header.first)));
  put_u64(out, static_cast<std::uint64_t>(to_ns(header.last)));
  put_u64(out, value(header.ids.call));
  put_u64(out, value(header.ids.execution));
  put_u32(out, header.events);
  put_u32(out, header.calls);
  put_u32(out, header.executions);
  put_u32(out, header.threads);
}

bool get_chunk_header(ByteReader& in, ChunkHeader& header) {
  const std::uint64_t first = in.u64();
  const std::uint64_t last = in.u64();
  header.ids.call = CallId{in.u64()};
  header.ids.execution = ExecutionId{in.u64()};
  header.events = in.u32();
  header.calls = in.u32();
  header.executions = in.u32();
  header.threads = in.u32();
  if (!in.ok() || first > last || last >= kMaxNs || header.events > layout::kMaxChunkEvents ||
      header.calls > header.events || header.executions > header.events ||
      value(header.ids.call) >= kMaxNs || value(header.ids.execution) >= kMaxNs) {
    return false;
  }
  header.first = from_ns(static_cast<std::int64_t>(first));
  header.last = from_ns(static_cast<std::int64_t>(last));
  return true;
}

void ChunkBuilder::append(const ThreadKey& thread, std::span<const Event> events) {
  if (events.empty()) return;
  if (header_.events == 0) {
    header_.first = events.front().ts;
    header_.last = events.back().ts;
  }
  header_.first = std::min(header_.first, events.front().ts);
  header_.last = std::max(header_.last, events.back().ts);
  header_.events += static_cast<std::uint32_t>(events.size());
  auto& collected = threads_[thread].events;
  collected.insert(collected.end(), events.begin(), events.end());
}

ChunkBuilder::Encoded ChunkBuilder::encode() {
  header_.ids = next_;
  header_.threads = static_cast<std::uint32_t>(threads_.size());

  Bytes threads, tokens, texts;
  TimeColumns times;
  for (auto it = threads_.begin(); it != threads_.end();) {
    auto& [key, thread] = *it;
    put_varint(threads, key.pid);
    put_varint(threads, key.tid);
    put_varint(threads, thread.events.size());
    put_state(threads, thread.state, header_);
    Timestamp before = header_.first;
    for (const Event& event : thread.events) {
      std::uint64_t token = static_cast<std::uint64_t>(event.kind);
      if (names_function(event.kind))
        token |= std::uint64_t{value(event.function)} << kTokenKindBits;
      put_varint(tokens, token);
      if (event.kind == EventKind::kExecutionBegin) put_varint(texts, value(event.text));
      times.put(static_cast<std::uint64_t>((event.ts - before).count()));
      before = event.ts;
      [[maybe_unused]] const bool applied = replay(event, key, thread.state, next_, nullptr);
      assert(applied);
    }
    thread.events.clear();
    it = thread.state.idle() ? threads_.erase(it) : std::next(it);
  }
  header_.calls = static_cast<std::uint32_t>(value(next_.call) - value(header_.ids.call));
  header_.executions =
      static_cast<std::uint32_t>(value(next_.execution) - value(header_.ids.execution));

  Encoded encoded;
  encoded.header = std::exchange(header_, {});
  put_chunk_header(encoded.plain, encoded.header);
  put_column(encoded.columns, Column::kThreads, threads);
  put_column(encoded.columns, Column::kTokens, tokens);
  put_column(encoded.columns, Column::kTexts, texts);
  put_column(encoded.columns, Column::kTimeLow, times.low);
  put_column(encoded.columns, Column::kTimeHigh, times.high);
  put_column(encoded.columns, Column::kTimeLong, times.longer);
  return encoded;
}

std::optional<Chunk> decode_chunk(ByteView plain, ByteView bytes) {
  Chunk chunk;
  ByteReader plain_reader(plain);
  if (!get_chunk_header(plain_reader, chunk.header)) return std::nullopt;

  const Columns columns(bytes);
  ByteReader threads = columns.reader(Column::kThreads);
  EventReader reader(columns);
  // A thread takes at least five bytes of its column and an event one of each of three.
  if (!columns.ok || !threads.can_hold(chunk.header.threads, 5) ||
      !reader.can_hold(chunk.header.events)) {
    return std::nullopt;
  }

  std::uint64_t events_left = chunk.header.events;
  for (std::uint32_t i = 0; i < chunk.header.threads; ++i) {
    ChunkThread& thread = chunk.threads.emplace_back();
    thread.key.pid = static_cast<std::uint32_t>(threads.varint_below(1ull << 32));
    thread.key.tid = static_cast<std::uint32_t>(threads.varint_below(1ull << 32));
    const std::uint64_t events = threads.varint_below(events_left + 1);
    thread.opening = get_state(threads, chunk.header);
    const bool in_order = i == 0 || chunk.threads[i - 1].key < thread.key;
    if (!threads.ok() || !in_order || !reader.read(chunk.header, events, thread)) {
      return std::nullopt;
    }
    events_left -= events;
  }
  const bool whole = threads.ok() && threads.at_end() && reader.used_up() && events_left == 0 &&
                     reader.calls() == chunk.header.calls &&
                     reader.executions() == chunk.header.executions;
  if (!whole) return std::nullopt;
  return chunk;
}

}  // namespace pgrec
