#include "format/trace/trace_reader.h"

#include <algorithm>

#include "format/chunk/chunk_summary.h"
#include "format/error.h"

namespace pgrec {
namespace {

using layout::FrameType;

// What a reader holds of tables. A recording of a day with losses every second on 8 CPUs reaches
// it.
constexpr std::size_t kMaxTableBytes = 48u << 20;

bool is_known(FrameType type) {
  switch (type) {
    case FrameType::kMetadata:
    case FrameType::kFunctions:
    case FrameType::kTexts:
    case FrameType::kProcesses:
    case FrameType::kClocks:
    case FrameType::kClasses:
    case FrameType::kChunk:
    case FrameType::kLosses:
    case FrameType::kSummary:
    case FrameType::kTotal:
    case FrameType::kAccounts:
    case FrameType::kIndex:
    case FrameType::kEnd:
      return true;
  }
  return false;
}

// What a row takes beside itself and the bytes that it was read from.
template <typename Row>
std::size_t bytes_beside(const Row& /*row*/) {
  return 0;
}
std::size_t bytes_beside(const EventClass& row) {
  return row.arguments.capacity() * sizeof(ArgumentType);
}

}  // namespace

TraceReader::TraceReader(File file)
    : file_(std::make_unique<File>(std::move(file))), header_(read_file_header(*file_)) {
  if (!header_.intact) {
    // Every frame stands for itself, so go on as if the header said what this reader expects.
    damages_.add({0, layout::kFileHeaderBytes, "the file header's checksum does not match", false},
                 size_bytes());
  }
  finder_ = std::make_unique<FrameFinder>(*file_, header_.bytes);
  if (!finder_->find_by_index(damages_)) refresh();
  read_tables();
  if (frames().empty()) {
    throw Error("cannot read " + name() + ": nothing in it is readable",
                "the recorder was stopped before it wrote anything, or the file was overwritten");
  }
}

void TraceReader::refresh() {
  // Asked before the walk: what it finds was then written by a writer that may go on.
  written_by_ = file_->written_by();
  if (closed()) return;
  finder_->walk(written_by_.has_value(), damages_);
  read_tables();
}

std::optional<std::string> TraceReader::fact(std::string_view key) const {
  for (auto it = metadata_.rbegin(); it != metadata_.rend(); ++it) {
    if (it->first == key) return it->second;
  }
  return std::nullopt;
}

std::string TraceReader::function_name(std::optional<FunctionId> id) const {
  if (!id) return "any";
  const auto place = function_places_.find(*id);
  if (place != function_places_.end()) return functions_[place->second].name;
  return "function " + std::to_string(value(*id));
}

std::uint64_t TraceReader::lost_events() const {
  std::uint64_t events = 0;
  for (const Loss& loss : losses_)
    events = add_capped(events, loss.events);
  return events;
}

Timestamp TraceReader::last() const {
  if (end()) return end()->end;
  Timestamp last{};
  for (const ChunkRef& chunk : chunks())
    last = std::max(last, chunk.header.last);
  return last;
}

std::optional<TraceReader::FrameHead> TraceReader::frame_at(std::uint64_t offset) const {
  const Bytes head = file_->read(offset, kFrameHeadBytes);
  const auto header = get_frame_header(head);
  if (!header) return std::nullopt;
  const ByteView plain = ByteView(head).subspan(layout::kFrameHeaderBytes, header->plain_bytes);
  return FrameHead{*header, Bytes(plain.begin(), plain.end())};
}

std::optional<FramePayload> TraceReader::read(const FrameRef& frame) {
  const char* reason = nullptr;
  auto payload = read_frame(*file_, frame, reason);
  if (!payload) add_damage(frame, reason);
  return payload;
}

std::optional<FramePayload> TraceReader::read(const ChunkRef& chunk) {
  auto payload = read(chunk.frame);
  if (!payload || !is_by_index()) return payload;
  ByteReader plain(payload->plain());
  ChunkHeader header;
  if (get_chunk_header(plain, header) && header == chunk.header) return payload;
  add_damage(chunk.frame, "the frame is not what the index says");
  return std::nullopt;
}

template <typename Row, typename Decode>
void TraceReader::read_table(const FrameRef& frame, Decode decode, std::vector<Row>& table) {
  const auto payload = read(frame);
  if (!payload) return;
  auto rows = decode(payload->rest());
  if (!rows) return add_damage(frame, "the table does not decode");
  std::size_t bytes = rows->size() * sizeof(Row) + payload->rest().size();
  for (const Row& row : *rows)
    bytes += bytes_beside(row);
  if (table_bytes_ + bytes > kMaxTableBytes) {
    return add_damage(frame, "the tables are larger than pgrec holds");
  }
  table_bytes_ += bytes;
  table.insert(table.end(), std::make_move_iterator(rows->begin()),
               std::make_move_iterator(rows->end()));
}

// Frames that end a trace stand behind all of its chunks.
void TraceReader::note(const FrameRef& frame) {
  if (frame.type == FrameType::kTotal) total_ = frame;
  if (frame.type == FrameType::kTotal || frame.type == FrameType::kIndex)
    chunks_end_ = std::min(chunks_end_, frame.offset);
}

void TraceReader::read_tables() {
  if (is_by_index()) chunks_end_ = std::min(chunks_end_, end()->index_offset);
  if (!unread_) unread_ = frames().begin();
  for (; *unread_ != frames().end(); ++*unread_) {
    const FrameRef frame = **unread_;
    note(frame);
    switch (frame.type) {
      case FrameType::kMetadata:
        read_table(frame, decode_metadata, metadata_);
        break;
      case FrameType::kFunctions:
        read_table(frame, decode_functions, functions_);
        for (std::size_t i = function_places_.size(); i < functions_.size(); ++i)
          function_places_.emplace(functions_[i].id, i);
        break;
      case FrameType::kClasses:
        read_table(frame, decode_classes, classes_);
        break;
      case FrameType::kProcesses:
        read_table(frame, decode_processes, processes_);
        break;
      case FrameType::kClocks:
        read_table(frame, decode_clocks, clocks_);
        break;
      case FrameType::kLosses:
        read_table(frame, decode_losses, losses_);
        break;
      case FrameType::kAccounts:
        read_accounts(frame);
        break;
      default:
        if (!is_known(frame.type) && !(frame.flags & layout::kFlagAncillary)) {
          add_damage(frame, "a frame of type " + std::to_string(static_cast<int>(frame.type)) +
                                ", which this pgrec does not know");
        }
    }
  }
}

void TraceReader::read_accounts(const FrameRef& frame) {
  const auto payload = read(frame);
  if (!payload) return;
  const auto rows = decode_accounts(payload->rest());
  if (!rows) return add_damage(frame, "the table does not decode");
  for (const Account& row : *rows) {
    Account& account = accounts_[row.function];
    account_blocks_ -= account.short_calls.blocks();
    account.function = row.function;
    account.merge(row);
    account_blocks_ += account.short_calls.blocks();
    if (account_blocks_ > layout::kMaxHistogramBlocks) {
      account_blocks_ -= account.short_calls.blocks();
      account.short_calls = {};
      add_damage(frame, "the histograms are larger than pgrec holds");
    }
  }
}

void TraceReader::for_each_text(const std::function<void(const Text&)>& visit) {
  for (const FrameRef& frame : frames()) {
    if (frame.type != FrameType::kTexts) continue;
    const auto payload = read(frame);
    if (!payload) continue;
    const auto texts = decode_texts(payload->rest());
    if (!texts) add_damage(frame, "the table does not decode");
    for (const Text& text : texts.value_or(std::vector<Text>{}))
      visit(text);
  }
}

bool TraceReader::for_each_chunk(const std::function<void(const Chunk&)>& visit) {
  LastChunk last;
  for (const ChunkRef& ref : chunks()) {
    const auto payload = read(ref);
    if (!payload) continue;
    const auto chunk = decode_chunk(payload->plain(), payload->rest(), classes_);
    if (chunk) {
      last.read(ref);
      visit(*chunk);
    } else {
      add_damage(ref.frame, "the chunk does not decode");
    }
  }
  return !may_miss_chunk_after(last);
}

bool TraceReader::may_miss_chunk_after(const LastChunk& chunk) const {
  // More damage than is listed reaches to the file's end, wherever it begins.
  const auto is_after = [&](const Damage& damage) {
    const bool after = damage.offset >= chunk.end || damage.offset + damage.bytes > chunk.end;
    return after && may_hold_chunk(damage);
  };
  // A rebuilt trace tells of the damage that it was rebuilt from.
  const auto was_damaged_after = [&](const Loss& loss) {
    return chunk.last && loss.cause == layout::kFileDamage && loss.to > *chunk.last;
  };
  const auto& said = end();
  const bool counts_more = said && (said->calls > value(chunk.next_ids.call) ||
                                    said->executions > value(chunk.next_ids.execution));
  return counts_more || std::any_of(damages().begin(), damages().end(), is_after) ||
         std::any_of(losses_.begin(), losses_.end(), was_damaged_after);
}

bool TraceReader::may_hold_chunk(const Damage& damage) const {
  // Frames that are missing right before the total.
  const bool before_end =
      damage.offset < chunks_end_ || (damage.bytes == 0 && damage.offset == chunks_end_);
  return damage.may_hold_chunk && before_end;
}

std::optional<Summary> TraceReader::total() {
  if (!closed() || !total_ || finder_->refused_chunk()) return std::nullopt;
  const auto payload = read(*total_);
  auto summary = payload ? decode_summary(payload->rest()) : std::nullopt;
  if (payload && !summary) add_damage(*total_, "the summary does not decode");
  return summary;
}

Summary TraceReader::sum_of_summaries() {
  Summary sum;
  std::size_t blocks = 0;
  const auto add = [&](Summary summary) {
    summary.losses.clear();  // they are counted from their own frames
    for (const auto& function : summary.functions)
      blocks -= sum.functions[function.first].durations.blocks();
    sum.merge(summary);
    for (const auto& function : summary.functions)
      blocks += sum.functions[function.first].durations.blocks();
    if (blocks > layout::kMaxHistogramBlocks) {
      throw Error("cannot read " + name() + ": it has calls of more functions than pgrec sums up",
                  "record fewer functions, with -f");
    }
  };
  // A summary stands right behind its chunk, and the numbers of both rise.
  std::optional<std::uint64_t> summed;  // the number of the last chunk that was added
  std::optional<ChunkRef> waiting;      // for its summary
  const auto add_waiting = [&] {
    if (!waiting) return;
    ChunkSummary summary;
    if (decode_chunk_at(*waiting, summary)) add(summary.take());
    summed = waiting->frame.sequence;
    waiting.reset();
  };
  auto next_chunk = chunks().begin();
  for (const FrameRef& frame : frames()) {
    if (frame.type == FrameType::kChunk) {
      add_waiting();
      waiting = *next_chunk;
      ++next_chunk;
    }
    if (frame.type != FrameType::kSummary) continue;
    const auto payload = read(frame);
    if (!payload) continue;
    ByteReader plain(payload->plain());
    const std::uint64_t chunk = plain.u64();
    auto summary = decode_summary(payload->rest());
    if (!plain.ok() || !summary) {
      add_damage(frame, "the summary does not decode");
      continue;
    }
    if (waiting && waiting->frame.sequence != chunk) add_waiting();
    if (summed && chunk <= *summed) continue;
    add(std::move(*summary));
    summed = chunk;
    waiting.reset();
  }
  add_waiting();
  return sum;
}

Summary TraceReader::summary() {
  auto whole = total();
  Summary summary = whole ? std::move(*whole) : sum_of_summaries();
  summary.losses.clear();
  for (const Loss& loss : losses_) {
    std::uint64_t& events = summary.losses[loss.cause];
    events = add_capped(events, loss.events);
  }
  return summary;
}

std::optional<FrameRef> TraceReader::frame_after(const ChunkRef& chunk) const {
  const auto& held = finder_->list().frames;
  const auto after = [](std::uint64_t at, const FrameRef& frame) { return at < frame.offset; };
  const auto frame = std::upper_bound(held.begin(), held.end(), chunk.frame.offset, after);
  if (frame != held.end()) return *frame;
  const auto header = frame_header_at(*file_, chunk.frame.end(), finder_->limit());
  if (!header) return std::nullopt;
  return FrameRef{chunk.frame.end(), header->sequence,
                  static_cast<std::uint32_t>(header->stored_bytes()), header->type, header->flags};
}

std::optional<Summary> TraceReader::summary_of(const ChunkRef& chunk) {
  const auto frame = frame_after(chunk);
  if (!frame || frame->type != FrameType::kSummary) return std::nullopt;
  const auto payload = read(*frame);
  if (!payload) return std::nullopt;
  ByteReader plain(payload->plain());
  if (plain.u64() != chunk.frame.sequence || !plain.ok()) return std::nullopt;
  auto summary = decode_summary(payload->rest());
  if (!summary) add_damage(*frame, "the summary does not decode");
  return summary;
}

void TraceReader::add_damage(const FrameRef& frame, std::string reason) {
  const std::lock_guard lock(*damage_lock_);
  damages_.add(
      {frame.offset, frame.stored_bytes, std::move(reason), frame.type == FrameType::kChunk},
      size_bytes());
}

}  // namespace pgrec
