// Reads a trace, whole or not, finished or still being written. Finds the frames by the index where
// the trace was closed, else by walking the file. Passes over bytes it cannot read, and lists them
// as damage. Never trusts a length before its checksum. Single-threaded. Holds one frame in memory
// at a time, beside a list of the first frames and the small tables, all of them bounded.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "format/chunk/chunk_decoder.h"
#include "format/frame/damage.h"
#include "format/frame/file.h"
#include "format/frame/file_header.h"
#include "format/table/summary.h"
#include "format/table/tables.h"
#include "format/trace/frame_finder.h"
#include "format/trace/frame_range.h"

namespace pgrec {

class TraceReader {
 public:
  // Opens the trace at `path`. Throws Error with a hint when it is missing, empty, no trace, of a
  // version or with a feature this reader does not know, or so damaged that no frame can be read.
  explicit TraceReader(const std::string& path) : TraceReader(File::open(path)) {}
  explicit TraceReader(File file);

  const std::string& name() const { return file_->name(); }
  std::uint64_t size_bytes() const { return file_->size_bytes(); }
  const FileHeader& header() const { return header_; }

  // Present when the recorder finished the file.
  const std::optional<TraceEnd>& end() const { return finder_->end(); }
  bool closed() const { return end().has_value(); }
  // The process that was writing the file when it was opened or refreshed.
  const std::optional<std::int64_t>& written_by() const { return written_by_; }

  // Reads what was written since, of a file that is still being written.
  void refresh();

  // What the trace says of itself; a key's value, or nothing.
  const Metadata& metadata() const { return metadata_; }
  std::optional<std::string> fact(std::string_view key) const;
  const std::vector<Function>& functions() const { return functions_; }
  // "function 7" where the function table is damaged; "any" for none.
  std::string function_name(std::optional<FunctionId> id) const;
  const std::vector<EventClass>& classes() const { return classes_; }
  const std::vector<Process>& processes() const { return processes_; }
  const std::vector<ClockSample>& clocks() const { return clocks_; }
  const std::vector<Loss>& losses() const { return losses_; }
  std::uint64_t lost_events() const;
  // What became of each function's events, all accounts added up; empty in a trace that was not
  // closed and has no filters, or was written before format 1.1. Histograms that pass the bound are
  // damage, and not there.
  const std::map<FunctionId, Account>& accounts() const { return accounts_; }
  // In the order of the file.
  FrameRange<FrameRef> frames() const { return FrameRange<FrameRef>(*finder_); }
  FrameRange<ChunkRef> chunks() const { return FrameRange<ChunkRef>(*finder_); }
  // Whether the frames are those that the index lists; and what is wrong with the index where they
  // are not though the file ends as a closed trace does.
  bool is_by_index() const { return finder_->is_by_index(); }
  const std::string& index_fault() const { return finder_->index_fault(); }
  // The chunk in which the file ends, where its header is whole.
  const std::optional<ChunkHeader>& cut_chunk() const { return finder_->cut_chunk(); }

  // When recording stopped; of a trace that was not closed, the last event known.
  Timestamp last() const;

  // The header and the plain part of the frame that stands at `offset`; nothing where none does.
  struct FrameHead {
    FrameHeader header;
    Bytes plain;
  };
  std::optional<FrameHead> frame_at(std::uint64_t offset) const;
  // A frame's payload. Nothing, and its damage added, when it cannot be read. Of a chunk, it must
  // have the header that it is listed with.
  std::optional<FramePayload> read(const FrameRef& frame);
  std::optional<FramePayload> read(const ChunkRef& chunk);

  // Calls `visit` with each text or each chunk, in the order of the file. What cannot be read is
  // added to damages() and passed over. for_each_chunk returns whether the last chunk is surely the
  // trace's last: false when a chunk may be lost in damage after it.
  void for_each_text(const std::function<void(const Text&)>& visit);
  bool for_each_chunk(const std::function<void(const Chunk&)>& visit);

