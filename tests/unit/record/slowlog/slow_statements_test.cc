// Covers record/slowlog/slow_statements.h: what reports in the rings come to, in which order, with
// which text and whose.
#include "record/slowlog/slow_statements.h"

#include <cstring>

#include "tests/unit/record/slowlog/slow_statements_test.h"

namespace pgrec {
namespace {

TEST_F(SlowStatementsTest, HaveTheirTimes) {
  report("SELECT 1", WIRE_SLOW_CLIENT | WIRE_SLOW_IN_PIPELINE | WIRE_SLOW_COMMITTED);
  const auto told = rest();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].ended_at_ns, kRealtimeNs - std::int64_t{60 * kMs});
  EXPECT_EQ(told[0].duration, std::chrono::milliseconds(30));
  EXPECT_EQ(told[0].prepare, std::chrono::milliseconds(2));
  EXPECT_EQ(told[0].commit, std::chrono::milliseconds(10));
  EXPECT_EQ(told[0].rows, 0u);
  EXPECT_TRUE(told[0].ran);
}

// It ended with another statement, or with a Sync inside a transaction.
TEST_F(SlowStatementsTest, HaveNoCommitWhereNoTransactionEnded) {
  report("SELECT 1", WIRE_SLOW_CLIENT | WIRE_SLOW_IN_PIPELINE);
  const auto told = rest();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].commit, std::nullopt);
  EXPECT_EQ(told[0].rows, 0u);
}

TEST_F(SlowStatementsTest, HaveNoTimesOfWhatDidNotHappen) {
  slow_.ran_ns = slow_.done_ns = 0;
  slow_.begun_ns = 50 * kMs;  // behind the end
  report("SELECT 1", WIRE_SLOW_CLIENT | WIRE_SLOW_IN_PIPELINE | WIRE_SLOW_COMMITTED);
  const auto told = rest();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].duration, Duration{});
  EXPECT_EQ(told[0].prepare, std::nullopt);
  EXPECT_EQ(told[0].commit, std::nullopt);
  EXPECT_EQ(told[0].rows, std::nullopt);
  EXPECT_FALSE(told[0].ran);
}

TEST_F(SlowStatementsTest, ComeInTheOrderOfTheirReportsWhateverTheRing) {
  at_ns_ = 3 * kMs;
  report_kept("third");
  at_ns_ = 1 * kMs;
  report_kept("first");
  at_ns_ = 2 * kMs;
  put(others_, WIRE_SLOW, bytes_of(slow_) + "second", WIRE_SLOW_CLIENT | WIRE_SLOW_TEXT_KEPT);
  EXPECT_EQ(texts(rest()), (Rows{"first", "second", "third"}));
  EXPECT_EQ(statements_.taken_in(), 3u);
}

// A report may stand in another ring that is not visible yet.
TEST_F(SlowStatementsTest, WaitUntilNoEarlierReportCanCome) {
  report_kept("SELECT 1");
  EXPECT_EQ(texts(statements_.round({at_ns_ + kMs - 1, kRealtimeNs})), Rows{});
  EXPECT_EQ(texts(statements_.round({at_ns_ + kMs, kRealtimeNs})), Rows{"SELECT 1"});
  EXPECT_EQ(texts(rest()), Rows{});
}

TEST_F(SlowStatementsTest, WaitForARecordThatIsBeingWritten) {
  report_kept("SELECT 1");
  others_.reserve(100);
  EXPECT_EQ(texts(statements_.round({1000 * kMs, kRealtimeNs})), Rows{});
  EXPECT_EQ(texts(rest()), Rows{"SELECT 1"});
}

TEST_F(SlowStatementsTest, HaveTextsPutTogetherOfTheirPieces) {
  send(5, "SELECT ");
  send(5, "'a", false);
  send(5, "b'", false);
  slow_.text_bytes = 11;
  report_sent();
  const auto told = rest();
  EXPECT_EQ(texts(told), Rows{"SELECT 'ab'"});
  EXPECT_FALSE(told[0].text.cut);
}

