// Files made to take memory or time, and a child that reads one to the end: it must end by itself,
// with an error or with damage told of, and hold less than 256 MiB.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>

#include "format/chunk/chunk.h"
#include "format/frame/bytes.h"
#include "format/frame/file.h"
#include "format/frame/frame.h"
#include "format/layout.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

// Writes a file frame by frame.
class HostileWriter {
 public:
  explicit HostileWriter(const std::string& path);
  ~HostileWriter() { flush(); }

  void frame(layout::FrameType type, ByteView plain, ByteView rest);
  // Frames that are all alike but for their numbers.
  void frames(std::uint64_t count, layout::FrameType type, ByteView plain, ByteView rest);
  void chunk(const ChunkHeader& header, const Bytes& columns);
  void raw(ByteView bytes);
  // Leaves a hole up to `offset`.
  void go_to(std::uint64_t offset);
  std::uint64_t offset() const { return offset_ + bytes_.size(); }

 private:
  void flush();
  void flush_when_full();

  File file_;
  Bytes bytes_;
  std::uint64_t offset_ = 0;
  std::uint64_t sequence_ = 0;
};

// `rows` copies of `row` as a table.
Bytes table(std::size_t rows, const Bytes& row);

class HostileFile : public testing::Test {
 protected:
  // Makes the file, in a child too: a forked one begins with its parent's memory.
  void write(const std::function<void(HostileWriter&)>& action) const;
  // Reads everything in a child.
  void check() const;

 private:
  int read_everything() const;

  TraceFile file_;
};

}  // namespace pgrec::test
