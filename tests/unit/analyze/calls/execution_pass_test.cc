// Covers analyze/calls/execution_pass.h, execution_visitor.h, execution_joiner.h and
// execution_record.h: every execution once and whole, with the calls that it made, whatever chunks
// and parts it is in; against what build_calls() gives.
#include "analyze/calls/execution_pass.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "analyze/calls/call_builder.h"
#include "analyze/calls/error_reader.h"
#include "analyze/calls/execution_joiner.h"
#include "analyze/calls/execution_record.h"
#include "analyze/calls/execution_visitor.h"
#include "tests/unit/append_event.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/sorted.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::chunk_frames;
using test::sorted;
using Rows = std::vector<std::string>;

// "e1 x7 p1 @90 took=200", as of an Execution; then its calls by function.
std::string row(const ExecutionRecord& execution) {
  std::string text = test::row(Execution{execution.id, execution.text, execution.thread.pid,
                                         execution.begun, execution.duration, execution.end_lost});
  std::map<FunctionId, FunctionSum> functions;
  for (const FunctionSum& sum : execution.functions)
    functions.emplace(sum.function, sum);
  for (const auto& [id, sum] : functions) {
    text += " f" + std::to_string(value(id)) + ":" + std::to_string(sum.calls) + "/" +
            std::to_string(sum.total.count()) + "/" + std::to_string(sum.self.count()) + "/" +
            std::to_string(sum.at_most.count());
  }
  return text;
}

// Copies what it gets, as lines.
struct CollectedExecutions final : ExecutionSink {
  void execution(const ExecutionRecord& execution) override { rows.push_back(row(execution)); }
  void idle(const IdleRecord& idle) override {
    idle_rows.push_back("p" + std::to_string(idle.thread.pid) + " " +
                        std::to_string(to_ns(idle.from)) + " to " +
                        (idle.to ? std::to_string(to_ns(*idle.to)) : "-") + " behind " +
                        (idle.execution ? "e" + std::to_string(value(*idle.execution)) : "-"));
  }
  void error(const ErrorRecord& error) override {
    error_rows.push_back(error.severity + " " + error.sqlstate + " " + error.message + " " +
                         (error.execution ? "e" + std::to_string(value(*error.execution)) : "-"));
  }
  Rows rows, idle_rows, error_rows;
};

// The same by build_calls(): executions, and the sums of their calls.
struct NaiveExecutions {
  void call_ended(const Call& call) {
    if (!call.execution) return;
    FunctionSum& sum = sums[*call.execution][call.function];
    ++sum.calls;
    if (call.duration) sum.total = add_capped(sum.total, *call.duration);
    if (call.self) sum.self = add_capped(sum.self, *call.self);
    if (call.at_most) sum.at_most = add_capped(sum.at_most, *call.at_most);
  }
  void execution_ended(const Execution& execution) { executions.push_back(execution); }
  Rows rows() {
    Rows all;
    for (const Execution& execution : executions) {
      std::vector<FunctionSum> functions;
      for (auto& [function, sum] : sums[execution.id]) {
        sum.function = function;
        functions.push_back(sum);
      }
      ExecutionRecord record;
      record.id = execution.id;
      record.text = execution.text;
      record.thread.pid = execution.pid;
      record.begun = execution.begun;
      record.duration = execution.duration;
      record.end_lost = execution.end_lost;
      record.functions = functions;
      all.push_back(row(record));
    }
    return sorted(all);
  }
  std::map<ExecutionId, std::map<FunctionId, FunctionSum>> sums;
  std::vector<Execution> executions;
};

Rows naive(TraceReader trace) {
  NaiveExecutions sums;
  build_calls(trace, sums);
  return sums.rows();
}

const ExecutionQuery kAll{{true, true, true}, {}, {}};

CollectedExecutions collected(TraceSet& set, unsigned threads = 1,
                              const ExecutionQuery& query = kAll) {
  CollectedExecutions found;
  for_each_execution(set, query, found, {threads, {}});
  return found;
}

// The rows of a pass that sums up.
struct Lines {
  void add(const ExecutionRecord& execution) { rows.push_back(row(execution)); }
  void merge(const Lines& other) { rows.insert(rows.end(), other.rows.begin(), other.rows.end()); }
  Rows rows;
};

