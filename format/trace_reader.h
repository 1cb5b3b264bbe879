// Reads a trace, whole or not. Finds the frames by the index where the trace was closed, else by
// walking the file; passes over bytes it cannot read, and tells of them as damage. Never trusts a
// length before its checksum. Single-threaded; holds one frame in memory at a time, beside the
// small tables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "format/chunk.h"
#include "format/file.h"
#include "format/frame.h"
#include "format/index.h"
#include "format/tables.h"

namespace pgrec {

// Bytes that could not be read.
struct Damage {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string reason;
  bool operator==(const Damage&) const = default;
};

class TraceReader {
 public:
  // Opens the trace at `path`. Throws Error with a hint when it is missing, empty, no trace, of a
  // version this reader does not know, or so damaged that no frame can be read.
  explicit TraceReader(const std::string& path) : TraceReader(File::open(path)) {}
  explicit TraceReader(File file);

  const std::string& name() const { return file_.name(); }
  std::uint64_t size_bytes() const { return file_.size_bytes(); }
  std::uint16_t major() const { return major_; }
  std::uint16_t minor() const { return minor_; }

  // Present when the recorder finished the file.
  const std::optional<TraceEnd>& end() const { return end_; }
  bool closed() const { return end_.has_value(); }

  // What the trace says of itself; a key's value, or nothing.
  const Metadata& metadata() const { return metadata_; }
  std::optional<std::string> fact(std::string_view key) const;
  const std::vector<Function>& functions() const { return functions_; }
  // "function 7" where the function table is damaged; "any" for none.
  std::string function_name(std::optional<FunctionId> id) const;
  const std::vector<EventClass>& classes() const { return classes_; }
  const std::vector<ClockSample>& clocks() const { return clocks_; }
  const std::vector<Process>& processes() const { return processes_; }
  const std::vector<Loss>& losses() const { return losses_; }
  std::uint64_t lost_events() const;
  const std::vector<FrameRef>& frames() const { return frames_; }

  // When recording stopped; of a trace that was not closed, the last event known.
  Timestamp last() const;

  // Calls `visit` with each text or each chunk, in the order of the file. What cannot be read is
  // added to damages() and passed over. for_each_chunk returns whether the last chunk visited is
  // surely the trace's last: false when a chunk may be lost in damage after it.
  void for_each_text(const std::function<void(const Text&)>& visit);
  bool for_each_chunk(const std::function<void(const Chunk&)>& visit);

  // All damage found so far, by offset: on opening what the walk passed over and the tables that do
  // not read, later also the chunks and texts.
  const std::vector<Damage>& damages() const { return damages_; }
  // Closed, and nothing damaged so far.
  bool intact() const { return closed() && damages_.empty(); }

 private:
  void read_file_header();
  bool find_frames_by_index();
  void find_frames_by_walking();
  std::uint64_t find_frame_after(std::uint64_t offset, std::uint64_t size) const;
  std::optional<FrameHeader> header_at(std::uint64_t offset, std::uint64_t size) const;
  std::optional<FramePayload> read(const FrameRef& frame);
  bool may_miss_chunk_after(std::uint64_t offset) const;
  void read_tables();
  void add_damage(std::uint64_t offset, std::uint64_t bytes, std::string reason);

  File file_;
  std::uint16_t major_ = 0;
  std::uint16_t minor_ = 0;
  std::optional<TraceEnd> end_;
  std::vector<FrameRef> frames_;
  Metadata metadata_;
  std::vector<Function> functions_;
  std::vector<EventClass> classes_;
  std::vector<Process> processes_;
  std::vector<ClockSample> clocks_;
  std::vector<Loss> losses_;
  std::vector<Damage> damages_;
};

}  // namespace pgrec
