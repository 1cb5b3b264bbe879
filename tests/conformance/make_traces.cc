// Makes the conformance corpus: make_traces DIRECTORY. The corpus is what every later version has
// to read as this one did, so it is made once; a change of the format adds traces, under new names.
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "format/chunk/chunk_builder.h"
#include "format/chunk/columns.h"
#include "format/frame/file_header.h"
#include "format/postgres/execution_classes.h"
#include "format/table/rows.h"
#include "format/trace/trace_reader.h"
#include "format/trace/trace_writer.h"
#include "tests/conformance/trace_in_the_making.h"
#include "tests/unit/append_event.h"

namespace {

using namespace pgrec;
using namespace pgrec::conformance;
using layout::FrameType;

void tiny() {
  Trace trace("tiny");
  trace.facts();
  trace.functions(1);
  trace.begin("INSERT 1", 1000);
  trace.call(1700, 2500);
  trace.end(72'500);
  trace.close(80'000);
}

void empty() {
  Trace trace("empty");
  trace.facts();
  trace.functions();
  trace.close(5'000'000);
}

// Recursion, calls in calls, calls without an execution, an execution that begins in another.
void nested() {
  Trace trace("nested");
  trace.facts();
  trace.functions();
  trace.call(50, 60);
  trace.begin("SELECT 1", 100);
  trace.event(EventKind::kEnter, 110, 0);
  trace.event(EventKind::kEnter, 120, 1);
  trace.event(EventKind::kEnter, 130, 0);
  trace.event(EventKind::kReturned, 150);
  trace.event(EventKind::kReturned, 170);
  trace.begin("SELECT 2", 180);
  trace.event(EventKind::kReturned, 200);
  trace.call(210, 210, 1);
  trace.end(220);
  trace.close(1000);
}

void outcomes() {
  Trace trace("outcomes");
  trace.facts();
  trace.functions();
  trace.call(100, 200);
  std::int64_t ns = 300;
  for (const EventKind kind : {EventKind::kUnwound, EventKind::kDepthLimit, EventKind::kExitLost}) {
    trace.event(EventKind::kEnter, ns, 1);
    trace.event(EventKind::kEnter, ns + 10, 0);
    trace.event(EventKind::kReturned, ns + 40);
    trace.event(kind, ns + 50);
    ns += 100;
  }
  trace.event(EventKind::kHeadless, ns, 1);
  trace.event(EventKind::kEnter, ns + 10, 1);
  trace.close(10'000);
}

void executions() {
  Trace trace("executions");
  trace.facts();
  trace.functions();
  trace.begin("SELECT 'ein \xC3\xA4 und\n\"Zitate\" \\ und \xFF'", 100);
  trace.end(200);
  const TextId cut = trace.writer().text_id({{}, true, false, "SELECT long"});
  trace.event(EventKind::kExecutionBegin, 300, value(cut));
  trace.event(EventKind::kExecutionLost, 400);
  const TextId unreadable = trace.writer().text_id({{}, false, true, ""});
  trace.event(EventKind::kExecutionBegin, 500, value(unreadable));
  trace.begin("SELECT 1", 600);
  trace.close(1000);
}

// What is open goes on from chunk to chunk; threads of one process; a process id that is used
// again.
void threads() {
  Trace trace("threads");
  trace.facts();
  trace.functions();
  const ThreadKey other{7, 8}, client{9, 9};
  trace.begin("SELECT 1", 100);
  trace.event(EventKind::kEnter, 110, 0);
  trace.event(EventKind::kEnter, 120, 1);
  trace.call(115, 125, 0, other);
  trace.begin("SELECT 2", 100, client);
  trace.writer().cut();
  trace.call(2000, 2100, 1, other);
  trace.writer().cut();
  trace.event(EventKind::kReturned, 5'000'000'000);
  trace.event(EventKind::kReturned, 5'000'000'100);
  trace.end(5'000'000'200);
  trace.end(4'000'000'000, client);
  trace.writer().cut();
  trace.writer().write(std::vector<Process>{{7, "postgres: 15/main: alice shop [local] idle"}});
  trace.begin("SELECT 3", 6'000'000'000);
  trace.writer().write(std::vector<Process>{{7, "postgres: 15/main: bob shop [local] idle"}});
  trace.close(7'000'000'000);
}

// Differences on both sides of the longest short one, and the longest of all.
void times() {
  Trace trace("times");
  trace.facts();
  trace.functions();
  std::int64_t ns = 0;
  for (const std::int64_t step : {0ll, 1ll, 255ll, 256ll, 65'279ll, 65'280ll, 65'281ll,
                                  5'000'000'000ll, (1ll << 60) - 5'000'300'000ll}) {
    trace.event(EventKind::kEnter, ns);
    trace.event(EventKind::kReturned, ns += step);
  }
  trace.close((1ll << 60) - 1);
}

// More tokens than a byte counts.
void wide() {
  Trace trace("wide");
  trace.facts();
  trace.functions(300);
  for (std::uint32_t i = 0; i < 300; ++i)
    trace.call(1000 * i, 1000 * i + i, i);
  trace.close(1'000'000);
}

// Enough for its columns to be compressed.
void compressed() {
  Trace trace("compressed");
  trace.facts();
  trace.functions();
  std::mt19937 random(1);
  std::int64_t ns = 0;
  for (int i = 0; i < 400; ++i) {
    const std::int64_t from = ns += 200 + random() % 100;
    trace.call(from, ns += 1000 + random() % 50, i % 2);
  }
  trace.close(ns + 1);
}

void classes() {
  Trace trace("classes");
  trace.facts();
  trace.functions();
  using Kind = ArgumentType::Kind;
  using Subject = EventClass::Subject;
  trace.writer().write(std::vector<EventClass>{
      {ClassId{0}, Subject::kThread, "sched_switch", {{"cpu", Kind::kUnsigned, ""}}},
      {ClassId{1},
       Subject::kCall,
       "buffers",
       {{"read", Kind::kSigned, "pages"}, {"share", Kind::kReal, ""}}},
      {ClassId{2},
       Subject::kExecution,
       "completion",
       {{"tag", Kind::kString, ""}, {"query", Kind::kText, ""}}},
      {ClassId{3}, Subject::kThread, "from the future", {{"what", Kind{9}, ""}}}});
  const std::uint32_t text = value(trace.writer().text_id({{}, false, false, "SELECT 1"}));
  const auto add = [&](std::uint32_t id, std::int64_t ns, ArgumentValues arguments) {
    test::append(trace.writer(), kBackend, make(EventKind::kOfClass, ns, id), std::move(arguments));
  };
  trace.event(EventKind::kExecutionBegin, 100, text);
  trace.event(EventKind::kEnter, 110);
  add(0, 115, {std::uint64_t{3}});
  add(1, 120, {std::int64_t{-4}, 0.25});
  trace.event(EventKind::kReturned, 130);
  add(2, 140, {std::string("SELECT\t1"), std::uint64_t{text}});
  add(0, 150, {std::uint64_t{18446744073709551615ull}});
  add(3, 160, {std::uint64_t{1}});
  add(77, 170, {});  // not described
  trace.end(180);
  trace.close(1000);
}

// Of two functions' events some were filtered, and of one's calls some were counted by their
// durations only: in two tables, which add up.
void accounts() {
  Trace trace("accounts");
  trace.facts();
  trace.functions();
  trace.begin("INSERT 1", 1000);
  trace.call(1700, 2500);
  trace.end(72'500);
  Account inserts{FunctionId{0}, 6, 2, 4, {}};
  inserts.short_calls.add(Duration(700));
  inserts.short_calls.add(Duration(20));
  const Account reads{FunctionId{1}, 8, 0, 5, {}};
  trace.writer().write(std::vector<Account>{inserts, reads});
  Account more{FunctionId{0}, 4, 0, 4, {}};
  more.short_calls.add(Duration(700));
  more.short_calls.add(Duration(9));
  trace.writer().write(std::vector<Loss>{
      {from_ns(0), from_ns(80'000), "map-full", FunctionId{1}, 0, 3},
      {from_ns(60'000), from_ns(80'000), "throttled", FunctionId{1}, std::nullopt, 0}});
  trace.writer().write(std::vector<Account>{more});
  trace.close(80'000);
}

// Nothing but losses was recorded.
void losses() {
  Trace trace("losses");
  trace.facts();
  trace.functions();
  trace.writer().write(std::vector<Loss>{
      {from_ns(0), from_ns(900), "ring-full", FunctionId{0}, 1, 12},
      {from_ns(0), from_ns(900), "no-ring", FunctionId{1}, std::nullopt, 3},
      {from_ns(900), from_ns(950), "file-damage", std::nullopt, std::nullopt, 0}});
  trace.close(1000);
}

void clocks() {
  Trace trace("clocks");
  trace.facts();
  trace.writer().write(std::vector<ClockSample>{{from_ns(0), 1'700'000'000'000'000'000}});
  trace.writer().write(
      std::vector<ClockSample>{{from_ns(10'000'000'000), 1'700'000'009'999'999'000}});
  trace.close(10'000'000'000);
}

// Summaries that count the events of each class, and so tell which executions are some: of those
// that began one ran, one was only prepared, and one is a parallel worker's part.
void counted() {
  Trace trace("counted");
  trace.facts();
  trace.functions(1);
  trace.writer().write(execution_classes({}));
  constexpr ThreadKey kWorker{8, 8};
  const auto tell = [&](ExecutionClass one, std::int64_t ns, ArgumentValues arguments,
                        ThreadKey thread = kBackend) {
    test::append(trace.writer(), thread, make(EventKind::kOfClass, ns, value(id_of(one))),
                 std::move(arguments));
  };
  trace.begin("SELECT 1", 100);
  tell(ExecutionClass::kNotRun, 190, {});
  trace.end(200);
  trace.writer().cut();
  trace.begin("SELECT 2", 300);
  trace.begin("SELECT 2", 310, kWorker);
  tell(ExecutionClass::kOfLeader, 310, {std::uint64_t{7}}, kWorker);
  trace.call(320, 330, 0, kWorker);
  trace.end(340, kWorker);
  tell(ExecutionClass::kSuspended, 390, {std::uint64_t{20}, std::uint64_t{5}});
  trace.end(400);
  tell(ExecutionClass::kIdleInTransaction, 400, {std::uint64_t{0}, std::uint64_t{0}});
  trace.close(500);
}

// What a later minor version may add: a frame that may be passed over, a column, fields behind
// those known of a row.
void later_minor() {
  Trace trace("later-minor");
  trace.facts();
  Bytes rows;
  put_rows(rows, std::vector<std::string>{"heap_insert"}, [](Bytes& row, const std::string& name) {
    put_varint(row, 0);
    row.push_back(0);
    put_string(row, name);
    put_string(row, "/p");
    put_string(row, "ab");
    put_varint(row, 4096);
    put_string(row, "a field of a later version");
  });
  trace.writer().copy({FrameType::kFunctions, 0, 0, 0, 0, 0, 0}, rows, nullptr);
  const Bytes unknown = {1, 2, 3};
  trace.writer().copy({FrameType{0x60}, layout::kFlagAncillary, 0, 0, 0, 0, 0}, unknown, nullptr);
  ChunkBuilder builder;
  const Event events[] = {make(EventKind::kEnter, 100), make(EventKind::kReturned, 150)};
  builder.append(kBackend, events);
  ChunkBuilder::Encoded chunk = builder.encode();
  put_column(chunk.columns, 200, unknown);
  Bytes payload = chunk.plain;
  put_bytes(payload, chunk.columns.data(), chunk.columns.size());
  trace.writer().copy({FrameType::kChunk, 0, layout::kChunkPlainBytes, 0, 0, 0, 0}, payload,
                      &chunk.header);
  trace.writer().write_summary(chunk.summary);
  trace.close(1000);
}

Bytes read(const std::string& name) {
  std::ifstream in(directory + "/" + name + ".pgt", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return {text.begin(), text.end()};
}

void write(const std::string& name, ByteView bytes) {
  std::ofstream out(directory + "/" + name + ".pgt", std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
}

// The offset of the first frame of `type` after the first `skip` ones.
std::size_t offset_of(const std::string& name, FrameType type, int skip = 0) {
  const TraceReader trace(directory + "/" + name + ".pgt");
  for (const FrameRef& frame : trace.frames()) {
    if (frame.type == type && skip-- == 0) return frame.offset;
  }
  return trace.end()->index_offset;  // of the index, which does not list itself
}

void flip(const std::string& name, const std::string& of, std::size_t offset) {
  Bytes bytes = read(of);
  bytes[offset] ^= 0xFF;
  write(name, bytes);
}

void damaged() {
  const Bytes whole = read("threads");
  const std::size_t end = whole.size();
  write("unclosed", ByteView(whole).first(offset_of("threads", FrameType::kTotal)));
  write("damaged-cut", ByteView(whole).first(offset_of("threads", FrameType::kChunk, 2) + 100));
  flip("damaged-header", "threads", 30);
  flip("damaged-functions", "threads", offset_of("threads", FrameType::kFunctions) + 40);
  flip("damaged-text", "threads", offset_of("threads", FrameType::kTexts) + 40);
  flip("damaged-chunk", "threads", offset_of("threads", FrameType::kChunk, 1) + 110);
  flip("damaged-last-chunk", "threads", offset_of("threads", FrameType::kChunk, 3) + 110);
  flip("damaged-frame-header", "threads", offset_of("threads", FrameType::kChunk, 1) + 5);
  flip("damaged-summary", "threads", offset_of("threads", FrameType::kSummary, 1) + 45);
  flip("damaged-index", "threads", offset_of("threads", FrameType::kIndex) + 40);
  flip("damaged-end", "threads", end - 10);
  Bytes tail = whole;
  tail.insert(tail.end(), 100, 'x');
  write("damaged-tail", tail);
  Bytes hole = whole;
  const std::size_t chunk = offset_of("threads", FrameType::kChunk, 1);
  std::fill_n(hole.begin() + static_cast<std::ptrdiff_t>(chunk), 64, std::uint8_t{0});
  write("damaged-hole", hole);
}

void refused() {
  const Bytes whole = read("tiny");
  const ByteView frames = ByteView(whole).subspan(layout::kFileHeaderBytes);
  Bytes feature = encode_file_header({"time-in-decades"});
  feature.insert(feature.end(), frames.begin(), frames.end());
  write("refused-feature", feature);
  Bytes major = encode_file_header({}, layout::kMajor + 1);
  major.insert(major.end(), frames.begin(), frames.end());
  write("refused-major", major);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "make_traces DIRECTORY\n");
    return 2;
  }
  directory = argv[1];
  for (const auto make_trace :
       {tiny,     empty,      nested,     outcomes,    executions, threads,  times,
        wide,     compressed, classes,    losses,      clocks,     accounts, queries,
        sessions, counted,    statements, later_minor, damaged,    refused})
    make_trace();
  return 0;
}
