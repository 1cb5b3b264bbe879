// Covers analyze/report/row_order.h: --sort and --limit.
#include "analyze/report/row_order.h"

#include <gtest/gtest.h>

#include "format/error.h"

namespace pgrec {
namespace {

class RowOrderTest : public testing::Test {
 protected:
  // The names of the rows in their order.
  std::string sorted(std::string_view key) {
    sort_and_limit(table_, parse_sort_key(key), std::nullopt);
    std::string names;
    for (const auto& row : table_.rows)
      names += std::get<std::string>(row[0]);
    return names;
  }

  Table table_{"t",
               "",
               {{"name", "function"}, {"p99_ns", "p99"}},
               {{"b", std::int64_t{20}},
                {"d", std::monostate{}},
                {"a", std::int64_t{100}},
                {"c", std::int64_t{20}}},
               {{"of b"}, {}, {"of a"}}};
};

TEST_F(RowOrderTest, HasTheLargestNumbersFirst) {
  EXPECT_EQ(sorted("p99"), "abcd");
}
TEST_F(RowOrderTest, TakesKeysAndHeadingsInAnyCase) {
  EXPECT_EQ(sorted("P99_NS"), "abcd");
}
TEST_F(RowOrderTest, TurnsNumbersRound) {
  EXPECT_EQ(sorted("-p99"), "bcad");
}
TEST_F(RowOrderTest, AscendsWhereAsked) {
  EXPECT_EQ(sorted("p99:asc"), "bcad");
}
TEST_F(RowOrderTest, DescendsWhereAsked) {
  EXPECT_EQ(sorted("name:desc"), "dcba");
}
TEST_F(RowOrderTest, SortsTextsByTheAlphabet) {
  EXPECT_EQ(sorted("name"), "abcd");
}
TEST_F(RowOrderTest, TurnsTextsRound) {
  EXPECT_EQ(sorted("-function"), "dcba");
}

TEST_F(RowOrderTest, KeepsNotesWithTheirRows) {
  sorted("name");
  EXPECT_EQ(table_.notes, (std::vector<std::vector<std::string>>{{"of a"}, {"of b"}, {}, {}}));
}

TEST_F(RowOrderTest, ComparesLargeIntegersExactly) {
  table_.rows = {{"a", std::int64_t{9007199254740992}}, {"b", std::int64_t{9007199254740993}}};
  table_.notes = {};
  EXPECT_EQ(sorted("p99"), "ba");
}

TEST_F(RowOrderTest, HasNumbersBeforeTexts) {
  table_.rows = {{"a", "x"}, {"b", 0.5}, {"c", std::int64_t{1}}};
  table_.notes = {};
  EXPECT_EQ(sorted("p99:asc"), "bca");
}

TEST_F(RowOrderTest, LeavesOutWhatIsBeyondTheLimit) {
  sort_and_limit(table_, std::nullopt, 1);
  EXPECT_EQ(table_.rows.size(), 1u);
  EXPECT_EQ(table_.notes, (std::vector<std::vector<std::string>>{{"of b"}}));
  EXPECT_EQ(table_.left_out, 3u);
}

TEST_F(RowOrderTest, LeavesNothingOutWhereTheLimitIsNotReached) {
  sort_and_limit(table_, std::nullopt, 4);
  EXPECT_EQ(table_.rows.size(), 4u);
  EXPECT_EQ(table_.left_out, 0u);
}

std::string hint_for(Table table, const std::string& key) {
  try {
    sort_and_limit(table, parse_sort_key(key), std::nullopt);
  } catch (const UsageError& error) {
    return error.hint();
  }
  return "nothing was thrown";
}

TEST_F(RowOrderTest, NamesTheColumnsThatThereAre) {
  EXPECT_EQ(hint_for(table_, "total"), "the columns are name and p99_ns");
  EXPECT_EQ(hint_for(table_, "nmae"), "did you mean name? The columns are name and p99_ns");
}

TEST_F(RowOrderTest, RefusesWhatIsNoKeyAndNoLimit) {
  EXPECT_THROW(parse_sort_key(""), UsageError);
  EXPECT_THROW(parse_sort_key("-"), UsageError);
  EXPECT_THROW(parse_sort_key(":asc"), UsageError);
  EXPECT_THROW(sort_and_limit(table_, std::nullopt, 0), UsageError);
}

}  // namespace
}  // namespace pgrec
