// Covers format/postgres/statement_words.h: what of a query is a value.
#include "format/postgres/statement_words.h"

#include <gtest/gtest.h>

#include <string>

namespace pgrec {
namespace {

// The values, with | between.
std::string values(std::string_view query) {
  StatementWords words(query);
  std::string all;
  while (const auto word = words.next()) {
    if (word->is_value) all += (all.empty() ? "" : "|") + std::string(word->text);
  }
  return all;
}

TEST(StatementWords, AreWithoutComments) {
  StatementWords words("a /* b */ -- c\n d");
  EXPECT_EQ(words.next()->text, "a");
  EXPECT_EQ(words.next()->text, "d");
  EXPECT_FALSE(words.next());
}

TEST(StatementWords, HaveLiteralsAsValues) {
  EXPECT_EQ(values("SELECT 1, 'a', $$b$$, c, \"d\", $1"), "1|'a'|$$b$$");
}

TEST(StatementWords, HaveASignWithItsNumber) {
  EXPECT_EQ(values("SELECT -1, a = - /* c */ 2, a-3, (a)-4, $1-5, 6-7"),
            "-1|- /* c */ 2|3|4|5|6|7");
  EXPECT_EQ(values("- 1"), "1");
  EXPECT_EQ(values("SELECT -a, - -1, -'1'"), "-1|'1'");
}

TEST(StatementWords, HaveTheValuesOfSettings) {
  EXPECT_EQ(values("SET a.b TO c, d"), "c|d");
  EXPECT_EQ(values("SET LOCAL x = \"y\""), "\"y\"");
  EXPECT_EQ(values("SET SESSION x TO DEFAULT"), "");
  EXPECT_EQ(values("SET SESSION AUTHORIZATION r"), "");
  EXPECT_EQ(values("UPDATE t SET a = b; SET a = b"), "b");
  EXPECT_EQ(values("ALTER ROLE r SET x TO y"), "y");
}

TEST(StatementWords, HavePasswordsWithoutQuotes) {
  EXPECT_EQ(values("ALTER ROLE r PASSWORD secret"), "secret");
  EXPECT_EQ(values("CREATE USER r ENCRYPTED PASSWORD \"secret\""), "\"secret\"");
  EXPECT_EQ(values("ALTER ROLE r PASSWORD NULL"), "");
  EXPECT_EQ(values("CREATE TABLE t (password text)"), "");
  EXPECT_EQ(values("SELECT password secret FROM t"), "");
}

TEST(StatementWords, HaveParametersThatNoQueryHasAsValues) {
  EXPECT_EQ(values("SELECT $999999999, $1000000000"), "$1000000000");
}

TEST(ParameterNumber, IsThatOfAParameter) {
  EXPECT_EQ(parameter_number(*SqlLexer("$12").next()), 12u);
  EXPECT_EQ(parameter_number(*SqlLexer("12").next()), std::nullopt);
  EXPECT_EQ(parameter_number(*SqlLexer("$1234567890").next()), std::nullopt);
}

}  // namespace
}  // namespace pgrec