void write_random_executions(const test::TraceFile& file, std::uint32_t seed, int chunks) {
  TraceWriter writer = file.writer();
  test::RandomEvents random(seed, 4);
  writer.write(test::random_classes());
  for (int i = 0; i < chunks; ++i) {
    for (const test::ThreadEvents& stretch : random.next(8))
      test::append(writer, stretch);
    writer.cut();
  }
  writer.close(from_ns(1'000'000'000'000'000));
}

class ExecutionPassTest : public testing::Test {
 protected:
  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0, std::uint32_t pid = 1) {
    const Event one{kind, FunctionId{number}, TextId{number}, from_ns(ns), {}};
    writer_.append({pid, pid}, std::span(&one, 1));
  }
  void of_class(ExecutionClass one, std::int64_t ns, ArgumentValues arguments) {
    test::append(writer_, {1, 1}, {EventKind::kOfClass, {}, {}, from_ns(ns), id_of(one)},
                 std::move(arguments));
  }
  void describe() { writer_.write(execution_classes({})); }
  void begin(std::int64_t ns, std::uint32_t text = 0) {
    event(EventKind::kExecutionBegin, ns, text);
  }
  void end(std::int64_t ns) { event(EventKind::kExecutionEnd, ns); }
  void enter(std::int64_t ns, std::uint32_t function = 0) {
    event(EventKind::kEnter, ns, function);
  }
  void leave(std::int64_t ns) { event(EventKind::kReturned, ns); }
  void cut() { writer_.cut(); }
  void close() { writer_.close(from_ns(1'000'000)); }
  Rows rows(const ExecutionQuery& query = kAll) {
    TraceSet set(file_.reader());
    return collected(set, 1, query).rows;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST(ExecutionPass, GivesWhatARebuildOfTheWholeTraceGives) {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    test::TraceFile file;
    write_random_executions(file, seed, 9);
    const Rows expected = naive(file.reader());
    ASSERT_FALSE(expected.empty());
    for (const unsigned threads : {1u, 3u}) {
      TraceSet set(file.reader());
      EXPECT_EQ(sorted(collected(set, threads).rows), expected) << seed << " " << threads;
      const Lines sums =
          sum_executions(set, ExecutionQuery{{true, false, false}, {}, {}}, Lines{}, {threads, {}});
      EXPECT_EQ(sorted(sums.rows), expected) << seed << " " << threads;
    }
  }
}

TEST(ExecutionPass, GivesTheSameOfADamagedTrace) {
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    test::TraceFile file;
    write_random_executions(file, seed, 9);
    const auto chunks = chunk_frames(file.reader());
    file.flip_byte_of(chunks.at(seed % 9));
    file.flip_byte_of(chunks.at((seed + 4) % 9));
    const Rows expected = naive(file.reader());
    for (const unsigned threads : {1u, 3u}) {
      TraceSet set(file.reader());
      EXPECT_EQ(sorted(collected(set, threads).rows), expected) << seed << " " << threads;
      EXPECT_GE(set.files().front().reader.damages().size(), 2u);
    }
  }
}

// Without an index, a frame whose header is damaged is no chunk that there was.
TEST(ExecutionPass, GivesTheSameWhereFramesAreLost) {
  for (std::uint32_t seed = 1; seed <= 24; ++seed) {
    test::TraceFile file;
    write_random_executions(file, seed, 9);
    const auto chunks = chunk_frames(file.reader());
    file.truncate_to(chunks.back().end());
    file.flip_byte_at(chunks.at(seed % 8).offset);
    file.flip_byte_at(chunks.at((seed + 4) % 8).offset);
    const Rows expected = naive(file.reader());
    for (const unsigned threads : {1u, 3u}) {
      TraceSet set(file.reader());
      EXPECT_EQ(sorted(collected(set, threads).rows), expected) << seed << " " << threads;
    }
  }
}

TEST(ExecutionPass, IsInTheSameOrderWithAnyNumberOfThreads) {
  test::TraceFile file;
  write_random_executions(file, 5, 20);
  TraceSet set(file.reader());
  EXPECT_EQ(collected(set, 4).rows, collected(set, 1).rows);
}

TEST_F(ExecutionPassTest, AddsCallsThatEndBehindTheirExecution) {
  begin(100);
  enter(110, 3);
  end(150);
  cut();
  leave(180);
  close();
  EXPECT_EQ(rows(), (Rows{"e0 x0 p1 @100 took=50 f3:1/70/70/0"}));
}

TEST_F(ExecutionPassTest, PutsFactsOfSeveralChunksTogether) {
  describe();
  begin(100);
  of_class(ExecutionClass::kNotRun, 110, {});
  cut();
  of_class(ExecutionClass::kFailed, 120, {std::uint64_t{7}});
  cut();
  end(130);
  close();
  TraceSet set(file_.reader());
  struct Facts final : ExecutionSink {
    void execution(const ExecutionRecord& execution) override {
      outcome = outcome_of(execution);
      run = run_ns(execution);
    }
    std::string outcome;
    std::optional<std::int64_t> run;
  } facts;
  for_each_execution(set, kAll, facts, {});
  EXPECT_EQ(facts.outcome, "error");
  EXPECT_EQ(facts.run, 120 - 100 - 7);
}

TEST_F(ExecutionPassTest, TellsIdleTimesAndTheExecutionBefore) {
  describe();
  const auto idle = [&](std::int64_t ns) {
    of_class(ExecutionClass::kIdleInTransaction, ns, {std::uint64_t{0}, std::uint64_t{0}});
  };
  begin(100);
  end(150);
  idle(150);
  begin(200);
  end(220);
  cut();
  idle(230);
  cut();
  begin(300);
  end(310);
  idle(320);
  close();
  TraceSet set(file_.reader());
  EXPECT_EQ(collected(set).idle_rows,
            (Rows{"p1 150 to 200 behind e0", "p1 230 to 300 behind e1", "p1 320 to - behind e2"}));
}

TEST_F(ExecutionPassTest, TellsErrors) {
  describe();
  begin(100);
  of_class(ExecutionClass::kError, 110,
           {std::string("ERROR"), std::string("22012"), std::string("division by zero")});
  end(120);
  of_class(ExecutionClass::kError, 130, {std::string("FATAL"), std::string(), std::string()});
  close();
  TraceSet set(file_.reader());
  EXPECT_EQ(collected(set).error_rows, (Rows{"ERROR 22012 division by zero e0", "FATAL   -"}));
}

TEST_F(ExecutionPassTest, ReadsOnlyWhatARangeNeeds) {
  for (int i = 0; i < 6; ++i) {
    begin(1000 * i + 100);
    if (i % 2 == 0) end(1000 * i + 200);
    cut();
    if (i % 2 == 1) end(1000 * i + 900);
  }
  close();
  ExecutionQuery query = kAll;
  query.range = {from_ns(1000), from_ns(2000)};
  std::vector<std::uint64_t> read;
  query.chunks = [&](const TraceSet::File&, const ChunkRef& chunk) {
    read.push_back(chunk.frame.sequence);
    return true;
  };
  EXPECT_EQ(rows(query), (Rows{"e1 x0 p1 @1100 took=800"}));
}

// Two parts of a recording: an execution that runs at the switch is one.
TEST(ExecutionPass, JoinsWhatGoesOnInTheNextPart) {
  test::TraceFile file;
  const auto write = [&](const std::string& path, int part, const auto& events) {
    TraceWriter writer(File(::open(path.c_str(), O_RDWR | O_CREAT, 0600), path));
    writer.write(Metadata{{"host.name", "h"},
                          {"host.boot_id", "b"},
                          {"recorded.at_ns", std::to_string(1'000'000 + 1000 * part)},
                          {"recorded.monotonic_ns", std::to_string(50'000 + 1000 * part)},
                          {"record.part", std::to_string(part)},
                          {"record.began_at_ns", "1001000"}});
    for (const auto& [kind, ns, number] : events) {
      const Event one{kind, FunctionId{number}, TextId{number}, from_ns(ns), {}};
      writer.append({7, 7}, std::span(&one, 1));
    }
    writer.close(from_ns(1000));
  };
  struct One {
    EventKind kind;
    std::int64_t ns;
    std::uint32_t number;
  };
  write(file.path(), 1,
        std::vector<One>{{EventKind::kExecutionBegin, 100, 0},
                         {EventKind::kExecutionEnd, 200, 0},
                         {EventKind::kExecutionBegin, 900, 1},
                         {EventKind::kEnter, 910, 4},
                         {EventKind::kReturned, 930, 4}});
  write(file.beside("trace.2.pgt"), 2, std::vector<One>{{EventKind::kExecutionBegin, 0, 0}});
  write(file.beside("trace.3.pgt"), 3,
        std::vector<One>{{EventKind::kExecutionBegin, 0, 5},
                         {EventKind::kEnter, 10, 4},
                         {EventKind::kReturned, 40, 4},
                         {EventKind::kExecutionEnd, 100, 0},
                         {EventKind::kExecutionBegin, 500, 6}});
  TraceSet set({file.beside("trace.3.pgt"), file.path(), file.beside("trace.2.pgt")});
  EXPECT_EQ(set.notes(), Rows{});
  EXPECT_EQ(collected(set).rows,
            (Rows{"e0 x0 p7 @100 took=100", "e1 x1 p7 @900 took=1200 f4:2/50/50/0",
                  "e4 x6 p7 @2500 took=-"}));
}

}  // namespace
}  // namespace pgrec
