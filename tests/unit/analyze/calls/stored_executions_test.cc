// Covers analyze/calls/stored_executions.h: what the summaries say of statements and of the longest
// executions is what a pass over the executions gives.
#include "analyze/calls/stored_executions.h"

#include <gtest/gtest.h>

#include <map>

#include "format/postgres/roles_of_classes.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using TextLines = std::vector<std::string>;

class StoredExecutionsTest : public testing::Test {
 protected:
  StoredExecutionsTest() {
    KnownOfExecutions known;
    known.query_ids = true;
    const auto classes = execution_classes(known);
    writer_.write(classes);
    writer_.sum_statements(execution_roles(classes));
  }
  TextId text(const std::string& query, std::uint64_t fingerprint) {
    Text one;
    one.text = query;
    one.fingerprint = fingerprint;
    return writer_.text_id(one);
  }
  void event(EventKind kind, std::int64_t step, TextId id = {}, std::uint32_t function = 0) {
    now_ += step;
    const Event one{kind, FunctionId{function}, id, from_ns(now_), {}};
    writer_.append({1, 1}, std::span(&one, 1));
  }
  void of_class(ExecutionClass of, ArgumentValues arguments) {
    const Event one{EventKind::kOfClass, {}, {}, from_ns(++now_), id_of(of)};
    test::append(writer_, {1, 1}, one, std::move(arguments));
  }
  // One that took about `ns`, with a call in it. Query id 0: it tells none.
  void run(TextId id, std::int64_t ns, std::uint64_t query_id, bool fails = false) {
    event(EventKind::kExecutionBegin, 10, id);
    event(EventKind::kEnter, 1, {}, 3);
    event(EventKind::kReturned, ns / 2, {}, 0);
    if (query_id > 0 && fails)
      of_class(ExecutionClass::kFailed, {query_id, std::uint64_t{0}});
    else if (query_id > 0)
      of_class(ExecutionClass::kCompleted, {query_id, std::uint64_t{0}, std::uint64_t{2}});
    event(EventKind::kExecutionEnd, ns / 2);
  }
  void prepare(TextId id) {
    event(EventKind::kExecutionBegin, 10, id);
    event(EventKind::kEnter, 1, {}, 4);
    event(EventKind::kReturned, 7);
    of_class(ExecutionClass::kNotRun, {});
    event(EventKind::kExecutionEnd, 10);
  }
  void close() {
    writer_.close(from_ns(now_ + 1000));
    set_.emplace(file_.reader());
    texts_.emplace(*set_);
    stored_ = StoredExecutions::of(*set_, {});
  }

  // A statement a line, and its calls by function.
  static TextLines lines(const StatementTable& table, const StatementTotals& totals) {
    TextLines lines;
    for (std::size_t place = 0; place < table.rows().size(); ++place) {
      const StatementRow& row = table.rows()[place];
      const ExecutionFigures& figures = totals.figures.of(place);
      std::string line = std::to_string(row.id) + " q" + std::to_string(row.query_id.value_or(0)) +
                         " " + std::to_string(figures.executions) + " executions, " +
                         std::to_string(figures.errors) + "/" + std::to_string(figures.said) +
                         " errors, " + std::to_string(figures.total.count()) + " max " +
                         std::to_string(figures.longest.count()) + " rows " +
                         std::to_string(figures.measures[0].value_or(-1));
      std::map<std::uint32_t, FunctionSum> functions;
      if (place < totals.functions.size()) {
        for (const FunctionSum& sum : totals.functions[place].all())
          functions[value(sum.function)] = sum;
      }
      for (const auto& [id, sum] : functions)
        line += " f" + std::to_string(id) + ":" + std::to_string(sum.calls) + "/" +
                std::to_string(sum.total.count()) + "/" + std::to_string(sum.self.count());
      lines.push_back(line);
    }
    lines.push_back("without: " + std::to_string(totals.without_statement));
    return lines;
  }
  static TextLines ids(const std::vector<SlowExecution>& executions) {
    TextLines lines;
    for (const SlowExecution& one : executions)
      lines.push_back("e" + std::to_string(value(one.record.id)) + " " +
                      std::to_string(one.taken.count()) + " " + outcome_of(one.record));
    return lines;
  }
  void expect_the_same() {
    ASSERT_TRUE(stored_);
    const StatementTable by_pass(*texts_, statements_seen(*set_, *texts_, {}));
    const StatementTable table(*texts_, stored_->seen(*texts_));
    ASSERT_EQ(table.rows().size(), by_pass.rows().size());
    ExecutionSelection all;
    all.end = set_->last();
    const PassOptions options;
    const WantedExecutions wanted{*set_, all, options};
    const auto totals = stored_->sums(table, {}, true);
    ASSERT_TRUE(totals);
    EXPECT_EQ(lines(table, *totals), lines(by_pass, sum_statements(wanted, by_pass, {}, {})));
    const auto longest = stored_->longest(5);
    ASSERT_TRUE(longest);
    EXPECT_EQ(ids(*longest), ids(longest_executions(wanted, 5)));
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::optional<TraceSet> set_;
  std::optional<SetTexts> texts_;
  std::optional<StoredExecutions> stored_;
  std::int64_t now_ = 0;
};

TEST_F(StoredExecutionsTest, AreWhatAPassGives) {
  const TextId one = text("SELECT 1", 0x11), two = text("SELECT b", 0x12),
               set = text("SET a = 1", 0x13);
  prepare(two);
  for (int i = 0; i < 40; ++i) {
    run(one, 100 + 7 * i, 5, i % 9 == 0);
    run(two, 300 - i, 0);
    if (i % 8 == 0) run(set, 50, 70 + static_cast<std::uint64_t>(i));
    if (i % 10 == 3) writer_.cut();
  }
  run(one, 90, 0);
  event(EventKind::kExecutionBegin, 10, two);
  close();
  expect_the_same();
}

TEST_F(StoredExecutionsTest, AreNotThereOfCallsOfATextOfSeveralStatements) {
  const TextId one = text("SELECT 1", 0x11);
  run(one, 100, 5);
  run(one, 100, 6);
  run(one, 100, 0);
  close();
  ASSERT_TRUE(stored_);
  const StatementTable table(*texts_, stored_->seen(*texts_));
  EXPECT_FALSE(stored_->sums(table, {}, true));
  EXPECT_TRUE(stored_->sums(table, {}, false));
}

TEST_F(StoredExecutionsTest, AreNotThereOfADamagedTrace) {
  const TextId one = text("SELECT 1", 0x11);
  for (int i = 0; i < 3; ++i) {
    run(one, 100, 5);
    writer_.cut();
  }
  writer_.close(from_ns(now_));
  const std::uint64_t end = file_.size_bytes();
  file_.truncate_to(end - 80);
  TraceSet set(file_.reader());
  EXPECT_FALSE(StoredExecutions::of(set, {}));
}

TEST_F(StoredExecutionsTest, ListNoMoreThanTheSummariesDo) {
  run(text("SELECT 1", 0x11), 100, 5);
  close();
  ASSERT_TRUE(stored_);
  EXPECT_FALSE(stored_->longest(Summary::kLongest + 1));
}

}  // namespace
}  // namespace pgrec
