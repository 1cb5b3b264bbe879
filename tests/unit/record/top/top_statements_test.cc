// Covers record/top/top_statements.h: which texts are one statement, and what is remembered.
#include "record/top/top_statements.h"

#include <gtest/gtest.h>

#include "record/matching/query_texts.h"

namespace pgrec {
namespace {

class TopStatementsTest : public testing::Test {
 protected:
  // Of a query as top has it.
  TextId id(const std::string& query) {
    return table_.id(
        query_text_of(query, query.size(), true, TextMode::kNormalized).statements.front());
  }

  TopStatements table_{4096};
};

TEST_F(TopStatementsTest, GroupsTextsOfOneFingerprint) {
  const TextId one = id("SELECT * FROM t WHERE a IN (1)");
  EXPECT_EQ(id("select * from t where a in (2, 3)"), one);
  EXPECT_NE(id("SELECT * FROM t WHERE a = 1"), one);
  EXPECT_EQ(table_.text(one), "SELECT * FROM t WHERE a IN ($1)");
  EXPECT_EQ(table_.size(), 2u);
}

TEST_F(TopStatementsTest, ShowsNoLiteralOfATextThatDoesNotParse) {
  const TextId broken = id("SELEC 1 /* c */");
  EXPECT_EQ(table_.text(broken), "SELEC $1");
  EXPECT_EQ(id("SELEC 2"), broken);
}

TEST_F(TopStatementsTest, GroupsTheServersOwnWordsByThemselves) {
  const auto of_server = [&](const std::string& text) {
    return table_.id(query_text_of(text, text.size(), false, TextMode::kNormalized).statements[0]);
  };
  const TextId vacuum = of_server("autovacuum: VACUUM public.t1");
  EXPECT_EQ(table_.text(vacuum), "autovacuum: VACUUM public.t1");
  EXPECT_NE(of_server("autovacuum: VACUUM public.t2"), vacuum);
}

TEST_F(TopStatementsTest, SaysWhyThereIsNoText) {
  Text unreadable;
  unreadable.unreadable = true;
  Text withheld;
  withheld.withheld = true;
  EXPECT_EQ(table_.text(table_.id(unreadable)), "(a text that could not be read)");
  EXPECT_EQ(table_.text(table_.id(withheld)), "(a text that is not recorded)");
}

TEST_F(TopStatementsTest, ForgetsWhatIsNotInUsePastItsBound) {
  const TextId used = id("SELECT used");
  const TextId other = id("SELECT other");
  for (int i = 0; i < 100; ++i)
    id("SELECT a" + std::to_string(i));
  table_.forget([&](TextId one) { return one == used; });
  EXPECT_EQ(table_.size(), 1u);
  EXPECT_EQ(table_.text(used), "SELECT used");
  EXPECT_EQ(table_.text(other), "?");
  EXPECT_EQ(id("SELECT used"), used);
  EXPECT_EQ(table_.text(id("SELECT other")), "SELECT other");
}

TEST_F(TopStatementsTest, ForgetsNothingWithinItsBound) {
  const TextId one = id("SELECT a");
  table_.forget([](TextId) { return false; });
  EXPECT_EQ(table_.text(one), "SELECT a");
}

}  // namespace
}  // namespace pgrec
