// Covers record/top/top_totals.h: what an interval comes to.
#include "record/top/top_totals.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "record/matching/query_texts.h"
#include "tests/unit/append_event.h"
#include "tests/unit/probes.h"

namespace pgrec {
namespace {

constexpr ThreadKey kBackend{10, 10};
constexpr ThreadKey kOther{11, 11};

class TopTotalsTest : public testing::Test {
 protected:
  void event(EventKind kind, std::int64_t at_ns, const ThreadKey& thread = kBackend) {
    append(thread, {kind, FunctionId{}, TextId{}, from_ns(at_ns)});
  }
  void begin(const std::string& query, std::int64_t at_ns, const ThreadKey& thread = kBackend) {
    append(thread, {EventKind::kExecutionBegin, FunctionId{}, id(query), from_ns(at_ns)});
  }
  TextId id(const std::string& query) {
    return totals_.text_id(
        query_text_of(query, query.size(), true, TextMode::kNormalized, true).statements.front());
  }
  void end(std::int64_t at_ns, const ThreadKey& thread = kBackend) {
    event(EventKind::kExecutionEnd, at_ns, thread);
  }
  void learn(ExecutionClass one, std::int64_t at_ns) {
    Event event{EventKind::kOfClass, FunctionId{}, TextId{}, from_ns(at_ns)};
    event.event_class = id_of(one);
    test::append(totals_, kBackend, event, {});
  }
  void learn_text(const std::string& query, std::int64_t at_ns) {
    Event event{EventKind::kOfClass, FunctionId{}, TextId{}, from_ns(at_ns)};
    event.event_class = id_of(ExecutionClass::kOfText);
    test::append(totals_, kBackend, event, {std::uint64_t{value(id(query))}});
  }
  void enter(std::uint32_t function, std::int64_t at_ns) {
    append(kBackend, {EventKind::kEnter, FunctionId{function}, TextId{}, from_ns(at_ns)});
  }
  void call(std::uint32_t function, std::int64_t from, std::int64_t to, EventKind how) {
    enter(function, from);
    event(how, to);
  }
  const TopSnapshot& interval(std::int64_t at_ns) {
    totals_.end_interval(from_ns(at_ns), snapshot_);
    return snapshot_;
  }
  // That of the statement; it is there.
  const TopStatement& statement(const std::string& text) {
    const auto found = std::find_if(snapshot_.statements.begin(), snapshot_.statements.end(),
                                    [&](const TopStatement& one) { return one.text == text; });
    EXPECT_NE(found, snapshot_.statements.end()) << text;
    return found == snapshot_.statements.end() ? none_ : *found;
  }

  const ProbeTable probes_ = test::probes({"inner", "outer"});
  TopTotals totals_{probes_};
  TopSnapshot snapshot_;