TEST_F(SlowStatementsTest, HaveNoTextThatBeganUnseen) {
  send(5, "b'", false);
  report_sent();
  EXPECT_EQ(texts(rest()), Rows{"(unreadable)"});
}

TEST_F(SlowStatementsTest, SayThatATextIsLongerThanWhatWasSent) {
  send(5, "SELECT 'a");
  slow_.text_bytes = 5000;
  report_sent();
  const auto told = rest();
  EXPECT_EQ(texts(told), Rows{"SELECT 'a"});
  EXPECT_TRUE(told[0].text.cut);
  EXPECT_EQ(told[0].text.query_bytes, 5000u);
}

TEST_F(SlowStatementsTest, TakeAKeptTextThatFillsItsRoomForCut) {
  report_kept(std::string(WIRE_SLOW_KEPT_BYTES - 2, '1'));
  report_kept(std::string(WIRE_SLOW_KEPT_BYTES - 1, '1'));
  const auto told = rest();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_FALSE(told[0].text.cut);
  EXPECT_TRUE(told[1].text.cut);
  EXPECT_EQ(told[1].text.query_bytes, 0u);
}

TEST_F(SlowStatementsTest, OfOneMessageHaveTheirOwnPartsOfItsText) {
  report("SELECT 1; SELECT 2; SELECT 3");
  slow_.place = 2;
  report_sent();
  report_sent();  // the text was the last statement's
  EXPECT_EQ(texts(rest()), (Rows{"SELECT 1", "SELECT 3", "(unreadable)"}));
}

TEST_F(SlowStatementsTest, BehindTheLastOfTheirMessageHaveTheLastText) {
  slow_.place = 9;
  report("SELECT 1; SELECT 2");
  EXPECT_EQ(texts(rest()), Rows{"SELECT 2"});
}

TEST_F(SlowStatementsTest, ThatFailedBeforeTheirMessageWasTakenApartHaveTheWholeText) {
  slow_.ran_ns = slow_.done_ns = 0;
  slow_.outcome = WIRE_SLOW_FAILED;
  slow_.sqlstate = 4 | 2 << 6 | 6 << 12 | 0 << 18 | 1 << 24;
  report("SELECT 1; SELEC 2");
  slow_.sqlstate = 5 | 2 << 6 | 0 << 12 | 0 << 18 | 1 << 24;
  slow_.key = 6;
  report("SELECT 1; SELEC 2");
  EXPECT_EQ(texts(rest()), (Rows{"SELECT 1; SELEC 2", "SELECT 1"}));
}

TEST_F(SlowStatementsTest, ToldTogetherHaveTheWholeText) {
  slow_.place = 1;
  slow_.query_id = 7;
  slow_.outcome = WIRE_SLOW_FAILED;
  slow_.sqlstate = 2 | 2 << 6 | 0 << 12 | 1 << 18 | 2 << 24;
  report("SELECT 1; SELECT 1/0", WIRE_SLOW_CLIENT | WIRE_SLOW_OF_MESSAGE);
  const auto told = rest();
  EXPECT_EQ(texts(told), Rows{"SELECT 1; SELECT 1/0"});
  EXPECT_EQ(told[0].statements, 2u);
  EXPECT_EQ(told[0].query_id, 0u);
  EXPECT_EQ(told[0].rows, std::nullopt);
  EXPECT_EQ(told[0].sqlstate, "22012");
}

TEST_F(SlowStatementsTest, HaveNoTextOfAnEarlierMessage) {
  send(4, "SELECT 4");
  report("SELECT 5");
  slow_.key = 4;
  report_sent();
  EXPECT_EQ(texts(rest()), (Rows{"SELECT 5", "(unreadable)"}));
}

TEST_F(SlowStatementsTest, OfAFastpathCallHaveItsName) {
  report_sent(WIRE_SLOW_CLIENT | WIRE_SLOW_FASTPATH);
  EXPECT_EQ(texts(rest()), Rows{"fastpath function call"});
}

