#include "format/chunk/chunk_builder.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

#include "format/chunk/columns.h"
#include "format/layout.h"

namespace pgrec {
namespace {

std::uint32_t token_of(const Event& event) {
  std::uint32_t subject = 0;
  if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
    subject = value(event.function);
  } else if (event.kind == EventKind::kOfClass) {
    subject = value(event.event_class);
  }
  return static_cast<std::uint32_t>(event.kind) | subject << layout::kTokenKindBits;
}

// Times. A difference below 0xFF00 is split into its low and its high byte, each in a column of its
// own: the high bytes are much alike and compress, the low ones are noise and cost nothing to skip.
// Larger ones are rare: high byte 0xFF, low byte 0, and a varint in a third column. Those before
// enters, the gaps between calls, stand apart from the others, most of them durations: the two are
// distributed differently.
//
// 5 ns, 700 ns and 70,000 ns: low 05 BC 00, high 00 02 FF, long F0 A2 04.
struct TimeColumns {
  Bytes low, high;
};

// Where the next time goes.
struct TimePlace {
  std::uint8_t* low = nullptr;
  std::uint8_t* high = nullptr;

  void put(std::uint64_t ns, Bytes& longer) {
    const bool fits = ns < std::uint64_t{layout::kLongTime} << 8;
    *low++ = fits ? static_cast<std::uint8_t>(ns) : 0;
    *high++ = fits ? static_cast<std::uint8_t>(ns >> 8) : layout::kLongTime;
    if (!fits) put_varint(longer, ns);
  }
};

// What was open. Ids and times are written as distances back from the chunk's first id and first
// event. A distance in time is zigzag coded: a chunk that had to be cut short inside its window
// begins before its predecessor's last events.
void put_age(Bytes& out, Timestamp first, Timestamp then) {
  put_zigzag(out, to_ns(first) - to_ns(then));
}

template <typename Id>
void put_back(Bytes& out, Id next, std::optional<Id> id) {
  put_varint(out, id ? value(next) - value(*id) : 0);
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
    put_varint(out, call.execution == kNoExecution
                        ? 0
                        : value(header.ids.execution) - value(call.execution));
  }
}

// Of the column of threads at most: numbers below 2^60 take nine bytes, those of a thread and of a
// call the bytes of their bounds.
constexpr std::size_t kThreadBytes = 5 + 5 + 3 + 9 + 5 + 9 + 3;
constexpr std::size_t kOpenCallBytes = 3 + 9 + 9 + 9 + 9;

std::size_t bytes_of(const ThreadState& state) {
  return kThreadBytes + state.calls.size() * kOpenCallBytes;
}

}  // namespace

std::uint64_t ChunkBuilder::open_calls() const {
  std::uint64_t calls = 0;
  for (const auto& [key, thread] : threads_) {
    calls += thread.state.calls.size();
    for (const Event& event : thread.events) {
      if (event.kind == EventKind::kEnter) ++calls;
      if (ends_call(event.kind)) --calls;
    }
  }
  return calls;
}

// The columns that grow event by event. Those of one entry an event are as long as they can get.
struct ChunkBuilder::Planes {
  explicit Planes(std::size_t events) : tokens(events) {
    for (Bytes* plane : {&enter.low, &enter.high, &other.low, &other.high})
      plane->resize(events);
    at = {tokens.data(),
          {enter.low.data(), enter.high.data()},
          {other.low.data(), other.high.data()}};
  }
  // Nothing more is put.
  void cut() {
    for (auto [columns, end] : {std::pair(&enter, &at.enter), std::pair(&other, &at.other)}) {
      columns->low.resize(static_cast<std::size_t>(end->low - columns->low.data()));
      columns->high.resize(columns->low.size());
    }
  }

  std::vector<std::uint32_t> tokens;  // places in the table
  Bytes texts;
  TimeColumns enter, other;
  Bytes longer;
  ArgumentColumns arguments;
  struct Places {
    std::uint32_t* token = nullptr;
    TimePlace enter, other;
    void put(std::uint32_t place) { *token++ = place; }
  } at;
};

void ChunkBuilder::append(const ThreadKey& thread, std::span<const Event> events,
                          std::span<ArgumentValues> arguments) {
  if (events.empty()) return;
  if (header_.events == 0) {
    header_.first = events.front().ts;
    header_.last = events.back().ts;
  }
  header_.first = std::min(header_.first, events.front().ts);
  header_.last = std::max(header_.last, events.back().ts);
  header_.events += static_cast<std::uint32_t>(events.size());
  const auto [place, is_new] = threads_.try_emplace(thread);
  if (is_new) opening_bytes_ += kThreadBytes;
  Thread& collected = place->second;
  collected.events.insert(collected.events.end(), events.begin(), events.end());
  collected.arguments.insert(collected.arguments.end(), std::make_move_iterator(arguments.begin()),
                             std::make_move_iterator(arguments.end()));
}

std::uint32_t ChunkBuilder::add_token(std::uint32_t token) {
  if (token >= token_places_.size()) token_places_.resize(token + 1);
  tokens_.push_back(token);
  token_places_[token] = static_cast<std::uint32_t>(tokens_.size());
  return token_places_[token] - 1;
}

