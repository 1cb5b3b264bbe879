#include "format/chunk/chunk_decoder.h"

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
  bool opened = true;
  const auto column = [&](layout::Column id) {
    const auto content = columns_.open(id, buffers_[id]);
    opened = opened && content;
    return content.value_or(ByteView{});
  };

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
  start_.cursor.token = tokens.data();
  start_.cursor.token_end = tokens.data() + (wide_ ? 0 : tokens.size());
  start_.places = ByteReader(wide_ ? tokens : ByteView{});

  const auto planes = [&](layout::Column low_id, layout::Column high_id, TimePlanes& out) {
    const ByteView low = column(low_id);
    const ByteView high = column(high_id);
    out = {low.data(), high.data(), low.data() + low.size()};
    return low.size() == high.size();
  };
  if (!planes(layout::kEnterLow, layout::kEnterHigh, start_.cursor.enter) ||
      !planes(layout::kOtherLow, layout::kOtherHigh, start_.cursor.other)) {
    return false;
  }
  start_.threads = ByteReader(column(layout::kThreads));
  start_.texts = ByteReader(column(layout::kTexts));
  start_.longer = ByteReader(column(layout::kTimeLong));
  start_.events_left = header_.events;
  return opened;
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
  key.pid = static_cast<std::uint32_t>(at_.threads.varint_below(1ull << 32));
  key.tid = static_cast<std::uint32_t>(at_.threads.varint_below(1ull << 32));
  events = at_.threads.varint_below(at_.events_left + 1);
  opening = get_state(at_.threads, header_, at_.open_calls);
  return at_.threads.ok();
}

bool ChunkDecoder::used_up() const {
  const Cursor& cursor = at_.cursor;
  return done(at_.threads) && done(at_.places) && done(at_.texts) && done(at_.longer) &&
         cursor.token == cursor.token_end && cursor.enter.low == cursor.enter.low_end &&
         cursor.other.low == cursor.other.low_end && at_.events_left == 0 &&
         at_.calls == header_.calls && at_.executions == header_.executions;
}

}  // namespace pgrec
