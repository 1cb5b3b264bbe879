// Writes a trace: frames one after the other, each in a single write, so that a file whose writer
// was killed is whole up to its last frame. Single-threaded.
#pragma once

#include <span>
#include <vector>

#include "format/chunk.h"
#include "format/file.h"
#include "format/index.h"
#include "format/tables.h"
#include "format/text_dictionary.h"

namespace pgrec {

class TraceWriter {
 public:
  // Writes the file header into the empty `file`. Every function below that writes throws Error
  // when it cannot; the file is then cut back to its last whole frame and the writer must not be
  // used again.
  explicit TraceWriter(File file);

  void write(const Metadata& metadata);
  void write(const std::vector<Function>& functions);
  void write(const std::vector<EventClass>& classes);
  void write(const std::vector<Process>& processes);
  void write(const std::vector<ClockSample>& samples);
  void write(const std::vector<Loss>& losses);

  // The id under which a text is stored; `text`'s own id is not looked at.
  TextId text_id(const Text& text);

  // Adds events of one thread, in order of time. They are on disk after the next cut().
  void append(const ThreadKey& thread, std::span<const Event> events);

  // Events since the last cut().
  std::uint32_t pending_events() const { return chunk_.events(); }

  // Writes what was appended, and the texts it refers to; nothing where nothing was.
  void cut();

  // Cuts, then writes the index and the end of the trace. `end`: when recording stopped.
  void close(Timestamp end);

  const std::string& name() const { return file_.name(); }
  std::uint64_t size_bytes() const { return offset_; }
  std::uint64_t lost_events() const { return lost_events_; }
  // Calls and executions that began up to the last cut.
  std::uint64_t calls() const { return value(chunk_.ids().call); }
  std::uint64_t executions() const { return value(chunk_.ids().execution); }

 private:
  void put(layout::FrameType type, ByteView plain, ByteView rest, const ChunkHeader& chunk = {});
  void write_texts();

  File file_;
  std::uint64_t offset_ = 0;  // end of the last whole frame
  std::uint64_t events_ = 0;
  std::uint64_t lost_events_ = 0;
  ChunkBuilder chunk_;
  TextDictionary texts_;
  std::vector<FrameRef> frames_;
};

}  // namespace pgrec
