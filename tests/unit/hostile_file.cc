#include "tests/unit/hostile_file.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "analyze/calls/call_builder.h"
#include "format/frame/file_header.h"
#include "format/table/rows.h"
#include "tests/unit/child_process.h"

namespace pgrec::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsMeasured = false;
#else
constexpr bool kMemoryIsMeasured = true;
#endif

constexpr long kMostKibibytes = 256 * 1024;

// Adds up everything, so that nothing is left out.
struct CountedCalls {
  std::uint64_t calls = 0;
  std::uint64_t executions = 0;
  void call_ended(const Call&) { ++calls; }
  void execution_ended(const Execution&) { ++executions; }
};

constexpr int kTold = 0, kNotTold = 2;

}  // namespace

HostileWriter::HostileWriter(const std::string& path)
    : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path),
      bytes_(encode_file_header()) {}

void HostileWriter::frame(layout::FrameType type, ByteView plain, ByteView rest) {
  put_frame(bytes_, type, sequence_++, plain, rest);
  flush_when_full();
}

void HostileWriter::frames(std::uint64_t count, layout::FrameType type, ByteView plain,
                           ByteView rest) {
  for (std::uint64_t i = 0; i < count; ++i)
    frame(type, plain, rest);
}

void HostileWriter::chunk(const ChunkHeader& header, const Bytes& columns) {
  Bytes payload;
  put_chunk_header(payload, header);
  FrameHeader frame;
  frame.type = layout::FrameType::kChunk;
  frame.plain_bytes = static_cast<std::uint16_t>(payload.size());
  frame.sequence = sequence_++;
  put_bytes(payload, columns.data(), columns.size());
  put_stored_frame(bytes_, frame, payload);
  flush_when_full();
}

void HostileWriter::raw(ByteView bytes) {
  put_bytes(bytes_, bytes.data(), bytes.size());
  flush_when_full();
}

void HostileWriter::go_to(std::uint64_t offset) {
  flush();
  offset_ = offset;
}

void HostileWriter::flush() {
  file_.write(offset_, bytes_);
  offset_ += bytes_.size();
  bytes_.clear();
}

void HostileWriter::flush_when_full() {
  if (bytes_.size() > 1u << 20) flush();
}

Bytes table(std::size_t rows, const Bytes& row) {
  Bytes out;
  put_rows(out, std::vector<int>(rows), [&](Bytes& to, int) { to = row; });
  return out;
}

void HostileFile::write(const std::function<void(HostileWriter&)>& action) const {
  ChildProcess child([&](ChildProcess&) {
    HostileWriter writer(file_.path());
    action(writer);
  });
  ASSERT_EQ(child.wait().status, 0);
}

int HostileFile::read_everything() const {
  try {
    TraceReader trace = file_.reader();
    trace.for_each_chunk([](const Chunk&) {});
    trace.for_each_text([](const Text&) {});
    CountedCalls calls;
    build_calls(trace, calls);
    trace.summary();
    for (const ChunkRef& chunk : trace.chunks())
      trace.summary_of(chunk);
    return trace.intact() ? kNotTold : kTold;
  } catch (const Error&) {
    return kTold;
  }
}

void HostileFile::check() const {
  ChildProcess child([&](ChildProcess&) { ::_exit(read_everything()); });
  const auto ended = child.wait();
  ASSERT_TRUE(WIFEXITED(ended.status)) << "signal " << WTERMSIG(ended.status);
  EXPECT_EQ(WEXITSTATUS(ended.status), kTold);
  if (kMemoryIsMeasured) {
    EXPECT_LT(ended.peak_kibibytes, kMostKibibytes);
  }
}

}  // namespace pgrec::test
