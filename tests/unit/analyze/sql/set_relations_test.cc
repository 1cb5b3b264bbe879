// Covers analyze/sql/set_relations.h with call_relation.h, call_scan.h, call_lookup.h,
// call_columns.h, set_source.h, execution_relation.h, execution_columns.h and event_relation.h: the
// relations give what the trace holds, and the same rows as plain tables of the same rows, whatever
// is asked of them.
#include "analyze/sql/set_relations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "analyze/calls/call_builder.h"
#include "analyze/sql/call_columns.h"
#include "analyze/sql/call_lookup.h"
#include "analyze/sql/call_relation.h"
#include "analyze/sql/call_scan.h"
#include "analyze/sql/event_relation.h"
#include "analyze/sql/execution_columns.h"
#include "analyze/sql/execution_relation.h"
#include "analyze/sql/set_source.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_trace.h"
#include "tests/unit/relations.h"
#include "tests/unit/sorted.h"

namespace pgrec {
namespace {

using test::sorted;

using Rows = std::vector<std::string>;

// The relations of files, and plain tables p_NAME of what the largest of them give as a whole.
class Asked {
 public:
  Asked(const std::vector<std::string>& files, unsigned threads)
      : analysis_(files, Filters{}, threads) {
    for (auto& relation : set_relations(analysis_))
      database_.add(relation);
    for (const std::string name : {"calls", "executions", "events", "functions"})
      database_.execute("CREATE TEMP TABLE p_" + name + " AS SELECT * FROM " + name);
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }
  // Of `sql` with the relations, and with the plain tables in place of them.
  Rows virtually(const std::string& sql) const { return rows(with_prefix(sql, "")); }
  Rows plainly(const std::string& sql) const { return rows(with_prefix(sql, "p_")); }
  Analysis& analysis() { return analysis_; }

 private:
  static std::string with_prefix(std::string sql, const std::string& prefix) {
    for (std::size_t at = 0; (at = sql.find('@', at)) != sql.npos;)
      sql.replace(at, 1, prefix);
    return sql;
  }

  Analysis analysis_;
  Database database_;
};

class Questions {
 public:
  Questions(const Asked& asked, std::uint32_t seed) : asked_(asked), random_(seed) {}

  std::size_t below(std::size_t end) { return random_() % end; }
  // A value that the column has somewhere, as SQL.
  std::string value(const std::string& relation, const std::string& column) {
    const Rows all = asked_.rows("SELECT DISTINCT quote(" + column + ") FROM p_" + relation +
                                 " WHERE " + column + " IS NOT NULL");
    return all.empty() ? "0" : all[below(all.size())];
  }
  // A condition on one of the columns; those from `first_text` on are texts.
  std::string condition(const std::string& relation, const std::vector<std::string>& columns,
                        std::size_t first_text) {
    const std::size_t number = below(columns.size());
    const std::string& column = columns[number];
    const std::string a = value(relation, column), b = value(relation, column);
    const std::string name = relation + "." + column;
    switch (below(number < first_text ? 7 : 2)) {
      case 0:
        return name + " = " + a;
      case 1:
        return name + " IN (" + a + ", " + b + ")";
      case 2:
        return name + " > " + a;
      case 3:
        return name + " <= " + a;
      case 4:
        return name + " BETWEEN min(" + a + ", " + b + ") AND max(" + a + ", " + b + ")";
      case 5:
        return name + " < " + a + " + 0.5";
      default:
        return "(" + name + " = " + a + " OR " + name + " = " + b + ")";
    }
  }
  std::string conditions(const std::string& relation, const std::vector<std::string>& columns,
                         std::size_t first_text) {
    std::string all = condition(relation, columns, first_text);
    for (std::size_t more = below(3); more > 0; --more)
      all += " AND " + condition(relation, columns, first_text);
    return all;
  }

