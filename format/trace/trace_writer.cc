#include "format/trace/trace_writer.h"

#include <algorithm>
#include <utility>

#include "format/error.h"
#include "format/frame/file_header.h"

namespace pgrec {
namespace {

using layout::FrameType;

constexpr std::size_t kDictionaryBytes = 16u << 20;
// Frames of tables are small, so that damage costs little; far below the format's bounds.
constexpr std::size_t kTextFrameBytes = 1u << 20;
constexpr std::size_t kTableFrameRows = 4096;
constexpr std::size_t kTableFrameBytes = 4u << 20;
// What an event is taken to need before a chunk tells: more than it mostly does.
constexpr double kBytesOfEvent = 4;
constexpr std::size_t kArgumentBytes = 4u << 20;  // 400,000 numbers
// Of one event. Beside them a chunk has room for as many threads and open calls as it can list.
constexpr std::size_t kMostArgumentBytes = 3584u << 10;
constexpr std::size_t kArgumentColumns = layout::kMaxChunkColumns - layout::kTimeLong;
// Of all columns, whose payload has their heads too.
constexpr std::size_t kChunkRawBytes = layout::kMaxRawBytes - (64u << 10);
// Of a text. A table's row has to fit into a frame.
constexpr std::size_t kMostTextBytes = 8u << 20;
// One part in so many of a chunk is what its summary's statements and longest executions may take:
// a short chunk is as quickly read.
constexpr std::size_t kStatementShare = 50;

// Whether a reader takes it. One of too many bytes is made from its chunks; of more histograms than
// fit no reader holds the sum either.
bool fits(const Summary& summary, const Bytes& encoded) {
  std::size_t blocks = 0;
  for (const auto& [id, function] : summary.functions)
    blocks += function.durations.blocks();
  return encoded.size() <= layout::kMaxRawBytes && blocks <= layout::kMaxHistogramBlocks;
}

}  // namespace

TraceWriter::TraceWriter(File file, Sync sync)
    : file_(std::make_unique<File>(std::move(file))),
      texts_(kDictionaryBytes),
      fingerprints_(std::make_unique<TextFingerprints>()) {
  file_->mark_written();
  const Bytes header = encode_file_header();
  file_->write(0, header);
  offset_ = listed_ = header.size();
  sync_ = std::make_unique<FileSync>(*file_, sync);
}

template <typename Row>
void TraceWriter::put_table(FrameType type, const std::vector<Row>& rows, std::uint8_t flags) {
  for (std::size_t first = 0; first == 0 || first < rows.size(); first += kTableFrameRows) {
    const std::size_t end = std::min(first + kTableFrameRows, rows.size());
    const auto at = [&](std::size_t i) { return rows.begin() + static_cast<std::ptrdiff_t>(i); };
    put_rows(type, std::vector<Row>(at(first), at(end)), flags);
  }
}

// In halves where they are long.
template <typename Row>
void TraceWriter::put_rows(FrameType type, const std::vector<Row>& rows, std::uint8_t flags) {
  const Bytes table = encode(rows);
  if (table.size() <= kTableFrameBytes || rows.size() <= 1) return put(type, {}, table, flags);
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  put_rows(type, std::vector<Row>(rows.begin(), middle), flags);
  put_rows(type, std::vector<Row>(middle, rows.end()), flags);
}

void TraceWriter::write(const Metadata& metadata) {
  put_table(FrameType::kMetadata, metadata);
}

void TraceWriter::write(const std::vector<Function>& functions) {
  put_table(FrameType::kFunctions, functions);
}

void TraceWriter::write(const std::vector<EventClass>& classes) {
  put_table(FrameType::kClasses, classes);
}

void TraceWriter::write(const std::vector<ClockSample>& samples) {
  put_table(FrameType::kClocks, samples);
}

void TraceWriter::write(const std::vector<Process>& processes) {
  put_table(FrameType::kProcesses, processes);
}

void TraceWriter::write(const std::vector<Loss>& losses) {
  put_table(FrameType::kLosses, losses);
  for (const Loss& loss : losses) {
    lost_events_ += loss.events;
    chunk_.lost(loss.cause, loss.events);
    total_.losses[loss.cause] += loss.events;
  }
}

void TraceWriter::write(const std::vector<Account>& accounts) {
  put_table(FrameType::kAccounts, accounts, layout::kFlagAncillary);
}

void TraceWriter::sum_statements(ExecutionRoles roles) {
  fingerprint_ = roles.fingerprint;
  chunk_.sum_statements({std::move(roles), fingerprints_.get()});
}

TextId TraceWriter::text_id(const Text& text) {
  if (text.text.size() > kMostTextBytes) {
    Text cut = text;
    cut.text.resize(kMostTextBytes);
    cut.cut = true;
    return text_id(cut);
  }
  const std::size_t known = texts_.new_texts();
  const TextId id = texts_.id(text);
  if (fingerprint_ && texts_.new_texts() > known)
    fingerprints_->add(id, fingerprint_(texts_.newest()));
  if (texts_.new_bytes() > kTextFrameBytes || texts_.new_texts() == kTableFrameRows) write_texts();
  return id;
}

void TraceWriter::write_texts() {
  const std::vector<Text> texts = texts_.take_new();
  if (!texts.empty()) put_table(FrameType::kTexts, texts);
}

void TraceWriter::append(const ThreadKey& thread, std::span<const Event> events,
                         std::span<ArgumentValues> arguments) {
  if (events.empty()) return;
  const auto is_listed = [&] {
    return chunk_.threads() < layout::kMaxChunkThreads || chunk_.lists(thread);
  };
  if (!is_listed()) cut();
  const auto kept =
      room_.keep(thread, {events, arguments}, is_listed(), [this] { return chunk_.open_calls(); });
  append_kept(thread, kept.events, kept.arguments);
}

// For how many events the chunk has room, with such arguments.
std::size_t TraceWriter::room(std::size_t argument_bytes) const {
  const std::size_t used = chunk_.raw_bytes() + arguments_.bytes + argument_bytes;
  const std::size_t free_bytes = kChunkRawBytes - std::min(kChunkRawBytes, used);
  return std::min<std::size_t>(free_bytes / ChunkBuilder::kEventBytes,
                               layout::kMaxChunkEvents - chunk_.events());
}

// For one event more, with the first of `arguments` where it has some, of so many bytes.
bool TraceWriter::has_room(const Event& event, std::span<const ArgumentValues> arguments,
                           std::size_t bytes) const {
  if (room(bytes) == 0) return false;
  return arguments.empty() ||
         (arguments_.bytes <= kArgumentBytes &&
          arguments_.columns_with(event.event_class, arguments.front().size()) <= kArgumentColumns);
}

// Stretch by stretch: as many events as the chunk has room for. Only the first of a stretch has
// arguments, because there must be room for them.
void TraceWriter::append_kept(const ThreadKey& thread, std::span<const Event> events,
                              std::span<ArgumentValues> arguments) {
  const auto has_arguments = [](const Event& event) { return event.kind == EventKind::kOfClass; };
  while (!events.empty()) {
    const Event& first = events.front();
    const auto own = arguments.first(!arguments.empty() && has_arguments(first) ? 1 : 0);
    arguments = arguments.subspan(own.size());
    const std::size_t bytes = own.empty() ? 0 : bytes_of(own.front());
    if (bytes > kMostArgumentBytes) {
      room_.leave_out(first);
      events = events.subspan(1);
      continue;
    }
    if (!has_room(first, own, bytes)) cut();
    if (!own.empty()) arguments_.add(first.event_class, own.front().size(), bytes);
    auto some = events.first(std::clamp<std::size_t>(room(), 1, events.size()));
    if (!arguments.empty()) {
      const auto next = std::find_if(some.begin() + 1, some.end(), has_arguments);
      some = some.first(static_cast<std::size_t>(next - some.begin()));
    }
    chunk_.append(thread, some, own);
    events = events.subspan(some.size());
  }
}

void TraceWriter::cut() {
  if (const auto losses = room_.take_losses(); !losses.empty()) write(losses);
  if (chunk_.events() == 0) return;
  write_texts();
  const ChunkBuilder::Encoded chunk = chunk_.encode();
  room_.set_open_calls(chunk_.open_calls());
  arguments_ = {};
  add_to_total(chunk.summary);
  Bytes frames;
  const std::uint64_t sequence = index_.frames();
  put_chunk(frames, chunk);
  put_summary(frames, sequence, chunk.summary, frames.size());
  write_out(frames, true);
  chunk_bytes_ += frames.size();
  count(chunk.header);
  if (on_cut_) on_cut_(chunk.summary);
}

std::uint64_t TraceWriter::expected_bytes() const {
  // Of the index. The total is about as long as a summary.
  constexpr std::uint64_t kFrameBytes = 6;
  constexpr std::uint64_t kChunkBytes = 80;
  const double event_bytes = events_ == 0
                                 ? kBytesOfEvent
                                 : static_cast<double>(chunk_bytes_) / static_cast<double>(events_);
  return offset_ + texts_.new_bytes() + static_cast<std::uint64_t>(event_bytes * chunk_.events()) +
         2 * longest_summary_bytes_ + total_statement_bytes_ + index_.frames() * kFrameBytes +
         index_.chunks() * kChunkBytes;
}

// But for losses, which are in the total since they were written; some are after the last chunk.
void TraceWriter::add_to_total(const Summary& summary) {
  auto losses = std::exchange(total_.losses, {});
  total_.merge(summary);
  total_.losses = std::move(losses);
  total_statement_bytes_ = total_.statements ? about_bytes_of(*total_.statements) : 0;
}

// The columns are compressed one by one, so the frame is not.
void TraceWriter::put_chunk(Bytes& bytes, const ChunkBuilder::Encoded& chunk) {
  FrameHeader header;
  header.type = FrameType::kChunk;
  header.plain_bytes = static_cast<std::uint16_t>(chunk.plain.size());
  header.sequence = index_.frames();
  Bytes payload = chunk.plain;
  put_bytes(payload, chunk.columns.data(), chunk.columns.size());
  const std::size_t start = bytes.size();
  put_stored_frame(bytes, header, payload);
  list(header, bytes.size() - start, &chunk.header);
}

void TraceWriter::list(const FrameHeader& frame, std::size_t stored_bytes,
                       const ChunkHeader* chunk) {
  const auto stored = static_cast<std::uint32_t>(stored_bytes);
  index_.add({listed_, frame.sequence, stored, frame.type, frame.flags}, chunk);
  listed_ += stored;
}

void TraceWriter::count(const ChunkHeader& chunk) {
  events_ += chunk.events;
  skip_ids(chunk.next_ids());
}

void TraceWriter::skip_ids(const NextIds& next) {
  calls_ = std::max(calls_, value(next.call));
  executions_ = std::max(executions_, value(next.execution));
}

void TraceWriter::close(Timestamp end) {
  write_end(end);
  wait_for_disk();
}

void TraceWriter::wait_for_disk() {
  sync_->finish();
  file_->unmark_written();
}

void TraceWriter::write_end(Timestamp end) {
  cut();
  write_texts();
  // One that passes the bound of a frame is left out: a reader adds up the summaries then.
  const Bytes total = encode(total_);
  if (fits(total_, total)) put(FrameType::kTotal, {}, total);
  TraceEnd last;
  last.index_offset = offset_;
  last.end = end;
  last.calls = calls_;
  last.executions = executions_;
  last.events = events_;
  last.lost_events = lost_events_;
  Bytes frames;
  const std::uint64_t sequence = index_.take(frames);
  put_frame(frames, FrameType::kEnd, sequence, encode_end(last), {});
  write_out(frames, false);
}

void TraceWriter::copy(const FrameHeader& frame, ByteView payload, const ChunkHeader* header) {
  Bytes bytes;
  FrameHeader numbered = frame;
  numbered.sequence = index_.frames();
  put_stored_frame(bytes, numbered, payload);
  list(numbered, bytes.size(), header);
  if (header) copied_chunk_bytes_ = bytes.size();
  write_out(bytes, false);
  if (header) count(*header);
}

void TraceWriter::write_summary(const Summary& summary) {
  add_to_total(summary);
  Bytes bytes;
  put_summary(bytes, index_.frames() - 1, summary, copied_chunk_bytes_);
  write_out(bytes, false);
}

void TraceWriter::put_summary(Bytes& bytes, std::uint64_t sequence, const Summary& summary,
                              std::size_t chunk_bytes) {
  Bytes plain;
  put_u64(plain, sequence);
  const Bytes content = encode(summary, chunk_bytes / kStatementShare);
  longest_summary_bytes_ = std::max<std::uint64_t>(longest_summary_bytes_, content.size());
  if (fits(summary, content)) put(bytes, FrameType::kSummary, plain, content);
}

void TraceWriter::put(FrameType type, ByteView plain, ByteView rest, std::uint8_t flags) {
  Bytes frame;
  put(frame, type, plain, rest, flags);
  write_out(frame, false);
}

void TraceWriter::put(Bytes& bytes, FrameType type, ByteView plain, ByteView rest,
                      std::uint8_t flags) {
  const std::size_t start = bytes.size();
  put_frame(bytes, type, index_.frames(), plain, rest, flags);
  list(*get_frame_header(ByteView(bytes).subspan(start)), bytes.size() - start, nullptr);
}

void TraceWriter::write_out(const Bytes& frames, bool chunk) {
  try {
    file_->write(offset_, frames);
  } catch (const Error&) {
    file_->truncate(offset_);
    throw;
  }
  offset_ += frames.size();
  sync_->written(chunk);
}

}  // namespace pgrec
