// Covers format/postgres/sql_lexer.h: texts taken apart as PostgreSQL's scan.l does, the odd ones
// of its regression tests among them.
#include "format/postgres/sql_lexer.h"

#include <gtest/gtest.h>

#include <string>

namespace pgrec {
namespace {

using Backslash = SqlLexer::Backslash;

// "word:SELECT string:'a'": each lexeme with its kind; "…" behind one that is not closed.
std::string lexed(std::string_view sql, Backslash backslash = Backslash::kIsItself) {
  static const char* const kNames[] = {"word",      "name",     "string", "number",
                                       "parameter", "operator", "comment"};
  SqlLexer lexer(sql, backslash);
  std::string all;
  while (const auto lexeme = lexer.next()) {
    all += (all.empty() ? "" : " ") + std::string(kNames[static_cast<int>(lexeme->kind)]) + ":" +
           std::string(lexeme->text) + (lexeme->closed ? "" : "…");
  }
  return all;
}

// Only the texts, with | between.
std::string parts(std::string_view sql, Backslash backslash = Backslash::kIsItself) {
  SqlLexer lexer(sql, backslash);
  std::string all;
  while (const auto lexeme = lexer.next())
    all += (all.empty() ? "" : "|") + std::string(lexeme->text);
  return all;
}

TEST(SqlLexer, FindsWordsNamesAndOperators) {
  EXPECT_EQ(lexed("SELECT a.\"B c\" FROM t1"),
            "word:SELECT word:a operator:. name:\"B c\" word:FROM word:t1");
  EXPECT_EQ(parts("a$b, _c, ä1, x$"), "a$b|,|_c|,|ä1|,|x$");
  EXPECT_EQ(lexed(""), "");
  EXPECT_EQ(lexed(" \t\n\r\f\v"), "");
}

TEST(SqlLexer, FindsStringsOfEveryKind) {
  for (const std::string string :
       {"'a'", "''", "'it''s'", "'a\\'", "e'\\''", "E'a\\\\'", "b'01'", "X'1F'", "u&'\\0061'",
        "U&'!0061'", "n'a'", "N'a'", "'a;b--c/*'", "'two\nlines'"})
    EXPECT_EQ(lexed(string + " x"), "string:" + string + " word:x");
  EXPECT_EQ(lexed("u&\"n\"\"m\" \"a\"\"b\""), "name:u&\"n\"\"m\" name:\"a\"\"b\"");
}

// A name goes on as long as it can, and a prefix is one letter right before its quote.
TEST(SqlLexer, TakesAPrefixForOneOnlyWhereItIs) {
  EXPECT_EQ(parts("abe'a\\'"), "abe|'a\\'");
  EXPECT_EQ(parts("e 'a\\'"), "e|'a\\'");
  EXPECT_EQ(parts("U& 'a'"), "U|&|'a'");
  EXPECT_EQ(parts("_e'a'"), "_e|'a'");
}

TEST(SqlLexer, GoesOnWithAStringInAnotherLine) {
  EXPECT_EQ(lexed("'a'\n'b'"), "string:'a'\n'b'");
  EXPECT_EQ(lexed("'a' -- c 'x\n  -- d\n\n 'b' c"), "string:'a' -- c 'x\n  -- d\n\n 'b' word:c");
  EXPECT_EQ(lexed("e'a'\n'\\'b'"), "string:e'a'\n'\\'b'");
  EXPECT_EQ(parts("'a' 'b'"), "'a'|'b'");
  EXPECT_EQ(parts("'a' /* c */\n'b'"), "'a'|/* c */|'b'");
  EXPECT_EQ(parts("'a'\nb"), "'a'|b");
  EXPECT_EQ(parts("'a' --c"), "'a'|--c");
}

TEST(SqlLexer, FindsDollarQuotes) {
  EXPECT_EQ(lexed("$$a'b$$ $x$ $$ $y$ $X$ $x$"), "string:$$a'b$$ string:$x$ $$ $y$ $X$ $x$");
  EXPECT_EQ(lexed("$ä_1$ a $ä_1$"), "string:$ä_1$ a $ä_1$");
  EXPECT_EQ(parts("a$$b$$"), "a$$b$$");
  EXPECT_EQ(lexed("$1$$a$$"), "parameter:$1 string:$$a$$");
  EXPECT_EQ(parts("$1a$b"), "$1|a$b");
  EXPECT_EQ(parts("$a b $ c"), "$|a|b|$|c");
}

TEST(SqlLexer, FindsNumbersOfEveryVersion) {
  for (const std::string number :
       {"1", "1.", ".5", "1.5", "1e10", "1.5E-3", "1.e+5", "1_000", "1_000.000_5", "0x1F",
        "0xdead_beef", "0o17", "0b1_0", "1e1_0", "00012"})
    EXPECT_EQ(lexed(number + " x"), "number:" + number + " word:x");
  EXPECT_EQ(parts("1..10"), "1|..|10");
  EXPECT_EQ(parts("a[1:2]"), "a|[|1|:|2|]");
  EXPECT_EQ(parts("1-2e-3-x"), "1|-|2e-3|-|x");
  EXPECT_EQ(parts("1$2"), "1|$2");
}

// Before 15 a name could begin there.
TEST(SqlLexer, TakesWhatAdheresToANumberForItsPart) {
  EXPECT_EQ(parts("123abc 0x0o 1_000_ 100_ 1e 1ea 0b"), "123abc|0x0o|1_000_|100_|1e|1ea|0b");
  EXPECT_EQ(parts("0.0e1a 1.5e"), "0.0e1a|1.5e");
}

TEST(SqlLexer, FindsOperatorsAsPostgresqlEndsThem) {
  EXPECT_EQ(parts("a=-1"), "a|=|-|1");
  EXPECT_EQ(parts("a<@-1"), "a|<@-|1");
  EXPECT_EQ(parts("a<>b!=c>=d=>e"), "a|<>|b|!=|c|>=|d|=>|e");
  EXPECT_EQ(parts("a::b:=c"), "a|::|b|:=|c");
  EXPECT_EQ(parts("a*/*c*/b"), "a|*|/*c*/|b");
  EXPECT_EQ(parts("a+--c\n-b"), "a|+|--c|-|b");
  EXPECT_EQ(parts("*+-+1"), "*|+|-|+|1");
  EXPECT_EQ(parts("a->>'b'#>'{c}'?|d"), "a|->>|'b'|#>|'{c}'|?||d");
  EXPECT_EQ(parts("{\\}\x01"), "{|\\|}|\x01");
}

TEST(SqlLexer, FindsComments) {
  EXPECT_EQ(lexed("-- a\nb -- c"), "comment:-- a word:b comment:-- c");
  EXPECT_EQ(lexed("a--b\rc"), "word:a comment:--b word:c");
  EXPECT_EQ(lexed("/* a /* b */ ' */x"), "comment:/* a /* b */ ' */ word:x");
  EXPECT_EQ(lexed("/**//***/ /*/*/*/*/x"), "comment:/**/ comment:/***/ comment:/*/*/*/*/x…");
  EXPECT_EQ(lexed("/*/**/*/x"), "comment:/*/**/*/ word:x");
}

TEST(SqlLexer, SaysWhatIsNotClosed) {
  for (const std::string open :
       {"'a", "'", "'a''", "e'a\\'", "$$a", "$x$ a $$ $y$", "$x", "$", "b'0", "u&'a", "'a'\n'b"})
    EXPECT_EQ(lexed("a " + open), "word:a string:" + open + "…");
  EXPECT_EQ(lexed("a \"b"), "word:a name:\"b…");
  EXPECT_EQ(lexed("a /* b /* */"), "word:a comment:/* b /* */…");
  EXPECT_EQ(lexed("a -- b"), "word:a comment:-- b");
}

TEST(SqlLexer, ReadsABackslashAsTheSettingSays) {
  EXPECT_EQ(parts("'a\\'', b"), "'a\\'', b");
  EXPECT_EQ(parts("'a\\'', b", Backslash::kEscapes), "'a\\''|,|b");
  EXPECT_EQ(parts("n'a\\'', b", Backslash::kEscapes), "n'a\\''|,|b");
  EXPECT_EQ(parts("$$a\\$$, x'\\'", Backslash::kEscapes), "$$a\\$$|,|x'\\'");
}

TEST(SqlLexer, KeepsBytesThatAreNotUtf8) {
  EXPECT_EQ(lexed("\xFF\xFE( '\xFF'"), "word:\xFF\xFE operator:( string:'\xFF'");
}

// "itself 12": how the text is read, and up to where that is certain; "alike 7" where the settings
// differ earlier.
std::string reading(std::string_view sql, bool cut = false) {
  const SqlReading found = reading_of(sql, cut);
  return (found.backslash == Backslash::kEscapes ? "escapes " : "itself ") +
         (found.certain_until == sql.size() ? "all" : std::to_string(found.certain_until)) +
         (found.alike_until == found.certain_until ? ""
                                                   : " alike " + std::to_string(found.alike_until));
}

TEST(ReadingOf, IsCertainWhereTheSettingMakesNoDifference) {
  for (const std::string_view sql : {"", "SELECT 'a'", "SELECT E'\\'', 'a\\b'", "SELECT 'a\\\\'",
                                     "SELECT $$\\'$$", "SELECT a -- \\'"})
    EXPECT_EQ(reading(sql), "itself all") << sql;
}

TEST(ReadingOf, IsThatWhichReadsTheTextToItsEnd) {
  EXPECT_EQ(reading("SELECT a LIKE 'x' ESCAPE '\\' ORDER BY c"), "itself all alike 25");
  EXPECT_EQ(reading("SELECT 'it\\'s secret'"), "escapes all alike 7");
}

TEST(ReadingOf, EndsAtTheStringThatBothReadToTheEndOrNone) {
  EXPECT_EQ(reading("SELECT 'a\\' \\' secret', b"), "itself 7");
  EXPECT_EQ(reading("SELECT 'a\\' \\' secret', 'b"), "itself 7");
}

TEST(ReadingOf, OfWhatWasCutIsCertainUpToTheString) {
  EXPECT_EQ(reading("SELECT 1, 'a\\', b, 'c'", true), "itself 10");
  EXPECT_EQ(reading("SELECT 1, 'a\\'s", true), "itself 10");
}

TEST(IsWord, LooksPastTheCaseOfItsLetters) {
  EXPECT_TRUE(is_word("SeLeCt", "select"));
  EXPECT_FALSE(is_word("selects", "select"));
  EXPECT_FALSE(is_word("sel", "select"));
}

}  // namespace
}  // namespace pgrec