 private:
  const Asked& asked_;
  std::mt19937 random_;
};

const std::vector<std::string> kCallNames = {
    "call_id",   "ts_ns",       "duration_ns",  "self_ns", "pid",      "tid",    "depth",
    "parent_id", "function_id", "execution_id", "trace",   "function", "outcome"};
constexpr std::size_t kCallTexts = 11;
const std::vector<std::string> kExecutionNames = {"execution_id", "pid",          "ts_ns",
                                                  "duration_ns",  "statement_id", "process_id",
                                                  "trace",        "outcome",      "text"};
constexpr std::size_t kExecutionTexts = 7;
const std::vector<std::string> kEventNames = {"ts_ns",        "pid",   "tid",
                                              "execution_id", "trace", "class"};
constexpr std::size_t kEventTexts = 5;

void expect_same(const Asked& asked, const std::string& sql) {
  EXPECT_EQ(sorted(asked.virtually(sql)), sorted(asked.plainly(sql))) << sql;
}

void ask_of_calls(const Asked& asked, Questions& questions) {
  const std::string where = " WHERE " + questions.conditions("calls", kCallNames, kCallTexts);
  const std::string from = " FROM @calls AS calls" + where;
  expect_same(asked, "SELECT *" + from);
  expect_same(asked, "SELECT count(*), sum(duration_ns), max(at)" + from);
  expect_same(asked, "SELECT function, count(*), sum(duration_ns), min(self_at_most_ns)" + from +
                         " GROUP BY 1");
  expect_same(asked, "SELECT function_id, trace, outcome" + from + " GROUP BY 1, 2, 3");
  const std::string ordered = "SELECT ts_ns" + from + " ORDER BY ts_ns";
  EXPECT_EQ(asked.virtually(ordered), asked.plainly(ordered)) << ordered;
  EXPECT_EQ(asked.virtually(ordered + " LIMIT 3"), asked.plainly(ordered + " LIMIT 3")) << ordered;
  const std::string by_id = "SELECT call_id, duration_ns" + from + " ORDER BY call_id LIMIT 20";
  EXPECT_EQ(asked.virtually(by_id), asked.plainly(by_id)) << by_id;
  expect_same(asked,
              "SELECT calls.call_id, p.outcome, p.ts_ns FROM @calls AS calls "
              "JOIN @calls AS p ON p.call_id = calls.parent_id" +
                  where);
  expect_same(asked,
              "SELECT calls.call_id, e.outcome, e.text FROM @calls AS calls "
              "JOIN @executions AS e USING (execution_id)" +
                  where);
}

void ask_of_others(const Asked& asked, Questions& questions) {
  const std::string where =
      " WHERE " + questions.conditions("executions", kExecutionNames, kExecutionTexts);
  expect_same(asked, "SELECT * FROM @executions AS executions" + where);
  expect_same(asked,
              "SELECT ts_ns, outcome FROM @executions AS executions" + where + " ORDER BY ts_ns");
  expect_same(asked,
              "SELECT executions.execution_id, c.call_id, c.self_ns FROM @executions AS executions "
              "JOIN @calls AS c USING (execution_id)" +
                  where);
  expect_same(asked, "SELECT * FROM @events AS events WHERE " +
                         questions.conditions("events", kEventNames, kEventTexts));
}

// What is damaged in a file of random events.
enum class Fault { kNone, kPayloads, kFrames };

struct Case {
  std::uint32_t seed;
  unsigned threads;
  Fault fault;
  int files;
};

class SetRelationsTest : public testing::TestWithParam<Case> {
 protected:
  SetRelationsTest() : files_(static_cast<std::size_t>(GetParam().files)) {
    std::uint32_t seed = GetParam().seed;
    for (const test::TraceFile& file : files_) {
      test::write_random_trace(file, {seed++, 9, 6, GetParam().seed % 2 == 0});
      const auto chunks = test::chunk_frames(file.reader());
      for (const std::size_t chunk : {3, 4, 6}) {
        if (GetParam().fault == Fault::kPayloads) file.flip_byte_of(chunks[chunk]);
        if (GetParam().fault == Fault::kFrames) file.flip_byte_at(chunks[chunk].offset);
      }
      paths_.push_back(file.path());
    }
  }

