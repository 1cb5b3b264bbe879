// Covers format/table/statement_summary.h: there and back, added up, bounds, and bytes that are
// none.
#include "format/table/statement_summary.h"

#include <gtest/gtest.h>

#include "format/table/rows.h"
#include "format/table/summary.h"

namespace pgrec {
namespace {

StatementSummary one_execution(std::int64_t ns) {
  StatementSummary sums;
  sums.executions = sums.said = 1;
  sums.first_text = TextId{4};
  sums.add(Duration(ns));
  sums.measures[0] = {3, 1};
  sums.functions[FunctionId{2}] = {5, 4, Duration(30), Duration(20)};
  return sums;
}

Summary of(const Statements& statements) {
  Summary summary;
  summary.statements = statements;
  return summary;
}

TEST(StatementSummaryTest, ComesBack) {
  Summary summary = of({{{0, 0, TextId{7}}, one_execution(9)},
                        {{1, 0, {}}, one_execution(100'000)},
                        {{1, UINT64_MAX, {}}, {}}});
  summary.longest = {{Duration(9), from_ns(1), ExecutionId{2}, TextId{3}, {4, 5}}};
  summary.statements_complete = false;
  EXPECT_EQ(decode_summary(encode(summary)), summary);
}

TEST(StatementSummaryTest, AddsUp) {
  StatementSummary sum = one_execution(100);
  StatementSummary other = one_execution(7);
  other.first_text = TextId{2};
  other.functions[FunctionId{3}] = {1, 0, {}, {}};
  sum.merge(other);
  EXPECT_EQ(sum.executions, 2u);
  EXPECT_EQ(sum.first_text, TextId{2});
  EXPECT_EQ(sum.total, Duration(107));
  EXPECT_EQ(sum.max, Duration(100));
  EXPECT_EQ(sum.durations.count(), 2u);
  EXPECT_EQ(sum.measures[0], (MeasureSum{6, 2}));
  EXPECT_EQ(sum.functions.at(FunctionId{2}),
            (StatementFunction{10, 8, Duration(60), Duration(40)}));
  EXPECT_EQ(sum.functions.size(), 2u);
}

TEST(StatementSummaryTest, IsNotThereInASumWithOneThatHasNone) {
  Summary sum = of({{{1, 0, {}}, one_execution(9)}});
  Summary none;
  none.longest.reset();
  none.forget_statements();
  sum.merge(none);
  EXPECT_EQ(sum.statements, std::nullopt);
  EXPECT_EQ(sum.longest, std::nullopt);
  sum.merge(of({}));
  EXPECT_EQ(sum.statements, std::nullopt);
}

TEST(StatementSummaryTest, IsNotCompleteInASumWithOneThatIsNot) {
  Summary sum = of({});
  Summary other = of({{{1, 0, {}}, one_execution(9)}});
  other.statements_complete = false;
  sum.merge(other);
  EXPECT_EQ(sum.statements->size(), 1u);
  EXPECT_FALSE(sum.statements_complete);
}

TEST(StatementSummaryTest, KeepsTheBoundOfRowsInASum) {
  Statements sum;
  Statements other;
  for (std::uint64_t i = 1; i <= layout::kMaxStatements; ++i)
    other[{i, 0, {}}] = {};
  EXPECT_TRUE(merge_statements(sum, other));
  EXPECT_FALSE(merge_statements(sum, {{{1ull << 40, 0, {}}, one_execution(1)}}));
  EXPECT_TRUE(merge_statements(sum, {{{7, 0, {}}, one_execution(1)}}));
  EXPECT_EQ(sum.size(), layout::kMaxStatements);
  EXPECT_EQ(decode_summary(encode(of(sum))), of(sum));
}

StatementSummary of_functions(std::size_t functions) {
  StatementSummary sums;
  for (std::uint32_t i = 0; i < functions; ++i)
    sums.functions[FunctionId{i}].calls = 1;
  return sums;
}

TEST(StatementSummaryTest, KeepsTheBoundOfParts) {
  const std::size_t half = layout::kMaxStatementParts / 2;
  Statements sum = {{{1, 0, {}}, of_functions(half)}, {{2, 0, {}}, of_functions(half)}};
  EXPECT_TRUE(keep_within_bounds(sum));
  EXPECT_FALSE(merge_statements(sum, {{{3, 0, {}}, of_functions(1)}}));
  EXPECT_EQ(decode_summary(encode(of(sum))), of(sum));
  sum[{3, 0, {}}] = of_functions(1);
  EXPECT_EQ(decode_summary(encode(of(sum))), std::nullopt);
  EXPECT_FALSE(keep_within_bounds(sum));
  EXPECT_EQ(sum.size(), 2u);
}

TEST(StatementSummaryTest, IsRefusedWithMoreRowsThanTheBound) {
  Statements statements;
  for (std::uint64_t i = 0; i <= layout::kMaxStatements; ++i)
    statements[{1 + i, 0, {}}] = {};
  EXPECT_EQ(decode_summary(encode(of(statements))), std::nullopt);
}

TEST(StatementSummaryTest, IsRefusedWithARowTwice) {
  Bytes row;
  put_statements(row, {{{1, 0, {}}, {}}});
  Bytes twice = {2};
  twice.insert(twice.end(), row.begin() + 1, row.end());
  twice.insert(twice.end(), row.begin() + 1, row.end());
  ByteReader in(twice);
  EXPECT_EQ(get_statements(in), std::nullopt);
}

TEST(StatementSummaryTest, IsRefusedWithAFunctionPastTheBound) {
  Bytes row;
  put_statements(row, {{{1, 0, {}}, [] {
                          StatementSummary sums;
                          sums.functions[FunctionId{layout::kMaxFunctions}] = {};
                          return sums;
                        }()}});
  ByteReader in(row);
  EXPECT_EQ(get_statements(in), std::nullopt);
}

TEST(StatementSummaryTest, IsRefusedCutShort) {
  Summary summary = of({{{1, 2, {}}, one_execution(1000)}});
  summary.longest = {{Duration(9), from_ns(1), ExecutionId{2}, TextId{3}, {4, 5}}};
  const Bytes whole = encode(summary);
  const std::size_t before = encode(summary, 0).size();
  Summary without_classes = summary;
  without_classes.classes.reset();
  const std::size_t before_classes = encode(without_classes).size();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ASSERT_EQ(decode_summary(ByteView(whole).first(n)).has_value(),
              n == before || n == before_classes)
        << n;
  }
}

TEST(StatementSummaryTest, IsLeftOutWhereItTakesTooMuch) {
  Summary summary = of({{{1, 2, {}}, one_execution(1000)}});
  summary.longest = {{Duration(9), from_ns(1), ExecutionId{2}, TextId{3}, {4, 5}}};
  const Summary small = decode_summary(encode(summary, 20)).value();
  EXPECT_EQ(small.longest, summary.longest);
  EXPECT_EQ(small.statements, std::nullopt);
  const Summary none = decode_summary(encode(summary, 0)).value();
  EXPECT_EQ(none.longest, std::nullopt);
  EXPECT_TRUE(none.statements_complete);
  EXPECT_EQ(none.classes, summary.classes);
}

TEST(StatementSummaryTest, PassesOverMeasuresOfALaterVersion) {
  Bytes row;
  put_u64(row, 1);
  row.insert(row.end(), {0, 0, 0, 0, 0, 0, 0, 0});  // query id to the empty histogram
  put_varint(row, layout::kMaxStatementMeasures + 1);
  for (std::size_t i = 0; i <= layout::kMaxStatementMeasures; ++i)
    row.insert(row.end(), {1, 5});
  row.insert(row.end(), {0, 9, 9});  // no function, and a field of a later version
  Bytes table;
  put_rows(table, std::vector<Bytes>{row}, [](Bytes& to, const Bytes& bytes) { to = bytes; });
  ByteReader in(table);
  const Statements statements = get_statements(in).value();
  EXPECT_EQ(statements.at({1, 0, {}}).measures.back(), (MeasureSum{5, 1}));
}

TEST(StatementSummaryTest, AddsUpToTheLargestNumbers) {
  StatementSummary sums = one_execution(9);
  sums.executions = sums.said = sums.errors = sums.lost = UINT64_MAX;
  sums.measures[1] = {UINT64_MAX, UINT64_MAX};
  sums.functions[FunctionId{2}] = {UINT64_MAX, UINT64_MAX, Duration::max(), Duration::max()};
  StatementSummary twice = sums;
  twice.merge(sums);
  EXPECT_EQ(twice.executions, UINT64_MAX);
  EXPECT_EQ(twice.measures[1], sums.measures[1]);
  EXPECT_EQ(twice.functions, sums.functions);
}

}  // namespace
}  // namespace pgrec
