#include "format/chunk_decoder.h"

namespace pgrec {
namespace {

using layout::kMaxNs;

Timestamp get_age(ByteReader& in, Timestamp first) {
  const std::int64_t age = in.zigzag();
  if (age > to_ns(first) || age <= -static_cast<std::int64_t>(kMaxNs)) in.fail();
  return in.ok() ? from_ns(to_ns(first) - age) : Timestamp{};
}

// An id before `next`, or none for a distance of 0.
template <typename Id>
std::optional<Id> get_back(ByteReader& in, Id next) {
  const std::uint64_t back = in.varint();
  if (back > value(next)) in.fail();
  if (back == 0 || !in.ok()) return std::nullopt;
  return Id{value(next) - back};
}

// `open_calls`: those of the chunk's threads so far, to which this one's are added.
ThreadState get_state(ByteReader& in, const ChunkHeader& header, std::uint64_t& open_calls) {
  ThreadState state;
  if (const auto running = get_back(in, header.ids.execution)) {
    const auto text = TextId{static_cast<std::uint32_t>(in.varint_below(1ull << 32))};
    state.execution = OpenExecution{*running, text, get_age(in, header.first)};
  }
  const std::uint64_t open = in.varint_below(layout::kMaxOpenCalls + 1 - open_calls);
  open_calls += open;
  // Calls inside are one after the other, so no sum of their times passes the bound of one.
  std::uint64_t children = 0;
  for (std::uint64_t i = 0; i < open && in.ok(); ++i) {
    OpenCall call;
    call.function = FunctionId{static_cast<std::uint32_t>(in.varint_below(layout::kMaxFunctions))};
    const auto id = get_back(in, header.ids.call);
    if (!id) in.fail();
    call.id = id.value_or(CallId{});
    call.entered = get_age(in, header.first);
    const std::uint64_t inside = in.varint_below(kMaxNs - children);
    children += inside;
    call.children = Duration(static_cast<std::int64_t>(inside));
    call.execution = get_back(in, header.ids.execution).value_or(kNoExecution);
    state.calls.push_back(call);
  }
  return state;
}

// What a token stands for; nothing when there is no such event.
std::optional<Token> take_apart(std::uint64_t token) {
  const auto kind = static_cast<unsigned>(token & ((1u << layout::kTokenKindBits) - 1));
  const std::uint64_t subject = token >> layout::kTokenKindBits;
  if (kind >= kEventKinds) return std::nullopt;
  const Token apart{static_cast<EventKind>(kind), static_cast<std::uint32_t>(subject)};
  std::uint64_t subjects = 1;
  if (apart.kind == EventKind::kEnter || apart.kind == EventKind::kHeadless) {
    subjects = layout::kMaxFunctions;
  } else if (apart.kind == EventKind::kOfClass) {
    subjects = layout::kMaxClasses;
  }
  if (subject >= subjects) return std::nullopt;
  return apart;
}

bool done(const ByteReader& column) {
  return column.ok() && column.at_end();
}

}  // namespace

Timestamp latest_begin(const ThreadState& state) {
  Timestamp latest{};
  if (state.execution) latest = state.execution->begun;
  for (const OpenCall& call : state.calls)
    latest = std::max(latest, call.entered);
  return latest;
}

bool ChunkDecoder::open(ByteView plain, ByteView bytes) {
  ByteReader plain_reader(plain);
  if (!get_chunk_header(plain_reader, header_) || !columns_.find(bytes)) return false;
  forget_large_buffers();
  const auto column = [this](layout::Column id) { return columns_.open(id, buffers_[id]); };

  table_.clear();
  ByteReader table(column(layout::kTokenTable));
  while (!table.at_end()) {
    const auto token = take_apart(table.varint());
    if (!table.ok() || !token || table_.size() == header_.events) return false;
    table_.push_back(*token);
  }
  wide_ = table_.size() > layout::kNarrowTokens;
  if (!wide_) table_.resize(layout::kNarrowTokens);
  const ByteView tokens = column(layout::kTokens);
  cursor_.token = tokens.data();
  cursor_.token_end = tokens.data() + (wide_ ? 0 : tokens.size());
  places_ = ByteReader(wide_ ? tokens : ByteView{});

  const auto planes = [&](layout::Column low_id, layout::Column high_id, TimePlanes& out) {
    const ByteView low = column(low_id);
    const ByteView high = column(high_id);
    out = {low.data(), high.data(), low.data() + low.size()};
    return low.size() == high.size();
  };
  if (!planes(layout::kEnterLow, layout::kEnterHigh, cursor_.enter) ||
      !planes(layout::kOtherLow, layout::kOtherHigh, cursor_.other)) {
    return false;
  }
  threads_ = ByteReader(column(layout::kThreads));
  texts_ = ByteReader(column(layout::kTexts));
  long_ = ByteReader(column(layout::kTimeLong));
  open_calls_ = calls_ = executions_ = 0;
  events_left_ = header_.events;
  return columns_.ok();
}

// Columns are bounded together, so buffers that were filled chunk by chunk are too.
void ChunkDecoder::forget_large_buffers() {
  std::size_t held = 0;
  for (const Bytes& buffer : buffers_)
    held += buffer.capacity();
  if (held <= layout::kMaxRawBytes) return;
  for (Bytes& buffer : buffers_)
    Bytes().swap(buffer);
}

bool ChunkDecoder::read_thread(ThreadKey& key, std::uint64_t& events, ThreadState& opening) {
  key.pid = static_cast<std::uint32_t>(threads_.varint_below(1ull << 32));
  key.tid = static_cast<std::uint32_t>(threads_.varint_below(1ull << 32));
  events = threads_.varint_below(events_left_ + 1);
  opening = get_state(threads_, header_, open_calls_);
  return threads_.ok();
}

bool ChunkDecoder::used_up() const {
  return done(threads_) && done(places_) && done(texts_) && done(long_) &&
         cursor_.token == cursor_.token_end && cursor_.enter.low == cursor_.enter.low_end &&
         cursor_.other.low == cursor_.other.low_end && events_left_ == 0 &&
         calls_ == header_.calls && executions_ == header_.executions;
}

}  // namespace pgrec