 private:
  void append(const ThreadKey& thread, const Event& event) {
    totals_.append(thread, std::span(&event, 1), {});
  }
  TopStatement none_;
};

TEST_F(TopTotalsTest, AddsUpExecutionsByStatement) {
  begin("SELECT 1", 100);
  end(150);
  begin("SELECT 2", 200, kOther);
  end(500, kOther);
  begin("SELECT a", 600);
  end(601);
  interval(1000);
  EXPECT_EQ(snapshot_.executions, 3u);
  EXPECT_EQ(snapshot_.statements.size(), 2u);
  const TopStatement& select = statement("SELECT $1");
  EXPECT_EQ(select.executions, 2u);
  EXPECT_EQ(select.running, 0u);
  EXPECT_EQ(select.in_interval, Duration(350));
  EXPECT_EQ(select.mean, Duration(175));
  EXPECT_EQ(select.max, Duration(300));
  EXPECT_EQ(totals_.executions(), 3u);
}

TEST_F(TopTotalsTest, SharesALongExecutionAmongItsIntervals) {
  begin("SELECT 1", 400);
  EXPECT_EQ(interval(1000).executions, 0u);
  EXPECT_EQ(statement("SELECT $1").running, 1u);
  EXPECT_EQ(statement("SELECT $1").in_interval, Duration(600));
  interval(2000);
  EXPECT_EQ(snapshot_.interval, Duration(1000));
  EXPECT_EQ(statement("SELECT $1").in_interval, Duration(1000));
  end(2300);
  EXPECT_EQ(interval(3000).executions, 1u);
  EXPECT_EQ(statement("SELECT $1").in_interval, Duration(300));
  EXPECT_EQ(statement("SELECT $1").mean, Duration(1900));
}

TEST_F(TopTotalsTest, ForgetsAnIntervalWhenItEnds) {
  begin("SELECT 1", 100);
  end(150);
  call(0, 200, 300, EventKind::kReturned);
  interval(1000);
  interval(2000);
  EXPECT_EQ(snapshot_.executions, 0u);
  EXPECT_EQ(snapshot_.calls, 0u);
  EXPECT_TRUE(snapshot_.statements.empty());
  EXPECT_EQ(snapshot_.functions.size(), 2u);
}

TEST_F(TopTotalsTest, CountsAnExecutionThatEndedUnseenWithoutATime) {
  begin("SELECT 1", 100);
  event(EventKind::kExecutionLost, 200);
  interval(1000);
  EXPECT_EQ(statement("SELECT $1").executions, 1u);
  EXPECT_EQ(statement("SELECT $1").in_interval, Duration(0));
  EXPECT_EQ(statement("SELECT $1").mean, Duration(0));
}

TEST_F(TopTotalsTest, KnowsNoErrorsWhereNothingTellsOfThem) {
  begin("SELECT 1", 100);
  end(150);
  EXPECT_FALSE(interval(1000).has_errors);
}

TEST_F(TopTotalsTest, CountsTheExecutionsThatFailed) {
  begin("SELECT 1", 100);
  learn(ExecutionClass::kFailed, 150);
  end(150);
  begin("SELECT 2", 200);
  learn(ExecutionClass::kCompleted, 250);
  end(250);
  EXPECT_TRUE(interval(1000).has_errors);
  EXPECT_EQ(statement("SELECT $1").executions, 2u);
  EXPECT_EQ(statement("SELECT $1").errors, 1u);
}

TEST_F(TopTotalsTest, GoesByTheLastThatIsToldOfAnExecution) {
  begin("SELECT 1", 100);
  learn(ExecutionClass::kCompleted, 150);
  learn(ExecutionClass::kFailed, 160);
  end(160);
  interval(1000);
  EXPECT_EQ(statement("SELECT $1").errors, 1u);
}

TEST_F(TopTotalsTest, LeavesOutWhatWasOnlyPreparedAndWorkersParts) {
  begin("SELECT 1", 100);
  learn(ExecutionClass::kNotRun, 150);
  end(150);
  begin("SELECT 2", 200);
  learn(ExecutionClass::kOfLeader, 200);
  end(250);
  begin("SELECT 3", 300);
  learn(ExecutionClass::kOfLeader, 300);
  interval(1000);
  EXPECT_EQ(snapshot_.executions, 0u);
  EXPECT_TRUE(snapshot_.statements.empty());
}

TEST_F(TopTotalsTest, AddsUpCallsByFunction) {
  enter(1, 100);
  call(0, 110, 120, EventKind::kReturned);
  call(0, 130, 150, EventKind::kReturned);
  event(EventKind::kReturned, 200);
  interval(1000);
  EXPECT_EQ(snapshot_.calls, 3u);
  EXPECT_EQ(snapshot_.functions[0].name, "inner");
  EXPECT_EQ(snapshot_.functions[0].calls, 2u);
  EXPECT_EQ(snapshot_.functions[0].total, Duration(30));
  EXPECT_EQ(snapshot_.functions[1].name, "outer");
  EXPECT_EQ(snapshot_.functions[1].calls, 1u);
  EXPECT_EQ(snapshot_.functions[1].total, Duration(100));
  EXPECT_EQ(snapshot_.functions[1].self, Duration(70));
  EXPECT_EQ(snapshot_.functions[1].mean, Duration(100));
}

TEST_F(TopTotalsTest, CountsCallsThatDidNotReturn) {
  call(0, 100, 200, EventKind::kUnwound);
  event(EventKind::kHeadless, 300);
  interval(1000);
  EXPECT_EQ(snapshot_.functions[0].calls, 2u);
  EXPECT_EQ(snapshot_.functions[0].total, Duration(0));
}

TEST_F(TopTotalsTest, CountsAMessageThatFailedAsAWholeForItself) {
  begin("SELECT 1", 100);
  learn_text("SELECT 1; SELEC 2", 110);
  learn(ExecutionClass::kFailed, 120);
  end(120);
  interval(1000);
  EXPECT_EQ(snapshot_.statements.size(), 1u);
  EXPECT_EQ(statement("SELECT $1; SELEC $2").errors, 1u);
}

}  // namespace
}  // namespace pgrec