  // The same without keeping a chunk's events: hands each chunk that can be read to `visitor`, as
  // format/chunk/chunk_decoder.h describes it.
  template <typename Visitor>
  bool decode_chunks(Visitor& visitor);
  // One chunk. False, and its damage added, when it cannot be read: then throw away what `visitor`
  // got of it.
  template <typename Visitor>
  bool decode_chunk_at(const ChunkRef& chunk, Visitor& visitor);

  // What all calls come to: the total of a trace that was closed; else, or where that cannot be
  // read, the sum of its chunks' summaries. The chunks themselves are decoded only where their
  // summary cannot be read. Throws Error when it has more histograms than pgrec holds.
  Summary summary();
  // The total that is stored; nothing where there is none that can be read, or it counts a chunk
  // that stands twice.
  std::optional<Summary> total();
  // The summary that is stored of a chunk; nothing where there is none that can be read.
  std::optional<Summary> summary_of(const ChunkRef& chunk);

  // All damage found so far, by offset: on opening what the walk passed over and the tables that do
  // not read, later also the chunks and texts.
  const std::vector<Damage>& damages() const { return damages_.all(); }
  // Several threads may read a trace and add damage at a time; damages() is for when none does.
  void add_damage(const FrameRef& frame, std::string reason);
  // Whether a chunk may have been there: not where it is known to be another frame, and not behind
  // the total or the index.
  bool may_hold_chunk(const Damage& damage) const;
  // Closed, and nothing damaged so far.
  bool intact() const { return closed() && damages().empty(); }

  // What a pass over the chunks could read of them, at last.
  struct LastChunk {
    std::uint64_t end = 0;  // in the file
    std::optional<Timestamp> last;
    NextIds next_ids;
    void read(const ChunkRef& chunk) {
      end = chunk.frame.end();
      last = chunk.header.last;
      next_ids = chunk.header.next_ids();
    }
  };
  // Whether a chunk may be lost in damage after it: then what it leaves open may have ended.
  bool may_miss_chunk_after(const LastChunk& chunk) const;

 private:
  std::optional<FrameRef> frame_after(const ChunkRef& chunk) const;
  void read_tables();
  void note(const FrameRef& frame);
  template <typename Row, typename Decode>
  void read_table(const FrameRef& frame, Decode decode, std::vector<Row>& table);
  void read_accounts(const FrameRef& frame);
  Summary sum_of_summaries();

  std::unique_ptr<File> file_;  // at an address that stays
  FileHeader header_;
  std::unique_ptr<FrameFinder> finder_;
  std::optional<std::int64_t> written_by_;
  std::map<FunctionId, std::size_t> function_places_;     // in functions_
  std::optional<FrameRange<FrameRef>::Iterator> unread_;  // the first whose table was not read
  std::optional<FrameRef> total_;                         // the last
  std::uint64_t chunks_end_ = UINT64_MAX;                 // where the total or the index stands
  std::size_t table_bytes_ = 0;                           // that the tables take
  Metadata metadata_;
  std::vector<Function> functions_;
  std::vector<EventClass> classes_;
  std::vector<Process> processes_;
  std::vector<ClockSample> clocks_;
  std::vector<Loss> losses_;
  std::map<FunctionId, Account> accounts_;
  std::size_t account_blocks_ = 0;  // of their histograms
  Damages damages_;
  std::unique_ptr<std::mutex> damage_lock_ = std::make_unique<std::mutex>();  // moves with it
  ChunkDecoder decoder_;
};

template <typename Visitor>
bool TraceReader::decode_chunk_at(const ChunkRef& chunk, Visitor& visitor) {
  const auto payload = read(chunk);
  if (!payload) return false;
  if (decoder_.decode(payload->plain(), payload->rest(), visitor)) return true;
  add_damage(chunk.frame, "the chunk does not decode");
  return false;
}

template <typename Visitor>
bool TraceReader::decode_chunks(Visitor& visitor) {
  LastChunk last;
  for (const ChunkRef& chunk : chunks()) {
    const auto payload = read(chunk);
    if (!payload) continue;
    if (decoder_.decode_checked(payload->plain(), payload->rest(), visitor)) {
      last.read(chunk);
    } else {
      add_damage(chunk.frame, "the chunk does not decode");
    }
  }
  return !may_miss_chunk_after(last);
}

}  // namespace pgrec
