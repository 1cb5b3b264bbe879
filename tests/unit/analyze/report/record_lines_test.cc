// Covers analyze/report/record_lines.h: rows of tables as lines, with no more members than there is
// to say, and payloads that are no table.
#include "analyze/report/record_lines.h"

#include <gtest/gtest.h>

#include "format/print/units.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using Rows = std::vector<std::string>;

// A trace with the function "f" of id 0.
class RecordLines : public testing::Test {
 protected:
  RecordLines() {
    TraceWriter writer = file_.writer();
    writer.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1}});
    writer.close(from_ns(1));
  }
  // The lines of a frame; "does not decode" where it has none.
  Rows lines(FrameType type, const Bytes& rows, bool json = true) const {
    Bytes frame;
    put_frame(frame, type, 0, {}, rows);
    const auto header = get_frame_header(frame);
    const char* reason = nullptr;
    const auto payload = open_payload(header.value(), frame, reason);
    Rows all;
    const bool decodes =
        for_each_record_line(file_.reader(), type, payload.value(), json,
                             [&](const std::string& line) { all.push_back(line); });
    return decodes ? all : Rows{"does not decode"};
  }

  test::TraceFile file_;
};

TEST_F(RecordLines, OfATextSayWhatItIsOnlyWhereThatIsNotUsual) {
  const std::vector<Text> texts = {
      {TextId{1}, false, false, "SELECT\n1"},
      {TextId{2}, true, false, "SELECT $", true, true, 5000, 0x12},
  };
  EXPECT_EQ(
      lines(FrameType::kTexts, encode(texts)),
      (Rows{
          R"({"record": "text", "id": 1, "cut": false, "unreadable": false, "text": "SELECT\n1"})",
          R"({"record": "text", "id": 2, "cut": true, "unreadable": false, "withheld": true, )"
          R"("normalized": true, "query_bytes": 5000, "fingerprint": "0000000000000012", )"
          R"("text": "SELECT $"})"}));
}

TEST_F(RecordLines, OfAProcessLeaveOutWhatIsNotKnown) {
  const std::vector<Process> processes = {{7, ""},
                                          {8, "postgres: a", "psql", from_ns(-5), from_ns(9)}};
  EXPECT_EQ(lines(FrameType::kProcesses, encode(processes)),
            (Rows{R"({"record": "process", "pid": 7, "title": ""})",
                  R"({"record": "process", "pid": 8, "title": "postgres: a", "application": )"
                  R"("psql", "started_ns": -5, "ended_ns": 9})"}));
}

TEST_F(RecordLines, OfALossNameItsFunctionAndItsCpuWhereTheyAreKnown) {
  const std::vector<Loss> losses = {
      {from_ns(1), from_ns(2), "ring-full", FunctionId{0}, 3, 70},
      {from_ns(1'500'000'000), from_ns(2'000'000'001), "map-full", std::nullopt, std::nullopt, 0}};
  EXPECT_EQ(lines(FrameType::kLosses, encode(losses)),
            (Rows{R"({"record": "loss", "from_ns": 1, "to_ns": 2, "cause": "ring-full", )"
                  R"("function": "f", "cpu": 3, "events": 70})",
                  R"({"record": "loss", "from_ns": 1500000000, "to_ns": 2000000001, "cause": )"
                  R"("map-full", "events": 0})"}));
  EXPECT_EQ(lines(FrameType::kLosses, encode(losses), false),
            (Rows{"lost 70 events of f (ring-full) between 0.000000001 and 0.000000002",
                  "lost unknown events of any (map-full) between 1.500000000 and 2.000000001"}));
}

TEST_F(RecordLines, OfATextForPeopleIsOneLine) {
  const std::vector<Text> texts = {{TextId{1}, false, false, "SELECT\n\t1"},
                                   {TextId{2}, false, true, ""}};
  EXPECT_EQ(lines(FrameType::kTexts, encode(texts), false),
            (Rows{"text 1: SELECT 1", "text 2: unreadable"}));
}

TEST_F(RecordLines, OfAnAccountHaveTheRowsOfShortCalls) {
  Account account;
  account.function = FunctionId{5};
  account.fired = 10;
  account.recorded = 4;
  account.filtered = 6;
  account.short_calls.add(Duration(40));
  account.short_calls.add(Duration(41));
  account.short_calls.add(Duration(3));
  EXPECT_EQ(lines(FrameType::kAccounts, encode(std::vector<Account>{account})),
            Rows{R"({"record": "account", "function": "function 5", "fired": 10, "recorded": 4, )"
                 R"("filtered": 6, "short_total_ns": 84, "short_rows": [[3, 1], [40, 2]]})"});
}