void ChunkBuilder::encode_events(const ThreadKey& key, Thread& thread, Planes& planes) {
  header_.processes |= mask_bit(key.pid);
  sums_.thread(key, thread.state);
  Timestamp before = header_.first;
  std::size_t of_class = 0;
  // In local variables, as bytes may be written to any other.
  Planes::Places at = planes.at;
  // Enters and returns, nearly all there is, apart: what is done with them is then known.
  for (const Event& event : thread.events) {
    const auto since = static_cast<std::uint64_t>((event.ts - before).count());
    before = event.ts;
    Event known;
    known.ts = event.ts;
    if (event.kind == EventKind::kEnter) {
      known.kind = EventKind::kEnter;
      known.function = event.function;
      at.put(place_of(token_of(known)));
      at.enter.put(since, planes.longer);
      header_.functions |= mask_bit(value(known.function));
      sums_.call_begun(known.function);
      replay(known, key, thread.state, next_, sums_);
      continue;
    }
    at.other.put(since, planes.longer);
    [[maybe_unused]] bool applied = true;
    if (event.kind == EventKind::kReturned) {
      known.kind = EventKind::kReturned;
      at.put(place_of(token_of(known)));
      header_.functions |= mask_bit(value(thread.state.calls.back().function));
      applied = replay(known, key, thread.state, next_, sums_);
      assert(applied);
      continue;
    }
    at.put(place_of(token_of(event)));
    if (event.kind == EventKind::kHeadless) {
      header_.functions |= mask_bit(value(event.function));
      sums_.call_begun(event.function);
    } else if (ends_call(event.kind)) {
      header_.functions |= mask_bit(value(thread.state.calls.back().function));
    } else if (event.kind == EventKind::kExecutionBegin) {
      put_varint(planes.texts, value(event.text));
    } else if (event.kind == EventKind::kOfClass) {
      assert(of_class < thread.arguments.size());
      const ArgumentValues& arguments = thread.arguments[of_class++];
      planes.arguments.put(event.event_class, arguments);
      if (const ExecutionRole* role = sums_.class_event(event.event_class))
        sums_.told(*role, arguments);
    }
    applied = replay(event, key, thread.state, next_, sums_);
    assert(applied);
    if (event.kind == EventKind::kExecutionBegin) sums_.execution_begun(*thread.state.execution);
  }
  planes.at = at;
  thread.events.clear();
  thread.arguments.clear();
}

ChunkBuilder::Encoded ChunkBuilder::encode() {
  header_.ids = next_;
  header_.threads = static_cast<std::uint32_t>(threads_.size());

  Bytes threads;
  Planes planes(header_.events);
  opening_bytes_ = 0;
  for (auto it = threads_.begin(); it != threads_.end();) {
    auto& [key, thread] = *it;
    put_varint(threads, key.pid);
    put_varint(threads, key.tid);
    put_varint(threads, thread.events.size());
    put_state(threads, thread.state, header_);
    if (thread.events.empty()) {
      sums_.open(key, thread.state);
    } else {
      encode_events(key, thread, planes);
    }
    if (!thread.state.idle()) opening_bytes_ += bytes_of(thread.state);
    it = thread.state.idle() ? threads_.erase(it) : std::next(it);
  }

  planes.cut();

  Encoded encoded;
  encoded.summary = sums_.take();
  header_.calls = static_cast<std::uint32_t>(value(next_.call) - value(header_.ids.call));
  header_.executions =
      static_cast<std::uint32_t>(value(next_.execution) - value(header_.ids.execution));
  if (!encoded.summary.slowest.empty()) header_.longest = encoded.summary.slowest.front().duration;

  Bytes table;
  for (const std::uint32_t token : tokens_) {
    put_varint(table, token);
    token_places_[token] = 0;
  }
  Bytes tokens;
  if (tokens_.size() <= layout::kNarrowTokens) {
    tokens.resize(planes.tokens.size());
    std::transform(planes.tokens.begin(), planes.tokens.end(), tokens.begin(),
                   [](std::uint32_t place) { return static_cast<std::uint8_t>(place); });
  } else {
    for (const std::uint32_t place : planes.tokens)
      put_varint(tokens, place);
  }
  tokens_.clear();

  encoded.header = std::exchange(header_, {});
  put_chunk_header(encoded.plain, encoded.header);
  put_column(encoded.columns, layout::kThreads, threads);
  put_column(encoded.columns, layout::kTokenTable, table);
  put_column(encoded.columns, layout::kTokens, tokens);
  put_column(encoded.columns, layout::kTexts, planes.texts);
  put_column(encoded.columns, layout::kEnterLow, planes.enter.low);
  put_column(encoded.columns, layout::kEnterHigh, planes.enter.high);
  put_column(encoded.columns, layout::kOtherLow, planes.other.low);
  put_column(encoded.columns, layout::kOtherHigh, planes.other.high);
  put_column(encoded.columns, layout::kTimeLong, planes.longer);
  planes.arguments.write(encoded.columns);
  return encoded;
}

}  // namespace pgrec