  std::vector<test::TraceFile> files_;
  std::vector<std::string> paths_;
};

TEST_P(SetRelationsTest, CallsAreThoseOfTheTrace) {
  if (GetParam().files > 1) return;
  Asked asked(paths_, GetParam().threads);
  TraceReader trace = files_.front().reader();
  test::CollectedCalls collected;
  build_calls(trace, collected);
  Rows expected;
  for (const Call& call : collected.calls())
    expected.push_back(test::row(call));
  const Rows found = asked.rows(
      "SELECT 'c' || call_id || ' f' || function_id || ' p' || pid || '/t' || tid || ' @' || ts_ns "
      "|| ' took=' || ifnull(duration_ns, '-') || ' self=' || ifnull(self_ns, '-') || ' depth=' || "
      "depth || ' in=' || ifnull('c' || parent_id, '-') || ' ' || ifnull('e' || execution_id, '-') "
      "|| ' ' || outcome FROM calls");
  EXPECT_EQ(sorted(found), sorted(expected));
  EXPECT_EQ(asked.rows("SELECT count(*), count(DISTINCT call_id) FROM p_calls").front(),
            std::to_string(expected.size()) + "|" + std::to_string(expected.size()));
  // Those that ended without a return, with the most that they can have taken.
  std::int64_t at_most = 0, self_at_most = 0;
  for (const Call& call : collected.calls()) {
    if (call.at_most) at_most += call.at_most->count();
    if (call.self_at_most) self_at_most += call.self_at_most->count();
  }
  EXPECT_EQ(asked.rows("SELECT sum(at_most_ns), sum(self_at_most_ns) FROM calls").front(),
            std::to_string(at_most) + "|" + std::to_string(self_at_most));
}

TEST_P(SetRelationsTest, ExecutionsAreThoseOfTheTrace) {
  if (GetParam().files > 1) return;
  Asked asked(paths_, GetParam().threads);
  TraceReader trace = files_.front().reader();
  test::CollectedCalls collected;
  build_calls(trace, collected);
  Rows expected;
  for (const Execution& execution : collected.executions()) {
    expected.push_back(std::to_string(value(execution.id)) + "|" + std::to_string(execution.pid) +
                       "|" + std::to_string(to_ns(execution.begun)) + "|" +
                       (execution.duration ? std::to_string(execution.duration->count()) : "NULL"));
  }
  EXPECT_EQ(sorted(asked.rows("SELECT execution_id, pid, ts_ns, duration_ns FROM executions")),
            sorted(expected));
}

TEST_P(SetRelationsTest, GiveTheSameAsPlainTables) {
  Asked asked(paths_, GetParam().threads);
  Questions questions(asked, GetParam().seed);
  for (int i = 0; i < 25; ++i) {
    ask_of_calls(asked, questions);
    ask_of_others(asked, questions);
  }
}

TEST_P(SetRelationsTest, ScansMayStopAnywhere) {
  Asked asked(paths_, GetParam().threads);
  for (const std::string relation : {"calls", "executions", "events", "function_times"}) {
    for (int i = 0; i < 5; ++i)
      EXPECT_EQ(asked.rows("SELECT 1 FROM " + relation + " LIMIT 1"), Rows{"1"});
  }
}

// Of each function what its calls come to, where no chunk is missing.
TEST_P(SetRelationsTest, FunctionsSumUpCalls) {
  if (GetParam().fault != Fault::kNone) return;
  Asked asked(paths_, GetParam().threads);
  const std::string of_calls =
      "SELECT function_id, count(*), count(duration_ns), ifnull(sum(duration_ns), 0), "
      "ifnull(sum(self_ns), 0), min(duration_ns), max(duration_ns), ifnull(sum(at_most_ns), 0) "
      "FROM calls GROUP BY 1";
  EXPECT_EQ(sorted(asked.rows("SELECT function_id, calls, returned, total_ns, self_ns, min_ns, "
                              "max_ns, at_most_ns FROM functions WHERE calls > 0")),
            sorted(asked.rows(of_calls)));
  EXPECT_EQ(asked.rows("SELECT count(*) FROM functions WHERE name = 'twin'"), Rows{"2"});
}

TEST_P(SetRelationsTest, FunctionTimesSumUpTheCallsOfExecutions) {
  if (GetParam().fault != Fault::kNone) return;
  Asked asked(paths_, GetParam().threads);
  const std::string of_calls =
      "SELECT execution_id, function, count(*), ifnull(sum(duration_ns), 0) FROM p_calls WHERE "
      "execution_id IN (SELECT execution_id FROM p_executions) GROUP BY 1, 2";
  const std::string of_times =
      "SELECT execution_id, function, sum(calls), sum(total_ns) FROM function_times GROUP BY 1, 2";
  EXPECT_EQ(asked.rows("SELECT * FROM (" + of_times + ") EXCEPT SELECT * FROM (" + of_calls + ")"),
            Rows{});
  EXPECT_EQ(asked.rows("SELECT * FROM (" + of_calls + ") EXCEPT SELECT * FROM (" + of_times + ")"),
            Rows{});
}

INSTANTIATE_TEST_SUITE_P(Random, SetRelationsTest,
                         testing::Values(Case{1, 1, Fault::kNone, 1}, Case{2, 3, Fault::kNone, 1},
                                         Case{3, 3, Fault::kPayloads, 1},
                                         Case{4, 1, Fault::kFrames, 1},
                                         Case{6, 3, Fault::kFrames, 2},
                                         Case{7, 2, Fault::kPayloads, 3}));

TEST(EmptySetRelationsTest, AreNamedAsTheHintSays) {
  std::string names;
  for (const auto& relation : set_relations(std::shared_ptr<Analysis>())) {
    EXPECT_FALSE(relation->columns().empty());
    names += (names.empty() ? "" : ", ") + relation->name();
  }
  EXPECT_EQ(names,
            "meta, functions, calls, executions, preparations, worker_runs, statements, "
            "idle_in_transaction, errors, events, function_times, processes, losses, damages, "
            "clocks");
}

TEST(EmptySetRelationsTest, AnEmptyTraceHasNoRows) {
  const test::TraceFile file;
  file.writer().close({});
  Analysis analysis({file.path()}, Filters{}, 2);
  Database database;
  for (auto& relation : set_relations(analysis)) {
    const std::string name = relation->name();
    database.add(relation);
    if (name == "meta") continue;
    EXPECT_EQ(test::rows_of(database, "SELECT * FROM " + name), Rows{}) << name;
  }
}

TEST(EventArgumentsTest, AreAJsonObjectByName) {
  EventClass about;
  about.arguments = {{"a", ArgumentType::Kind::kUnsigned, ""},
                     {"b", ArgumentType::Kind::kSigned, ""},
                     {"c", ArgumentType::Kind::kReal, ""},
                     {"d", ArgumentType::Kind::kString, ""},
                     {"e", ArgumentType::Kind::kString, ""}};
  EXPECT_EQ(
      arguments_text(about, {std::uint64_t{1}, std::int64_t{-2}, 0.5, std::string("x\"y"), {}}),
      R"({"a": 1, "b": -2, "c": 0.5, "d": "x\"y", "e": null})");
}

}  // namespace
}  // namespace pgrec