TEST_F(RecordLines, OfASummaryHaveEveryListEvenWhereItIsEmpty) {
  const char* const rest =
      R"("functions": [], "processes": [], "slowest": [], "losses": [], "executions": )"
      R"({"begun": 0, "ended": 0, "lost": 0, "total_ns": 0}, "classes": [], "longest": [], )"
      R"("statements": [], "statements_complete": true})";
  EXPECT_EQ(lines(FrameType::kSummary, encode(Summary{})),
            Rows{std::string(R"({"record": "summary", )") + rest});
  EXPECT_EQ(lines(FrameType::kTotal, encode(Summary{})),
            Rows{std::string(R"({"record": "total", )") + rest});
}

// Before format 1.3.
TEST_F(RecordLines, OfASummaryThatDoesNotKnowOfClassesSayNothingOfThem) {
  Summary old;
  old.classes.reset();
  EXPECT_EQ(lines(FrameType::kSummary, encode(old)).front().find("classes"), std::string::npos);
}

// Before format 1.4, and where they would take too much.
TEST_F(RecordLines, OfASummaryThatDoesNotKnowOfStatementsSayNothingOfThem) {
  const std::string line = lines(FrameType::kSummary, encode(Summary{}, 0)).front();
  EXPECT_NE(line.find("classes"), std::string::npos);
  EXPECT_EQ(line.find("statements"), std::string::npos);
  EXPECT_EQ(line.find("longest"), std::string::npos);
}

TEST_F(RecordLines, OfASummaryHaveItsStatements) {
  Summary summary;
  StatementSummary& sums = (*summary.statements)[{0xAB, UINT64_MAX, {}}];
  sums.executions = sums.said = sums.errors = 1;
  sums.first_text = TextId{4};
  sums.add(Duration(40));
  sums.measures[0] = {3, 1};
  sums.functions[FunctionId{0}] = {2, 1, Duration(9), Duration(8)};
  (*summary.statements)[{0, 0, TextId{7}}].lost = 1;
  summary.longest = {{Duration(40), from_ns(5), ExecutionId{1}, TextId{4}, {7, 8}}};
  summary.statements_complete = false;
  const std::string line = lines(FrameType::kSummary, encode(summary)).front();
  EXPECT_EQ(line.substr(line.find(R"("longest")")),
            R"("longest": [{"execution_id": 1, "text_id": 4, "pid": 7, "tid": 8, "ts_ns": 5, )"
            R"("duration_ns": 40}], "statements": [{"text_id": 7, "first_text": 0, )"
            R"("executions": 0, "said": 0, "errors": 0, "lost": 1, "total_ns": 0, "max_ns": 0, )"
            R"("rows": [], "measures": [], "functions": []}, )"
            R"({"fingerprint": ")" +
                fingerprint_text(0xAB) +
                R"(", "query_id": -1, "first_text": 4, "executions": 1, "said": 1, "errors": 1, )"
                R"("lost": 0, "total_ns": 40, "max_ns": 40, "rows": [[40, 1]], "measures": )"
                R"([{"measure": "rows", "sum": 3, "told": 1}], "functions": [{"function": "f", )"
                R"("calls": 2, "returned": 1, "total_ns": 9, "self_ns": 8}]}], )"
                R"("statements_complete": false})");
}

TEST_F(RecordLines, AreNoneWhereAPayloadIsNoTable) {
  const Bytes garbage = {0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1};
  for (const FrameType type :
       {FrameType::kMetadata, FrameType::kFunctions, FrameType::kTexts, FrameType::kProcesses,
        FrameType::kClocks, FrameType::kClasses, FrameType::kLosses, FrameType::kSummary,
        FrameType::kTotal, FrameType::kAccounts})
    EXPECT_EQ(lines(type, garbage), Rows{"does not decode"}) << static_cast<int>(type);
}

TEST_F(RecordLines, SayThatATypeIsNotKnown) {
  EXPECT_EQ(lines(static_cast<FrameType>(0x55), {1, 2}),
            Rows{R"({"record": "unknown", "type": 85})"});
}

TEST(DamageLine, QuotesItsReason) {
  EXPECT_EQ(damage_line({40, 8, "no \"frame\""}),
            R"({"record": "damage", "offset": 40, "bytes": 8, "reason": "no \"frame\""})");
}

}  // namespace
}  // namespace pgrec