TEST_F(SlowStatementsTest, BelongToTheClientAsItCalledItselfWhenTheyBegan) {
  at_ns_ = 1 * kMs;
  say_title("alice shop [local]");
  at_ns_ = 2 * kMs;
  say_application("psql");
  at_ns_ = slow_.begun_ns = 3 * kMs;
  report_kept("SELECT 1");
  at_ns_ = 4 * kMs;
  say_application("pgbench");
  at_ns_ = 5 * kMs;
  report_kept("SET application_name = 'pgbench'");
  slow_.begun_ns = at_ns_;
  report_kept("SELECT 2");
  at_ns_ = 6 * kMs;
  say_title("bob shop [local]");  // another process with its number
  at_ns_ = slow_.begun_ns = 7 * kMs;
  report_kept("SELECT 3");
  const auto told = rest();
  ASSERT_EQ(told.size(), 4u);
  EXPECT_EQ(told[0].who.user, "alice");
  EXPECT_EQ(told[0].application, "psql");
  EXPECT_EQ(told[1].application, "psql");
  EXPECT_EQ(told[2].application, "pgbench");
  EXPECT_EQ(told[3].who.user, "bob");
  EXPECT_EQ(told[3].application, "");
}

TEST_F(SlowStatementsTest, AreOfWhoTheirProcessSaysInItsMemory) {
  wire_identity identity{};
  identity.major = 15;
  identity.backend_type = 3;
  identity.has_client = 1;
  identity.login = 10;
  identity.users = {10, 10};
  std::strcpy(identity.user_name, "al ice");
  std::strcpy(identity.database_name, "my shop");
  std::strcpy(identity.title, "postgres: al ice my shop 10.0.0.1(5) idle");
  at_ns_ = 1 * kMs;
  put(records_, WIRE_IDENTITY, bytes_of(identity), 0);
  at_ns_ = slow_.begun_ns = 3 * kMs;
  report_kept("SELECT 1");
  at_ns_ = 4 * kMs;
  put(records_, WIRE_ROLE, bytes_of(wire_role{77, "my role"}), 0);
  put(records_, WIRE_USERS, bytes_of(wire_users{10, 77}), 0);
  at_ns_ = slow_.begun_ns = 5 * kMs;
  report_kept("SELECT 2");
  const auto told = rest();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].who.backend_type, "client backend");
  EXPECT_EQ(told[0].who.user, "al ice");
  EXPECT_EQ(told[0].who.database, "my shop");
  EXPECT_EQ(told[0].who.client, "10.0.0.1(5)");
  EXPECT_EQ(told[0].session_user, "al ice");
  EXPECT_EQ(told[1].who.user, "my role");
  EXPECT_EQ(told[1].session_user, "al ice");
}

TEST_F(SlowStatementsTest, LeaveOutParallelWorkers) {
  say_title("parallel worker for PID 7");
  report_kept("SELECT 1", 0);
  EXPECT_EQ(texts(rest()), Rows{});
}

// A replication command goes on for as long as there is a replica; it does not run like a
// statement.
TEST_F(SlowStatementsTest, LeaveOutReplicationCommandsOnly) {
  say_title("walsender rep [local]");
  report_kept("SELECT 1");
  slow_.ran_ns = 0;
  report_kept("START_REPLICATION 0/0");
  EXPECT_EQ(texts(rest()), Rows{"SELECT 1"});
}

// Whatever its title is. One that failed is an error like any other.
TEST_F(SlowStatementsTest, LeaveOutMessagesToAWalsenderThatDidNotFail) {
  slow_.ran_ns = 0;
  report_kept("START_REPLICATION 0/0", WIRE_SLOW_CLIENT | WIRE_SLOW_WALSENDER);
  slow_.outcome = WIRE_SLOW_FAILED;
  report_kept("SELECT 1", WIRE_SLOW_CLIENT | WIRE_SLOW_WALSENDER);
  EXPECT_EQ(texts(rest()), Rows{"SELECT 1"});
}

