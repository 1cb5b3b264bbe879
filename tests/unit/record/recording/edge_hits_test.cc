// Covers record/recording/edge_hits.h: hits that no ring brings.
#include "record/recording/edge_hits.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

ServerProcess client() {
  ServerProcess process;
  process.pid = 42;
  process.client = true;
  process.query = "SELECT 1";
  process.running = Duration(700);
  process.usage[WIRE_SHARED_READ] = 9;
  return process;
}

TEST(EdgeHits, GiveTheKernelSideWhatAClientRuns) {
  const wire_statement statement = running_statement(client(), 6000);
  EXPECT_EQ(statement.pid_tgid, std::uint64_t{42} << 32 | 42);
  EXPECT_EQ(statement.ran_ns, 6000u);
  EXPECT_EQ(statement.usage[WIRE_SHARED_READ], 9u);
  EXPECT_EQ(statement.phase, WIRE_PHASE_RUNNING);
  EXPECT_TRUE(statement.has_client);
  EXPECT_TRUE(statement.recorded);
}

// Nobody reports its completion, so it is not looked for.
TEST(EdgeHits, TellWhatAProcessWithoutAClientRunsFromWhatAClientDoes) {
  ServerProcess vacuum = client();
  vacuum.client = false;
  const wire_statement statement = running_statement(vacuum, 6000);
  EXPECT_EQ(statement.phase, WIRE_PHASE_PREPARING);
  EXPECT_FALSE(statement.has_client);
}

TEST(EdgeHits, GiveEachProcessAKeyOfItsOwn) {
  ServerProcess other = client();
  other.pid = 43;
  EXPECT_NE(running_statement(client(), 0).key, running_statement(other, 0).key);
}

TEST(EdgeHits, ReportWhatRunsAtTheBeginningAndAsNotFired) {
  const wire_statement statement = running_statement(client(), 6000);
  const ThreadHit report = running_hit(client(), statement, 5000, 3);
  EXPECT_EQ(report.thread, (ThreadKey{42, 42}));
  EXPECT_EQ(report.hit.ts_ns, 5000u);
  EXPECT_EQ(report.hit.probe, 3u);
  EXPECT_EQ(report.hit.kind, WIRE_BEGIN);
  EXPECT_EQ(report.hit.query->query.key, statement.key);
  EXPECT_EQ(report.hit.query->running_ns, 700u);
  EXPECT_FALSE(report.hit.fired());
}

TEST(EdgeHits, ReportATransactionThatIsIdleAtTheBeginningAndAsNotFired) {
  ServerProcess process = client();
  process.query.reset();
  process.in_transaction = process.in_failed_transaction = true;
  EXPECT_EQ(idle_statement(process).phase, WIRE_PHASE_NONE);
  EXPECT_EQ(idle_statement(process).pid_tgid, std::uint64_t{42} << 32 | 42);
  const ThreadHit report = idle_hit(process, 5000, 3);
  EXPECT_EQ(report.thread, (ThreadKey{42, 42}));
  EXPECT_EQ(report.hit.ts_ns, 5000u);
  EXPECT_EQ(report.hit.kind, WIRE_IDLE);
  EXPECT_TRUE(report.hit.in_transaction);
  EXPECT_TRUE(report.hit.in_failed_transaction);
  EXPECT_EQ(report.hit.query->running_ns, 700u);
  EXPECT_FALSE(report.hit.fired());
}

TEST(EdgeHits, ReportWhatRunsForATimeThatIsNotKnown) {
  ServerProcess process = client();
  process.running = std::nullopt;
  const ThreadHit report = running_hit(process, running_statement(process, 6000), 5000, 3);
  EXPECT_EQ(report.hit.query->running_ns, 0u);
}

TEST(EdgeHits, MakeAnEnterOfOneThatWaited) {
  wire_thread thread{};
  thread.pid_tgid = std::uint64_t{42} << 32 | 44;
  wire_pending_enter enter{};
  enter.ts_ns = 5500;
  enter.sp = 100;
  enter.probe = 2;
  enter.flags = WIRE_CHAINED | WIRE_NO_RETURN;
  const ThreadHit hit = waiting_hit(thread, enter);
  EXPECT_EQ(hit.thread, (ThreadKey{42, 44}));
  EXPECT_EQ(hit.hit.kind, WIRE_ENTER);
  EXPECT_EQ(hit.hit.ts_ns, 5500u);
  EXPECT_EQ(hit.hit.sp, 100u);
  EXPECT_EQ(hit.hit.probe, 2u);
  EXPECT_TRUE(hit.hit.chained);
  EXPECT_TRUE(hit.hit.no_return);
  EXPECT_FALSE(hit.hit.odd);
  EXPECT_TRUE(hit.hit.waited);
  EXPECT_TRUE(hit.hit.fired());
}

}  // namespace
}  // namespace pgrec
