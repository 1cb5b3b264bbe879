// Makes the seeds of the fuzzer's corpus in a directory: small traces as a recorder writes them,
// with all kinds of events and tables, and the same cut and flipped. Each begins with the byte that
// selects the mode of trace_fuzzer.cc. make_corpus DIRECTORY
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "format/frame.h"
#include "format/trace_reader.h"
#include "format/trace_writer.h"

namespace {

using namespace pgrec;

class Corpus {
 public:
  explicit Corpus(std::string directory) : directory_(std::move(directory)) {}

  // Adds `bytes` once for each of `modes`.
  void add(const std::string& name, ByteView bytes, std::string_view modes = {"\0\1", 2}) const {
    for (const char mode : modes) {
      const char digit = static_cast<char>('0' + mode);
      std::ofstream out(directory_ + "/" + name + "-" + digit, std::ios::binary);
      out.put(mode);
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    }
  }

 private:
  std::string directory_;
};

// A trace in memory.
class MemoryTrace {
 public:
  MemoryTrace() : fd_(::memfd_create("trace", MFD_CLOEXEC)), writer_(File(fd_, "trace")) {}

  TraceWriter& writer() { return writer_; }
  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0, ThreadKey thread = {1, 1}) {
    const Event one{kind, FunctionId{number}, TextId{number}, from_ns(ns)};
    writer_.append(thread, std::span(&one, 1));
  }
  void execution(const std::string& text, std::int64_t ns) {
    event(EventKind::kExecutionBegin, ns, value(writer_.text_id({{}, false, false, text})));
  }
  Bytes bytes() const {
    Bytes all(writer_.size_bytes());
    if (::pread(fd_, all.data(), all.size(), 0) != static_cast<ssize_t>(all.size())) std::abort();
    return all;
  }

 private:
  int fd_;  // of writer_
  TraceWriter writer_;
};

void write_tables(TraceWriter& writer) {
  writer.write(Metadata{{"host.name", "db1"}, {"label.run", "a"}});
  writer.write(std::vector<Function>{
      {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/usr/bin/postgres", "0a1b", 4096},
      {FunctionId{1}, Function::Role::kCalls, "bufread", "/usr/bin/postgres", "0a1b", 8192}});
  writer.write(std::vector<Process>{{1, "postgres: 15/main: alice shop [local] idle"}});
  writer.write(std::vector<Loss>{{from_ns(10), from_ns(20), "ring-full", FunctionId{0}, 3}});
}

Bytes whole_trace() {
  MemoryTrace trace;
  write_tables(trace.writer());
  trace.execution("SELECT 1", 90);
  trace.event(EventKind::kEnter, 100);
  trace.event(EventKind::kEnter, 110, 1);
  trace.event(EventKind::kReturned, 70'000);
  trace.writer().cut();
  trace.event(EventKind::kReturned, 200'000);
  trace.event(EventKind::kExecutionEnd, 200'001);
  for (const EventKind kind : {EventKind::kUnwound, EventKind::kDepthLimit, EventKind::kExitLost}) {
    trace.event(EventKind::kEnter, 200'010, 1);
    trace.event(kind, 200'020);
  }
  trace.event(EventKind::kHeadless, 150'000, 1, {2, 3});
  trace.writer().cut();
  trace.execution("UPDATE t SET a = 1", 300'000);
  trace.event(EventKind::kEnter, 300'001);
  trace.writer().close(from_ns(400'000));
  return trace.bytes();
}

Bytes empty_trace() {
  MemoryTrace trace;
  trace.writer().write(Metadata{});
  trace.writer().close(from_ns(5));
  return trace.bytes();
}

// Long enough for its frames to be compressed.
Bytes compressed_trace() {
  MemoryTrace trace;
  write_tables(trace.writer());
  for (std::int64_t call = 0; call < 400; ++call) {
    trace.event(EventKind::kEnter, call * 1000, static_cast<std::uint32_t>(call % 2));
    trace.event(EventKind::kReturned, call * 1000 + 300);
  }
  trace.execution("SELECT " + std::string(500, '1'), 500'000);
  trace.writer().close(from_ns(600'000));
  return trace.bytes();
}

// Calls that last as long as the format allows; their sum does not fit 63 bits.
Bytes longest_calls() {
  MemoryTrace trace;
  write_tables(trace.writer());
  for (int call = 0; call < 9; ++call)
    trace.event(EventKind::kEnter, 0);
  for (int call = 0; call < 9; ++call)
    trace.event(EventKind::kReturned, (1ll << 60) - 1);
  trace.writer().close(from_ns(1ll << 60));
  return trace.bytes();
}

// The payload of the first chunk of `trace`, decompressed.
Bytes first_chunk(const Bytes& trace) {
  std::size_t at = layout::kFileHeaderBytes;
  for (;;) {
    const auto header = get_frame_header(ByteView(trace).subspan(at));
    if (header->type == layout::FrameType::kChunk) {
      const char* reason = nullptr;
      const auto start =
          trace.begin() + static_cast<std::ptrdiff_t>(at + layout::kFrameHeaderBytes);
      const auto payload =
          open_payload(*header, Bytes(start, start + header->payload_bytes), reason);
      Bytes content(payload->plain().begin(), payload->plain().end());
      content.insert(content.end(), payload->rest().begin(), payload->rest().end());
      return content;
    }
    at += header->stored_bytes();
  }
}

void add_damaged(const Corpus& corpus, const Bytes& whole) {
  std::mt19937 random(1);
  for (int i = 0; i < 4; ++i) {
    const std::size_t bytes = 40 + random() % (whole.size() - 40);
    corpus.add("cut-" + std::to_string(i), ByteView(whole).first(bytes));
    Bytes flipped = whole;
    flipped[random() % whole.size()] ^= 0xFF;
    corpus.add("flipped-" + std::to_string(i), flipped);
  }
  Bytes tail = whole;
  tail.insert(tail.end(), 100, 'x');
  corpus.add("tail", tail);
  Bytes twice = whole;
  twice.insert(twice.end(), whole.begin(), whole.end());
  corpus.add("twice", twice);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "make_corpus DIRECTORY\n");
    return 2;
  }
  const Corpus corpus(argv[1]);
  const Bytes whole = whole_trace();
  corpus.add("whole", whole);
  corpus.add("no-end", ByteView(whole).first(whole.size() - 80));
  corpus.add("empty", empty_trace());
  corpus.add("compressed", compressed_trace());
  corpus.add("longest-calls", longest_calls());
  corpus.add("chunk", first_chunk(whole), "\2");
  corpus.add("chunk-compressed", first_chunk(compressed_trace()), "\2");
  add_damaged(corpus, whole);
  return 0;
}
