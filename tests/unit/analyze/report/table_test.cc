// Covers analyze/report/table.h: reports as text, CSV and JSON.
#include "analyze/report/table.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "format/error.h"
#include "format/print/json_line.h"

namespace pgrec {
namespace {

SqlValue text(std::string value) {
  return SqlValue(std::move(value));
}
SqlValue cell(std::int64_t value) {
  return SqlValue(value);
}

class TableTest : public testing::Test {
 protected:
  void row(std::vector<SqlValue> values) { table_.rows.push_back(std::move(values)); }
  std::string printed(OutputFormat format) const {
    std::ostringstream out;
    print(out, {table_}, format);
    return out.str();
  }
  // The line of the only row.
  std::string csv_row() const {
    const std::string all = printed(OutputFormat::kCsv);
    return all.substr(all.find('\n') + 1);
  }

  Table table_{
      "tops", "Top calls", {{"name", "function"}, {"total_ns", "total", Unit::kDurationNs}}, {}};
};

TEST_F(TableTest, AlignsTextLeftAndNumbersRight) {
  row({text("heap_insert"), cell(1'500)});
  row({text("f"), cell(2'000'000)});
  EXPECT_EQ(printed(OutputFormat::kText),
            "Top calls\n"
            "function       total\n"
            "heap_insert  1.50 us\n"
            "f            2.00 ms\n");
}

TEST_F(TableTest, AlignsByCharactersNotByBytes) {
  row({text("\xC3\xA4\xC3\xB6\xC3\xBC"), cell(1)});
  row({text("abcdefghi"), cell(2)});
  EXPECT_EQ(printed(OutputFormat::kText),
            "Top calls\n"
            "function   total\n"
            "\xC3\xA4\xC3\xB6\xC3\xBC         1 ns\n"
            "abcdefghi   2 ns\n");
}

TEST_F(TableTest, ShowsNullAsADash) {
  row({text("f"), SqlValue()});
  EXPECT_EQ(printed(OutputFormat::kText), "Top calls\nfunction  total\nf         -\n");
}

TEST_F(TableTest, HasPlainNumbersInCsv) {
  row({text("f"), cell(1'500)});
  EXPECT_EQ(printed(OutputFormat::kCsv), "name,total_ns\nf,1500\n");
}

TEST_F(TableTest, QuotesInCsvWhatNeedsIt) {
  row({text("a,b"), text("a\"b")});
  EXPECT_EQ(csv_row(), "\"a,b\",\"a\"\"b\"\n");
}

TEST_F(TableTest, QuotesLineEndsInCsv) {
  row({text("a\nb"), text("a\rb")});
  EXPECT_EQ(csv_row(), "\"a\nb\",\"a\rb\"\n");
}

TEST_F(TableTest, LeavesBlanksAndNullBareInCsv) {
  row({text(" a b "), SqlValue()});
  EXPECT_EQ(csv_row(), " a b ,\n");
}

TEST_F(TableTest, KeepsAllDigitsInCsv) {
  row({SqlValue(1234567.5), SqlValue(0.1)});
  EXPECT_EQ(csv_row(), "1234567.5,0.1\n");
}

TEST_F(TableTest, IsAnArrayOfObjectsInJson) {
  row({text("f"), cell(-1)});
  row({SqlValue(), SqlValue(0.5)});
  EXPECT_EQ(printed(OutputFormat::kJson),
            "{\"tops\": [\n"
            "  {\"name\": \"f\", \"total_ns\": -1},\n"
            "  {\"name\": null, \"total_ns\": 0.5}\n"
            "]}\n");
}

TEST_F(TableTest, IsAnEmptyArrayInJsonWithoutRows) {
  EXPECT_EQ(printed(OutputFormat::kJson), "{\"tops\": []}\n");
}

// JSON has no word for infinity (RFC 8259 section 6).
TEST_F(TableTest, HasNoInfinityInJson) {
  row({SqlValue(std::numeric_limits<double>::infinity()), cell(1)});
  EXPECT_EQ(printed(OutputFormat::kJson).find("inf"), std::string::npos);
}

TEST_F(TableTest, PrintsSeveralTables) {
  std::ostringstream as_text, as_json;
  print(as_text, {table_, table_}, OutputFormat::kText);
  print(as_json, {table_, table_}, OutputFormat::kJson);
  EXPECT_EQ(as_text.str(), "Top calls\nfunction  total\n\nTop calls\nfunction  total\n");
  EXPECT_EQ(as_json.str(), "{\"tops\": [],\n\"tops\": []}\n");
}

TEST_F(TableTest, TakesTheRowsOfAStatement) {
  const Database database;
  auto statement = database.prepare("SELECT 'f', 1 UNION SELECT 'g', NULL ORDER BY 1");
  const Table filled = fill(table_, statement);
  EXPECT_EQ(filled.rows,
            (std::vector<std::vector<SqlValue>>{{text("f"), cell(1)}, {text("g"), {}}}));
}

TEST(TableColumns, AreLeftOutOfTextWhereTheySaySo) {
  Table table{"t",
              "",
              {{"a", "a"},
               {"b", "b", Unit::kPlain, Shown::kWhereAny},
               {"c", "c", Unit::kPlain, Shown::kWhereAny},
               {"d", "d", Unit::kPlain, Shown::kNever}},
              {{"x", std::monostate{}, std::monostate{}, std::int64_t{4}},
               {"y", std::monostate{}, std::int64_t{3}, std::int64_t{5}}}};
  std::ostringstream text, csv, json;
  print(text, {table}, OutputFormat::kText);
  print(csv, {table}, OutputFormat::kCsv);
  print(json, {table}, OutputFormat::kJson);
  EXPECT_EQ(text.str(), "a  c\nx  -\ny  3\n");
  EXPECT_EQ(csv.str(), "a,b,c,d\nx,,,4\ny,,3,5\n");
  EXPECT_EQ(json.str(),
            "{\"t\": [\n  {\"a\": \"x\", \"b\": null, \"c\": null, \"d\": 4},\n"
            "  {\"a\": \"y\", \"b\": null, \"c\": 3, \"d\": 5}\n]}\n");
}

TEST(TableNotes, StandBelowTheirRows) {
  const Table table{"t", "", {{"a", "a"}}, {{"x"}, {"y"}, {"z"}}, {{"one", "two"}, {}, {"three"}}};
  std::ostringstream text, csv;
  print(text, {table}, OutputFormat::kText);
  print(csv, {table}, OutputFormat::kCsv);
  EXPECT_EQ(text.str(), "a\nx\n    one\n    two\ny\nz\n    three\n");
  EXPECT_EQ(csv.str(), "a\nx\ny\nz\n");
}

TEST(TableOfAnyBytes, KeepsThemInCsvAndIsValidJson) {
  const Table table{"t", "", {{"a", ""}}, {{std::string("\xC3\xA4 \xFF\n\"\x01")}}};
  std::ostringstream csv, json;
  print(csv, {table}, OutputFormat::kCsv);
  print(json, {table}, OutputFormat::kJson);
  EXPECT_EQ(csv.str(), "a\n\"\xC3\xA4 \xFF\n\"\"\x01\"\n");
  EXPECT_EQ(json.str(), "{\"t\": [\n  {\"a\": \"\xC3\xA4 \\ufffd\\n\\\"\\u0001\"}\n]}\n");
}

TEST(TableLeftOut, IsBesideTheArrayInJson) {
  Table table{"t", "", {{"a", "a"}}, {{std::int64_t{1}}}};
  table.left_out = 3;
  std::ostringstream json, csv;
  print(json, {table}, OutputFormat::kJson);
  print(csv, {table}, OutputFormat::kCsv);
  EXPECT_EQ(json.str(), "{\"t\": [\n  {\"a\": 1}\n],\n\"t_left_out\": 3}\n");
  EXPECT_EQ(csv.str(), "a\n1\n");
}

TEST(PrintRows, LeavesOutColumnsFromTheRight) {
  const Database database;
  auto statement = database.prepare(
      "SELECT 'the first' AS a, 123456789 AS b, 123456789 AS c, "
      "123456789 AS d, 123456789 AS e");
  std::ostringstream out;
  print_rows(out, statement, OutputFormat::kText, {40, false});
  EXPECT_EQ(out.str(),
            "a                  b          c\n"
            "the first  123456789  123456789\n"
            "--wide shows 2 more columns\n");
}

TEST(NoCallsLine, HasEveryName) {
  EXPECT_EQ(no_calls_line({"a", "b", "c"}), "no calls of: a, b, c");
  EXPECT_EQ(no_calls_line({}), "");
}

TEST(PeopleText, WritesEachUnit) {
  EXPECT_EQ(people_text(cell(1234567), Unit::kPlain), "1234567");
  EXPECT_EQ(people_text(cell(1234567), Unit::kCount), "1,234,567");
  EXPECT_EQ(people_text(cell(1234567), Unit::kDurationNs), "1.23 ms");
  EXPECT_EQ(people_text(cell(2048), Unit::kBytes), "2.00 KiB");
  EXPECT_EQ(people_text(SqlValue(0.0004), Unit::kPlain), "0.0004");
  EXPECT_EQ(people_text(SqlValue(-1234567.5), Unit::kPlain), "-1234567.5");
  EXPECT_EQ(people_text(SqlValue(0.0), Unit::kPlain), "0");
  EXPECT_EQ(people_text(SqlValue(1e300), Unit::kPlain), "1e+300");
  EXPECT_EQ(people_text(SqlValue(1.0 / 3), Unit::kRatio), "0.33");
}

TEST(PeopleText, WritesTextsOnOneLine) {
  EXPECT_EQ(people_text(text("a\n b"), Unit::kPlain), "a b");
}

TEST(PeopleText, WritesOutWhatATerminalActsOn) {
  EXPECT_EQ(people_text(text("a\x1B[2J\xFF"), Unit::kPlain), "a\\x1B[2J\\xFF");
}

TEST(Table, IsAsWideAsWhatIsPrinted) {
  const Table table{"t", "", {{"a\x1B", "a\x1B"}, {"b", "b"}}, {{text("\x9B"), text("x")}}};
  std::ostringstream out;
  print(out, {table}, OutputFormat::kText);
  EXPECT_EQ(out.str(), "a\\x1B  b\n\\x9B   x\n");
}

TEST(PeopleText, CutsTextsAtTheWidth) {
  EXPECT_EQ(people_text(text(std::string(121, 'x')), Unit::kPlain), std::string(119, 'x') + "…");
  EXPECT_EQ(people_text(text(std::string(120, 'x')), Unit::kPlain), std::string(120, 'x'));
  EXPECT_EQ(people_text(text("SELECT  1"), Unit::kPlain, 7), "SELECT…");
  EXPECT_EQ(people_text(text(std::string(9, '\x1B')), Unit::kPlain, 10), "\\x1B\\x1B\\…");
}

TEST(JsonString, EscapesWhatMustBe) {
  EXPECT_EQ(json_string("a\"b\\c\n\t\r"), "\"a\\\"b\\\\c\\n\\t\\r\"");
  EXPECT_EQ(json_string(std::string_view("\0\x1B\x7F", 3)), "\"\\u0000\\u001b\\u007f\"");
}

TEST(JsonString, EscapesWhatATerminalActsOn) {
  EXPECT_EQ(json_string("a\xC2\x9B"
                        "b\xE2\x80\xAE"
                        "c\xE2\x81\xA6"
                        "d\xE2\x80\xA8"),
            "\"a\\u009bb\\u202ec\\u2066d\\u2028\"");
}

TEST(JsonString, LeavesUtf8) {
  EXPECT_EQ(json_string("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x98"),
            "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\x98\"");
}

TEST(JsonString, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(json_string("a\xFFz"), "\"a\\ufffdz\"");
  EXPECT_EQ(json_string("\x80z"), "\"\\ufffdz\"");
}

TEST(JsonString, ReplacesSequencesCutShort) {
  EXPECT_EQ(json_string("\xE2\x82"), "\"\\ufffd\\ufffd\"");
  EXPECT_EQ(json_string("\xC3z"), "\"\\ufffdz\"");
}

TEST(JsonString, ReplacesOverlongSequences) {
  EXPECT_EQ(json_string("\xC0\xAF"), "\"\\ufffd\\ufffd\"");
  EXPECT_EQ(json_string("\xE0\x80\xAF"), "\"\\ufffd\\ufffd\\ufffd\"");
  EXPECT_EQ(json_string("\xF0\x80\x80\xAF"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

TEST(JsonString, ReplacesSurrogatesAndWhatIsBeyondUnicode) {
  EXPECT_EQ(json_string("\xED\xA0\x80"), "\"\\ufffd\\ufffd\\ufffd\"");
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), "\"\\ufffd\\ufffd\\ufffd\\ufffd\"");
}

TEST(JsonString, LeavesTheEdgesOfUnicode) {
  EXPECT_EQ(json_string("\xED\x9F\xBF\xF4\x8F\xBF\xBF"), "\"\xED\x9F\xBF\xF4\x8F\xBF\xBF\"");
}

TEST(ParseOutputFormat, KnowsItsWords) {
  EXPECT_EQ(parse_output_format("text"), OutputFormat::kText);
  EXPECT_EQ(parse_output_format("csv"), OutputFormat::kCsv);
  EXPECT_EQ(parse_output_format("json"), OutputFormat::kJson);
  EXPECT_THROW(parse_output_format("xml"), UsageError);
}

}  // namespace
}  // namespace pgrec
