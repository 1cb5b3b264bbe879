// Makes the seeds of the fuzz targets' corpora in a directory, a folder for each: small traces as a
// recorder writes them, with all kinds of events and tables, their chunks, tables and indexes, and
// the same cut and flipped. Each begins with the byte that selects the mode of its target.
// make_corpus DIRECTORY
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "format/chunk/columns.h"
#include "format/frame/frame.h"
#include "format/postgres/execution_classes.h"
#include "format/trace/trace_reader.h"
#include "format/trace/trace_writer.h"
#include "tests/unit/append_event.h"

namespace {

using namespace pgrec;

class Corpus {
 public:
  Corpus(const std::string& directory, const std::string& target)
      : directory_(directory + "/" + target) {
    std::filesystem::create_directories(directory_);
  }

  // Adds `bytes` behind `mode`.
  void add(const std::string& name, std::string_view mode, ByteView bytes) const {
    std::ofstream out(directory_ + "/" + name, std::ios::binary);
    out << mode;
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }
  // The same cut and flipped too.
  void add_with_damaged(const std::string& name, std::string_view mode, const Bytes& bytes) const {
    add(name, mode, bytes);
    std::mt19937 random(1);
    for (int i = 0; i < 3 && bytes.size() > 1; ++i) {
      add(name + "-cut-" + std::to_string(i), mode,
          ByteView(bytes).first(1 + random() % (bytes.size() - 1)));
      Bytes flipped = bytes;
      flipped[random() % bytes.size()] ^= 0xFF;
      add(name + "-flipped-" + std::to_string(i), mode, flipped);
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
    const Event one{kind, FunctionId{number}, TextId{number}, from_ns(ns), ClassId{}};
    writer_.append(thread, std::span(&one, 1));
  }
  void checkpoint(std::int64_t ns) {
    test::append(writer_, {1, 1}, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{0}}, {});
  }
  // An event of class 1, with all its arguments.
  void wait(std::int64_t ns, std::uint64_t pages) {
    const Event one{EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{1}};
    test::append(writer_, {1, 1}, one, {pages, std::int64_t{-5}, 0.5, std::string("lock"), pages});
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

const Metadata kFacts = {{"host.name", "db1"}, {"label.run", "a"}};
const std::vector<Function> kFunctions = {
    {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/usr/bin/postgres", "0a1b", 4096},
    {FunctionId{1}, Function::Role::kActivity, "bufread", "/usr/bin/postgres", "0a1b", 8192}};
const std::vector<EventClass> kClasses = {
    {ClassId{0}, EventClass::Subject::kThread, "checkpoint", {}},
    {ClassId{1},
     EventClass::Subject::kCall,
     "wait",
     {{"blocks", ArgumentType::Kind::kUnsigned, "pages"},
      {"drift", ArgumentType::Kind::kSigned, "ns"},
      {"share", ArgumentType::Kind::kReal, ""},
      {"lock", ArgumentType::Kind::kString, ""},
      {"query", ArgumentType::Kind::kText, ""}}}};
const std::vector<Process> kProcesses = {{1, "postgres: 15/main: alice shop [local] idle"}};
const std::vector<Process> kProcessesWithLives = {
    {1, "postgres: alice shop [local]", "psql", from_ns(-7), from_ns(90'000)},
    {1, "postgres: bob shop [local]", "", from_ns(95'000), std::nullopt},
    {2, "postgres: parallel worker for PID 1", "", std::nullopt, from_ns(400'000)}};
const std::vector<ClockSample> kClocks = {{from_ns(0), 1'700'000'000'000'000'000},
                                          {from_ns(9), -1}};
const std::vector<Loss> kLosses = {{from_ns(10), from_ns(20), "ring-full", FunctionId{0}, 1, 3},
                                   {from_ns(20), from_ns(30), "late", {}, {}, 0}};
const std::vector<Text> kTexts = {{TextId{0}, false, false, "SELECT 1"},
                                  {TextId{1}, true, false, "SELECT 'aaa"},
                                  {TextId{0xFFFFFFFF}, false, true, ""}};
const std::vector<Text> kTextsAsAsked = {{TextId{2}, false, false, "", true, false, 8, 99},
                                         {TextId{3}, true, false, "SELECT $1", false, true, 9, 99}};

void write_tables(TraceWriter& writer) {
  writer.write(kFacts);
  writer.write(kFunctions);
  writer.write(kClasses);
  writer.write(kClocks);
  writer.write(kProcesses);
  writer.write(kLosses);
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
  trace.wait(200'030, 7);
  trace.checkpoint(200'031);
  trace.event(EventKind::kHeadless, 150'000, 1, {2, 3});
  trace.writer().cut();
  trace.execution("UPDATE t SET a = 1", 300'000);
  trace.event(EventKind::kEnter, 300'001);
  trace.writer().close(from_ns(400'000));
  return trace.bytes();
}

// What became of executions, as classes of events.
Bytes executions_trace() {
  MemoryTrace trace;
  trace.writer().write(kFunctions);
  trace.writer().write(execution_classes({true, true, true, true}));
  trace.writer().write(kProcessesWithLives);
  const auto tell = [&](ExecutionClass one, std::int64_t ns, ArgumentValues arguments,
                        ThreadKey thread = {1, 1}) {
    test::append(trace.writer(), thread, {EventKind::kOfClass, {}, {}, from_ns(ns), id_of(one)},
                 std::move(arguments));
  };
  const ArgumentValues measured(11, std::uint64_t{3});
  for (const std::int64_t at : {1000, 10'000, 100'000}) {
    trace.execution("SELECT 1; UPDATE t SET a = 2", at);
    trace.event(EventKind::kEnter, at + 10);
    trace.event(EventKind::kReturned, at + 20);
    ArgumentValues arguments = measured;
    arguments.emplace_back(std::uint64_t{5});
    tell(ExecutionClass::kCompleted, at + 30, std::move(arguments));
    trace.event(EventKind::kExecutionEnd, at + 30);
    tell(ExecutionClass::kIdleInTransaction, at + 40, {std::uint64_t{1}});
  }
  trace.execution("SELECT 1", 110'000);
  trace.event(EventKind::kExecutionBegin, 111'000, 0, {2, 2});
  tell(ExecutionClass::kOfLeader, 111'000, {std::uint64_t{1}}, {2, 2});
  trace.event(EventKind::kHeadless, 111'500, 0, {2, 2});
  trace.event(EventKind::kExecutionEnd, 112'000, 0, {2, 2});
  ArgumentValues arguments = measured;
  arguments.emplace_back(std::string("22P02"));
  tell(ExecutionClass::kFailed, 120'000, std::move(arguments));
  tell(ExecutionClass::kProcessEnded, 120'010, {});
  trace.writer().text_id(kTextsAsAsked[0]);
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

// More functions than places of one byte.
Bytes wide_trace() {
  MemoryTrace trace;
  for (std::uint32_t call = 0; call < 300; ++call)
    trace.event(EventKind::kHeadless, call, call);
  trace.writer().close(from_ns(1000));
  return trace.bytes();
}

struct Frame {
  FrameHeader header;
  Bytes plain, rest;
};

std::vector<Frame> frames_of(const Bytes& trace) {
  std::vector<Frame> frames;
  for (std::size_t at = layout::kFileHeaderBytes; at < trace.size();) {
    Frame frame;
    frame.header = *get_frame_header(ByteView(trace).subspan(at));
    const ByteView stored =
        ByteView(trace).subspan(at, layout::kFrameHeaderBytes + frame.header.payload_bytes);
    const char* reason = nullptr;
    const auto payload = open_payload(frame.header, Bytes(stored.begin(), stored.end()), reason);
    frame.plain.assign(payload->plain().begin(), payload->plain().end());
    frame.rest.assign(payload->rest().begin(), payload->rest().end());
    at += frame.header.stored_bytes();
    frames.push_back(std::move(frame));
  }
  return frames;
}

// A chunk's plain part and its columns, these as they are uncompressed.
Bytes chunk_content(const Frame& frame) {
  Bytes content = frame.plain;
  Columns columns;
  if (!columns.find(frame.rest)) std::abort();
  for (std::uint32_t id = 0; id < layout::kFirstArgument + 2 * layout::kMaxArguments; ++id) {
    Bytes buffer;
    const ByteView column = columns.open(id, buffer).value_or(ByteView{});
    if (column.empty()) continue;
    put_varint(content, id);
    content.push_back(0);  // stored
    put_varint(content, column.size());
    put_bytes(content, column.data(), column.size());
  }
  return content;
}

void add_traces(const Corpus& corpus) {
  const Bytes whole = whole_trace();
  Bytes tail = whole;
  tail.insert(tail.end(), 100, 'x');
  Bytes twice = whole;
  twice.insert(twice.end(), whole.begin(), whole.end());
  for (const std::string_view mode : {std::string_view("\0", 1), std::string_view("\1")}) {
    const std::string suffix = mode[0] == 0 ? "-0" : "-1";
    corpus.add_with_damaged("whole" + suffix, mode, whole);
    corpus.add_with_damaged("no-end" + suffix, mode, Bytes(whole.begin(), whole.end() - 80));
    corpus.add_with_damaged("executions" + suffix, mode, executions_trace());
    corpus.add("empty" + suffix, mode, empty_trace());
    corpus.add("compressed" + suffix, mode, compressed_trace());
    corpus.add("longest-calls" + suffix, mode, longest_calls());
    corpus.add("tail" + suffix, mode, tail);
    corpus.add("twice" + suffix, mode, twice);
  }
}

void add_chunks(const Corpus& corpus, std::string_view mode) {
  int number = 0;
  for (const Bytes& trace : {whole_trace(), longest_calls(), wide_trace()}) {
    for (const Frame& frame : frames_of(trace)) {
      if (frame.header.type != layout::FrameType::kChunk) continue;
      corpus.add_with_damaged("chunk-" + std::to_string(number), mode, chunk_content(frame));
      Bytes compressed = frame.plain;
      compressed.insert(compressed.end(), frame.rest.begin(), frame.rest.end());
      corpus.add("chunk-compressed-" + std::to_string(number++), mode, compressed);
    }
  }
}

void add_tables(const Corpus& corpus) {
  corpus.add_with_damaged("metadata", {"\0", 1}, encode(kFacts));
  corpus.add_with_damaged("functions", "\1", encode(kFunctions));
  corpus.add_with_damaged("classes", "\2", encode(kClasses));
  corpus.add_with_damaged("texts", "\3", encode(kTexts));
  corpus.add_with_damaged("processes", "\4", encode(kProcesses));
  corpus.add_with_damaged("texts-as-asked", "\3", encode(kTextsAsAsked));
  corpus.add_with_damaged("processes-with-lives", "\4", encode(kProcessesWithLives));
  corpus.add_with_damaged("clocks", "\5", encode(kClocks));
  corpus.add_with_damaged("losses", "\6", encode(kLosses));
  int number = 0;
  for (const Bytes& trace : {whole_trace(), longest_calls(), empty_trace()}) {
    for (const Frame& frame : frames_of(trace)) {
      if (frame.header.type == layout::FrameType::kTotal)
        corpus.add_with_damaged("total-" + std::to_string(number++), "\7", frame.rest);
    }
  }
}

void add_indexes(const Corpus& corpus) {
  for (const Frame& frame : frames_of(whole_trace())) {
    if (frame.header.type == layout::FrameType::kIndex) {
      corpus.add_with_damaged("list", {"\0", 1}, frame.rest);
      corpus.add_with_damaged("file", "\2", frame.rest);
    } else if (frame.header.type == layout::FrameType::kEnd) {
      corpus.add_with_damaged("end", "\1", frame.plain);
    }
  }
  // Of the one table that the target's file has.
  const Bytes right = {1, 1, 0, 48};
  corpus.add_with_damaged("right-file", "\2", right);
  for (const char at : {'\0', '\1', '\60', '\100'}) {
    const std::string mode = std::string("\3") + at;
    corpus.add("file-at-" + std::to_string(static_cast<int>(at)), mode, right);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "make_corpus DIRECTORY\n");
    return 2;
  }
  add_traces(Corpus(argv[1], "frame"));
  add_chunks(Corpus(argv[1], "chunk"), "");
  add_tables(Corpus(argv[1], "tables"));
  add_indexes(Corpus(argv[1], "index"));
  const Corpus whole(argv[1], "trace");
  add_traces(whole);
  add_chunks(whole, "\2");
  return 0;
}
