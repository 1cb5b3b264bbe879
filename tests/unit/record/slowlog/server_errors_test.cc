// Covers record/slowlog/slow_statements.h: the errors that the server reports, of a statement that
// is told next or of none.
#include "tests/unit/record/slowlog/slow_statements_test.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kDivision = 2 | 2 << 6 | 0 << 12 | 1 << 18 | 2 << 24;  // 22012

class ServerErrors : public SlowStatementsTest {
 protected:
  // "FATAL 22012 gone at 40", each that was of no statement, with its time in ms.
  Rows errors() {
    Rows all;
    for (const ServerError& one : statements_.take_errors()) {
      const auto before_now = static_cast<std::uint64_t>(kRealtimeNs - one.at_ns);
      all.push_back(one.severity + " " + one.sqlstate + " " + one.message + " at " +
                    std::to_string(100 - before_now / kMs));
    }
    return all;
  }
};

TEST_F(ServerErrors, OfNoStatementAreToldByThemselves) {
  at_ns_ = 41 * kMs;
  fail({kDivision, WIRE_SEVERITY_FATAL}, "gone");
  at_ns_ = 40 * kMs;
  fail({0, WIRE_SEVERITY_UNKNOWN}, "");
  EXPECT_TRUE(rest().empty());
  EXPECT_EQ(errors(), (Rows{"   at 40", "FATAL 22012 gone at 41"}));
  EXPECT_EQ(errors(), Rows{});
}

TEST_F(ServerErrors, BelongToTheStatementThatFailedWithThem) {
  slow_.outcome = WIRE_SLOW_FAILED;
  slow_.sqlstate = kDivision;
  fail({kDivision, WIRE_SEVERITY_PANIC}, "division by zero", WIRE_OF_STATEMENT);
  report_kept("SELECT 1/0");
  const auto told = rest();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].severity, "PANIC");
  EXPECT_EQ(told[0].sqlstate, "22012");
  EXPECT_EQ(told[0].message, "division by zero");
  EXPECT_EQ(errors(), Rows{});
}

TEST_F(ServerErrors, AreToldByThemselvesWhereTheirStatementIsLost) {
  fail({kDivision, WIRE_SEVERITY_ERROR}, "one", WIRE_OF_STATEMENT);
  fail({kDivision, WIRE_SEVERITY_ERROR}, "two", WIRE_OF_STATEMENT);
  say_title("another process");
  EXPECT_TRUE(rest().empty());
  EXPECT_EQ(errors(), (Rows{"ERROR 22012 one at 40", "ERROR 22012 two at 40"}));
}

// It comes while the completion of the last statement is sent.
TEST_F(ServerErrors, BehindTheLastCompletionAreOfNoStatement) {
  slow_.outcome = WIRE_SLOW_FAILED;
  slow_.sqlstate = kDivision;
  slow_.ran_ns = 0;
  slow_.place = 1;
  fail({kDivision, WIRE_SEVERITY_ERROR}, "late", WIRE_OF_STATEMENT);
  report_kept("SELECT 1");
  slow_.place = 2;
  fail({kDivision, WIRE_SEVERITY_ERROR}, "third", WIRE_OF_STATEMENT);
  report_kept("SELECT 1; SELECT 2; SELECT 3");
  EXPECT_EQ(texts(rest()), Rows{"SELECT 3"});
  EXPECT_EQ(errors(), Rows{"ERROR 22012 late at 40"});
}

// Its text was told with it, and forgotten.
TEST_F(ServerErrors, BehindASlowStatementAreOfNoStatement) {
  report("SELECT 1");
  slow_.outcome = WIRE_SLOW_FAILED;
  slow_.sqlstate = kDivision;
  slow_.ran_ns = 0;
  slow_.place = 1;
  fail({kDivision, WIRE_SEVERITY_ERROR}, "late", WIRE_OF_STATEMENT);
  report_sent();
  EXPECT_EQ(texts(rest()), Rows{"SELECT 1"});
  EXPECT_EQ(errors(), Rows{"ERROR 22012 late at 40"});
  slow_.key = 6;
  report_sent();
  EXPECT_EQ(texts(rest()), Rows{"(unreadable)"});
}

TEST_F(ServerErrors, SayWhoseTheyAre) {
  say_title("alice shop [local] idle");
  say_application("psql");
  fail({kDivision, WIRE_SEVERITY_FATAL}, "");
  rest();
  const auto errors = statements_.take_errors();
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_EQ(errors[0].pid, kPid);
  EXPECT_EQ(errors[0].who.user, "alice");
  EXPECT_EQ(errors[0].who.database, "shop");
  EXPECT_EQ(errors[0].application, "psql");
}

}  // namespace
}  // namespace pgrec
