// A trace in a temporary directory and what a test does to it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "format/error.h"
#include "format/trace/trace_reader.h"
#include "format/trace/trace_writer.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec::test {

class TraceFile {
 public:
  const std::string& path() const { return path_; }
  // Where another file of this test can stand.
  std::string beside(const std::string& name) const { return directory_.file(name); }

  // A writer of a new trace at path().
  TraceWriter writer() const;
  TraceReader reader() const { return TraceReader(path_); }

  Bytes bytes() const { return read_file(path_); }
  void replace(ByteView bytes) const { write_file(path_, bytes); }
  std::uint64_t size_bytes() const;
  void flip_byte_at(std::uint64_t offset, std::uint8_t mask = 0xFF) const;
  void flip_byte_of(const FrameRef& frame) const { flip_byte_at(frame.offset + 40); }
  void truncate_to(std::uint64_t bytes) const;
  void append(ByteView bytes) const;

 private:
  TemporaryDirectory directory_;
  std::string path_ = directory_.file("trace.pgt");
};

// Copies of what is in a trace, in the order of the file.
std::deque<FrameRef> all_frames(const TraceReader& trace);
std::deque<ChunkRef> all_chunks(const TraceReader& trace);
// The chunks among the frames of `trace`.
std::vector<FrameRef> chunk_frames(const TraceReader& trace);

// "message / hint" of the Error that `action` throws; "nothing thrown" when it throws none. Any
// other exception passes.
template <typename Action>
std::string error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "nothing thrown";
}

}  // namespace pgrec::test
