// Covers record/slowlog/slow_statement_lines.h: slow statements as lines of text and of JSON.
#include "record/slowlog/slow_statement_lines.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>

namespace pgrec {
namespace {

constexpr std::int64_t kNoonNs = 1'700'000'000'123'456'789;  // 2023-11-14, 22:13:20 UTC
const KnownOfExecutions kAllKnown{true, true, true, true};

void set_zone(const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
}

class SlowStatementLines : public testing::Test {
 protected:
  SlowStatementLines() {
    set_zone("UTC");
    statement_.pid = 4711;
    statement_.who = parse_process_title("postgres: alice shop [local] SELECT");
    statement_.application = "psql";
    statement_.ended_at_ns = kNoonNs;
    statement_.duration = Duration(1'234'567'890);
    statement_.prepare = Duration(1'500'000);
    statement_.rows = 3;
    statement_.ran = true;
    statement_.text.text = "SELECT 1";
  }
  ~SlowStatementLines() override { ::unsetenv("TZ"), ::tzset(); }
  std::string text() const { return text_line(statement_); }
  std::string json() const { return json_line(statement_, kAllKnown); }
  bool json_has(const std::string& member) const {
    return json().find(member) != std::string::npos;
  }
  bool text_has(const std::string& word) const { return text().find(word) != std::string::npos; }

  SlowStatement statement_;
};

TEST_F(SlowStatementLines, ATextLineHasWhatADbaLooksFor) {
  EXPECT_EQ(text(),
            "2023-11-14T22:13:20.123+00:00 duration_ms=1234.568 rows=3 outcome=completed pid=4711 "
            "user=alice database=shop client=[local] application=psql text=SELECT 1");
}

TEST_F(SlowStatementLines, TimesHaveTheOffsetOfTheirZone) {
  set_zone("Asia/Kolkata");
  EXPECT_EQ(time_text(kNoonNs), "2023-11-15T03:43:20.123+05:30");
  set_zone("America/St_Johns");
  EXPECT_EQ(time_text(kNoonNs), "2023-11-14T18:43:20.123-03:30");
}

TEST_F(SlowStatementLines, AnErrorIsFlagged) {
  statement_.outcome = WIRE_SLOW_FAILED;
  statement_.sqlstate = "57014";
  statement_.rows.reset();
  EXPECT_TRUE(text_has(" rows=- outcome=error sqlstate=57014 "));
  EXPECT_TRUE(json_has(
      R"("rows": null, "outcome": "error", "severity": null, "sqlstate": "57014", "message": null)"));
  statement_.severity = "ERROR";
  statement_.message = "no such \"x\"";
  EXPECT_TRUE(text_has(" rows=- outcome=error sqlstate=57014 "));
  EXPECT_TRUE(text_has(R"( message="no such \"x\"" text=SELECT 1)"));
  statement_.severity = "FATAL";
  EXPECT_TRUE(text_has(" rows=- outcome=error severity=FATAL sqlstate=57014 "));
  EXPECT_TRUE(json_has(R"("severity": "FATAL", "sqlstate": "57014", "message": "no such \"x\"")"));
}

TEST_F(SlowStatementLines, AnErrorOfNoStatementHasWhoseItIs) {
  ServerError error;
  error.pid = 4711;
  error.who = statement_.who;
  error.application = "psql";
  error.at_ns = kNoonNs;
  EXPECT_EQ(text_line(error),
            "2023-11-14T22:13:20.123+00:00 outcome=error pid=4711 user=alice database=shop "
            "client=[local] application=psql message=-");
  error.severity = "FATAL";
  error.sqlstate = "25P03";
  error.message = "idle\n";
  EXPECT_EQ(text_line(error),
            "2023-11-14T22:13:20.123+00:00 outcome=error severity=FATAL sqlstate=25P03 pid=4711 "
            "user=alice database=shop client=[local] application=psql message=\"idle\\n\"");
  EXPECT_EQ(json_line(error),
            R"({"event": "error", "ts": "2023-11-14T22:13:20.123+00:00", "pid": 4711, )"
            R"("backend_type": "client backend", "user": "alice", "session_user": null, )"
            R"("database": "shop", "client": "[local]", "application": "psql", )"
            R"("severity": "FATAL", "sqlstate": "25P03", "message": "idle\n"})");
}

TEST_F(SlowStatementLines, WhatIsNotKnownIsADash) {
  statement_.who = {};
  statement_.application.clear();
  statement_.text = {};
  statement_.text.unreadable = true;
  EXPECT_TRUE(text_has(" user=- database=- client=- application=- text=-"));
  EXPECT_TRUE(json_has(
      R"("user": null, "session_user": null, "database": null, "client": null, "application": null)"));
  EXPECT_TRUE(json_has(R"("text": null)"));
}

TEST_F(SlowStatementLines, AValueThatIsNoPlainWordIsQuoted) {
  statement_.application = "my \"app\"";
  EXPECT_TRUE(text_has(R"( application="my \"app\"" text=)"));
  statement_.application = "a=b";
  EXPECT_TRUE(text_has(R"( application="a=b" )"));
  statement_.application = "two\nlines";
  EXPECT_TRUE(text_has(R"( application="two\nlines" )"));
}

TEST_F(SlowStatementLines, AValueThatATerminalActsOnIsQuoted) {
  statement_.application = "a\xC2\x9B";
  EXPECT_TRUE(text_has(R"( application="a\u009b" )"));
  statement_.application = "a\xFF";
  EXPECT_TRUE(text_has(R"( application="a\ufffd" )"));
}

TEST_F(SlowStatementLines, ATextStaysOnItsLine) {
  EXPECT_EQ(on_one_line("a\nb\r\n\tc\\n\x01\x7F \xC3\xA4"),
            "a\\nb\\r\\n\\tc\\\\n\\x01\\x7F \xC3\xA4");
  EXPECT_EQ(on_one_line(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(on_one_line("\xC2\x9B\\\xE2\x80\xAE\xFF\\"), "\\u009B\\\\\\u202E\\xFF\\\\");
  EXPECT_EQ(on_one_line(""), "");
}

TEST_F(SlowStatementLines, JsonHasTheTextAsItIs) {
  statement_.text.text = "SELECT '\n\"\\\xC3\xA4'";
  EXPECT_TRUE(
      json_has("\"text\": \"SELECT '\\n\\\"\\\\\xC3\xA4'\", \"cut\": false, \"text_bytes\": 14"));
}

TEST_F(SlowStatementLines, JsonHasEveryMember) {
  statement_.usage[WIRE_SHARED_HIT] = 1;
  statement_.usage[WIRE_WAL_BYTES] = 9;
  statement_.query_id = UINT64_MAX;
  statement_.commit = Duration(2'000'000);
  EXPECT_EQ(
      json(),
      R"({"event": "statement", "ts": "2023-11-14T22:13:20.123+00:00", )"
      R"("began": "2023-11-14T22:13:18.888+00:00", "pid": 4711, "backend_type": "client backend", )"
      R"("user": "alice", "session_user": null, "database": "shop", "client": "[local]", "application": "psql", )"
      R"("duration_ms": 1234.568, "prepare_ms": 1.500, "commit_ms": 2.000, "rows": 3, )"
      R"("outcome": "completed", "severity": null, "sqlstate": null, "message": null, )"
      R"("query_id": -1, "shared_hit": 1, )"
      R"("shared_read": 0, "shared_dirtied": 0, "shared_written": 0, "temp_read": 0, )"
      R"("temp_written": 0, "wal_records": 0, "wal_fpi": 0, "wal_bytes": 9, )"
      R"("running_at_start": false, "statements": 1, "text": "SELECT 1", "cut": false, )"
      R"("text_bytes": 8, "fingerprint": null})");
}

TEST_F(SlowStatementLines, WhatABuildDoesNotTellIsNull) {
  KnownOfExecutions known = kAllKnown;
  known.buffers = false;
  EXPECT_NE(json_line(statement_, known).find(R"("temp_written": null, "wal_records": 0)"),
            std::string::npos);
  known = kAllKnown;
  known.wal = false;
  EXPECT_NE(json_line(statement_, known).find(R"("temp_written": 0, "wal_records": null)"),
            std::string::npos);
  statement_.ran = false;
  EXPECT_TRUE(json_has(R"("temp_written": null, "wal_records": null)"));
}

TEST_F(SlowStatementLines, ACutTextTellsItsLength) {
  statement_.text.cut = true;
  statement_.text.query_bytes = 100000;
  EXPECT_TRUE(text_has(" text_bytes=100000 text=SELECT 1"));
  EXPECT_TRUE(json_has(R"("cut": true, "text_bytes": 100000)"));
  statement_.text.query_bytes = 0;
  EXPECT_TRUE(text_has(" text_bytes=unknown text=SELECT 1"));
  EXPECT_TRUE(json_has(R"("cut": true, "text_bytes": null)"));
}

TEST_F(SlowStatementLines, AWithheldTextLeavesItsFingerprint) {
  statement_.text = {};
  statement_.text.withheld = true;
  statement_.text.fingerprint = 0xABC;
  EXPECT_TRUE(text_has(" fingerprint=0000000000000abc text=-"));
  EXPECT_TRUE(json_has(
      R"("text": null, "cut": false, "text_bytes": null, "fingerprint": "0000000000000abc")"));
}

TEST_F(SlowStatementLines, WhatIsUnusualIsSaid) {
  EXPECT_FALSE(text_has("process="));
  statement_.who.backend_type = "autovacuum worker";
  statement_.found = true;
  statement_.statements = 3;
  EXPECT_TRUE(text_has(R"( process="autovacuum worker" running_at_start=yes statements=3 text=)"));
}

TEST_F(SlowStatementLines, ASessionUserIsSaidWhereItIsAnother) {
  statement_.session_user = "alice";
  EXPECT_FALSE(text_has("session_user="));
  EXPECT_TRUE(json_has(R"("user": "alice", "session_user": "alice", )"));
  statement_.session_user = "bob";
  EXPECT_TRUE(text_has(" user=alice session_user=bob database=shop "));
}

TEST_F(SlowStatementLines, AMessageIsALineOfItsOwn) {
  EXPECT_EQ(text_line(kNoonNs, "lost 3"), "2023-11-14T22:13:20.123+00:00 pgrec: lost 3");
  EXPECT_EQ(
      json_line(kNoonNs, "losses", "lost \"3\""),
      R"({"event": "losses", "ts": "2023-11-14T22:13:20.123+00:00", "message": "lost \"3\""})");
}

TEST(SlowOutcomes, HaveTheNamesOfExecutions) {
  EXPECT_STREQ(name(WIRE_SLOW_COMPLETED), "completed");
  EXPECT_STREQ(name(WIRE_SLOW_FAILED), "error");
  EXPECT_STREQ(name(WIRE_SLOW_SUSPENDED), "suspended");
  EXPECT_STREQ(name(WIRE_SLOW_NOT_RUN), "not-run");
  EXPECT_STREQ(name(WIRE_SLOW_ENDED), "ended");
}

}  // namespace
}  // namespace pgrec