// Like the executions of a recording: those of a completion that failed at its commit, too.
TEST_F(SlowStatementsTest, HaveTheRowsThatTheyGave) {
  slow_.outcome = WIRE_SLOW_SUSPENDED;
  slow_.rows = 7;
  report_kept("SELECT 1");
  slow_.outcome = WIRE_SLOW_FAILED;
  report_kept("INSERT 1");
  slow_.ran_ns = 0;  // of the one before it in its message
  report_kept("INSERT 2");
  slow_.ran_ns = 1;
  slow_.done_ns = 0;
  report_kept("INSERT 3");
  slow_.outcome = WIRE_SLOW_SUSPENDED;
  slow_.rows = 0;
  report_kept("SELECT 2");
  slow_.outcome = WIRE_SLOW_COMPLETED;
  report_sent(WIRE_SLOW_CLIENT | WIRE_SLOW_FASTPATH);  // which has no completion
  EXPECT_EQ(counts(rest()), (Counts{7, 7, {}, {}, {}, 0}));
}

TEST_F(SlowStatementsTest, KnowAutovacuumByItsText) {
  report_kept("autovacuum: VACUUM public.t", 0);
  report_kept("autovacuum: VACUUM public.t", WIRE_SLOW_CLIENT);
  const auto told = rest();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].who.backend_type, "autovacuum worker");
  EXPECT_EQ(told[1].who.backend_type, std::nullopt);
}

// The end of thread 12 of process 11.
TEST_F(SlowStatementsTest, ForgetTheTextsOfAThreadThatHasEnded) {
  const std::string text = bytes_of(wire_query{5, 0}) + "SELECT 1";
  const wire_record head{at_ns_,           0,
                         11ull << 32 | 12, static_cast<std::uint32_t>(text.size()),
                         WIRE_TEXT,        WIRE_TEXT_FIRST};
  records_.put(bytes_of(head) + text);
  ends_.put(30 * kMs, WIRE_GONE);
  wire_record slow = head;
  slow.bytes = sizeof slow_;
  slow.kind = WIRE_SLOW;
  slow.flags = WIRE_SLOW_TEXT_SENT;
  records_.put(bytes_of(slow) + bytes_of(slow_));
  EXPECT_EQ(texts(rest()), Rows{"(unreadable)"});
}

TEST_F(SlowStatementsTest, MayHaveBegunBeforeTheLog) {
  ServerProcess running;
  running.pid = kPid;
  running.client = true;
  running.query = "SELECT pg_sleep(60)";
  running.running = std::chrono::seconds(10);
  running.application = "psql";
  running.usage[WIRE_SHARED_HIT] = 3;
  ServerProcess idle;
  idle.pid = kPid + 1;
  ServerProcess refused = running;
  refused.pid = kPid + 2;
  std::vector<wire_slow_statement> seeds;
  const std::uint64_t before_ns = monotonic_ns();
  statements_.begin_with({running, idle, refused}, [&](const wire_slow_statement& seed) {
    seeds.push_back(seed);
    return seed.pid_tgid >> 32 == kPid;
  });
  ASSERT_EQ(seeds.size(), 2u);
  EXPECT_GE(seeds[0].begun_ns, before_ns - 10'000 * kMs);
  EXPECT_EQ(seeds[0].key, seeds[0].begun_ns);
  EXPECT_EQ(seeds[0].phase, WIRE_PHASE_RUNNING);
  EXPECT_EQ(seeds[0].text_bytes, running.query->size());
  EXPECT_EQ(seeds[0].usage[WIRE_SHARED_HIT], 3u);
  EXPECT_EQ(seeds[0].found, 1);

  slow_.key = seeds[0].key;
  slow_.text_bytes = seeds[0].text_bytes;
  report_sent(WIRE_SLOW_CLIENT | WIRE_SLOW_FOUND);
  pid_ = refused.pid;
  slow_.key = seeds[1].key;
  report_sent();
  const auto told = rest();
  ASSERT_EQ(texts(told), (Rows{"SELECT pg_sleep(60)", "(unreadable)"}));
  EXPECT_TRUE(told[0].found);
  EXPECT_EQ(told[0].prepare, std::nullopt);
  EXPECT_EQ(told[0].application, "psql");
}

}  // namespace
}  // namespace pgrec
