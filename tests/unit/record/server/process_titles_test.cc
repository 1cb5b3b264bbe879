// Covers record/server/process_titles.h: who processes are, when each is told of, and what a number
// means that several had. /proc has none of those with made-up numbers.
#include "record/server/process_titles.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record/host/clocks.h"
#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

constexpr std::uint32_t kPid = 4'194'305;  // above every process id
constexpr std::uint64_t kBeginNs = 1'000'000'000'000;

class ProcessTitlesTest : public testing::Test {
 protected:
  // A process that begins so long after the part, and is in it.
  void begin(std::uint32_t pid, std::uint64_t after_ns, const std::string& title) {
    titles_.named(pid, kBeginNs + after_ns, title);
    titles_.in_part(pid);
  }
  void end(std::uint32_t pid, std::uint64_t after_ns) { titles_.ended(pid, kBeginNs + after_ns); }
  // "pid title application started-ended" of each.
  Rows taken(bool all = false) {
    Rows rows;
    const auto text = [](const std::optional<Timestamp>& at) {
      return at ? std::to_string(to_ns(*at)) : "";
    };
    for (const Process& one : titles_.take(all, kBeginNs))
      rows.push_back(std::to_string(one.pid - kPid) + " " + one.title + " " + one.application +
                     " " + text(one.started) + "-" + text(one.ended));
    return rows;
  }

  ProcessTitles titles_;
};

TEST_F(ProcessTitlesTest, AreTakenOnceUntilSomethingIsNew) {
  begin(kPid, 5, "alice shop [local]");
  EXPECT_EQ(taken(), Rows{"0 postgres: alice shop [local]  5-"});
  EXPECT_EQ(taken(true), Rows{});
  titles_.application(kPid, "psql");
  EXPECT_EQ(taken(), Rows{"0 postgres: alice shop [local] psql 5-"});
  titles_.application(kPid, "psql");
  EXPECT_EQ(taken(), Rows{});
  end(kPid, 70);
  EXPECT_EQ(taken(), Rows{"0 postgres: alice shop [local] psql 5-70"});
}

TEST_F(ProcessTitlesTest, AreOfProcessesInThePartOnly) {
  titles_.named(kPid, kBeginNs, "a");
  titles_.named(kPid + 1, kBeginNs, "b");
  titles_.in_part(kPid + 1);
  EXPECT_EQ(taken(true), Rows{"1 postgres: b  0-"});
  EXPECT_EQ(titles_.count(), 2u);
}

TEST_F(ProcessTitlesTest, KeepBothProcessesOfOneNumber) {
  begin(kPid, 5, "a");
  titles_.application(kPid, "psql");
  end(kPid, 70);
  begin(kPid, 80, "b");
  EXPECT_EQ(taken(), (Rows{"0 postgres: a psql 5-70", "0 postgres: b  80-"}));
  EXPECT_EQ(titles_.count(), 2u);
}

// Its end was lost, or comes later.
TEST_F(ProcessTitlesTest, TakeALateNameForAnotherProcess) {
  constexpr std::uint64_t kSecondNs = 1'000'000'000;
  begin(kPid, 0, "a");
  begin(kPid, kSecondNs, "a b [local]");
  EXPECT_EQ(titles_.count(), 1u);
  begin(kPid, kSecondNs + 1, "c");
  EXPECT_EQ(titles_.count(), 2u);
  end(kPid, 70);
  EXPECT_EQ(taken(), (Rows{"0 postgres: a b [local]  0-70", "0 postgres: c  1000000001-"}));
}

TEST_F(ProcessTitlesTest, EndAtTheBeginningOfThePartAtTheEarliest) {
  titles_.named(kPid, kBeginNs - 100, "a");
  titles_.in_part(kPid);
  titles_.ended(kPid, kBeginNs - 50);
  EXPECT_EQ(taken(), Rows{"0 postgres: a  -100-0"});
}

TEST_F(ProcessTitlesTest, HaveAnApplicationThatWasFoundBeforeTheyWereSeen) {
  titles_.was_found(kPid, "psql", std::nullopt);
  titles_.was_found(kPid + 1, "pgbench", std::nullopt);
  titles_.ended(kPid + 1, kBeginNs);
  for (const std::uint32_t pid : {kPid, kPid + 1}) {
    titles_.seen(pid);
    titles_.in_part(pid);
  }
  EXPECT_EQ(taken(true), (Rows{"0  psql -", "1   -"}));
}

TEST_F(ProcessTitlesTest, SayWhoAProcessIs) {
  begin(kPid, 5, "a b c [local]");
  titles_.identified(kPid, "postgres: a b c [local] idle",
                     ProcessWho{"client backend", "c", "a b", "[local]"});
  // Begins without a database, and is known then.
  titles_.seen(kPid + 1);
  titles_.in_part(kPid + 1);
  titles_.identified(kPid + 1, "postgres: autovacuum worker ", ProcessWho{"autovacuum worker"});
  titles_.identified(kPid + 1, "postgres: autovacuum worker my db",
                     ProcessWho{"autovacuum worker", "my db"});
  titles_.identified(kPid + 1, "", std::nullopt);
  const auto taken = titles_.take(false, kBeginNs);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].title, "postgres: a b c [local]");
  EXPECT_EQ(taken[0].who, (ProcessWho{"client backend", "c", "a b", "[local]"}));
  EXPECT_EQ(taken[1].title, "postgres: autovacuum worker my db");
  EXPECT_EQ(taken[1].who, (ProcessWho{"autovacuum worker", "my db"}));
}

TEST_F(ProcessTitlesTest, HaveTheSessionOfTheirFirstExecutionInThePart) {
  const Session first{"web", "app", "alice"}, other{"batch", "app", "alice"};
  begin(kPid, 5, "alice shop [local]");
  titles_.application(kPid, "web");
  EXPECT_TRUE(titles_.runs_as_first(kPid, first));
  titles_.application(kPid, "batch");
  EXPECT_FALSE(titles_.runs_as_first(kPid, other));
  EXPECT_TRUE(titles_.runs_as_first(kPid, first));
  const auto taken = titles_.take(true, kBeginNs);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].application, "web");
  EXPECT_EQ(taken[0].user, "app");
  EXPECT_EQ(taken[0].session_user, "alice");
  // Nothing new is to be said of the process: its executions say it.
  titles_.application(kPid, "report");
  EXPECT_TRUE(titles_.take(true, kBeginNs).empty());
  titles_.begin_part();
  EXPECT_TRUE(titles_.runs_as_first(kPid, other));
}

TEST_F(ProcessTitlesTest, SayThatAClientIsOneWhateverItIsCalled) {
  titles_.named(kPid, kBeginNs, "checkpointer a b [local]", true);
  titles_.in_part(kPid);
  titles_.named(kPid + 1, kBeginNs, "checkpointer", false);
  titles_.in_part(kPid + 1);
  const auto taken = titles_.take(true, kBeginNs);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].who, ProcessWho{"client backend"});
  EXPECT_EQ(taken[1].who, std::nullopt);
}

TEST_F(ProcessTitlesTest, GiveUpOnAProcessThatIsGone) {
  titles_.seen(kPid);
  titles_.in_part(kPid);
  EXPECT_EQ(taken(), Rows{});
  titles_.look_up();
  EXPECT_EQ(taken(), Rows{"0   -"});
}

TEST_F(ProcessTitlesTest, SayForWhomAParallelWorkerWorks) {
  begin(kPid, 0, "parallel worker for PID 42 ");
  begin(kPid + 1, 0, "15/main: parallel worker for PID 4194304");
  begin(kPid + 2, 0, "parallel worker for PID ");
  begin(kPid + 3, 0, "alice shop [local]");
  EXPECT_EQ(titles_.leader_of(kPid), 42u);
  EXPECT_EQ(titles_.leader_of(kPid + 1), 4'194'304u);
  EXPECT_EQ(titles_.leader_of(kPid + 2), 0u);
  EXPECT_EQ(titles_.leader_of(kPid + 3), std::nullopt);
  EXPECT_EQ(titles_.leader_of(kPid + 4), std::nullopt);
}

TEST_F(ProcessTitlesTest, OfAnotherPartAreThoseThatAreInItAgain) {
  begin(kPid, 0, "a");
  begin(kPid + 1, 0, "b");
  EXPECT_EQ(taken().size(), 2u);
  titles_.begin_part();
  EXPECT_EQ(taken(true), Rows{});
  titles_.seen(kPid);
  titles_.in_part(kPid);
  EXPECT_EQ(taken(), Rows{"0 postgres: a  0-"});
  titles_.begin_part();
  EXPECT_TRUE(titles_.knows(kPid));
  EXPECT_FALSE(titles_.knows(kPid + 1));
}

TEST(ProcessTitle, IsTheCommandLineWhileTheProcessRuns) {
  test::ChildProcess child([](test::ChildProcess& self) { self.step(); });
  child.wait_for_step();
  const auto pid = static_cast<std::uint32_t>(child.pid());
  EXPECT_EQ(process_title(pid), process_title(static_cast<std::uint32_t>(::getpid())));
  EXPECT_NE(process_title(pid), "");
  ProcessTitles titles;
  titles.seen(pid);
  titles.in_part(pid);
  const auto taken = titles.take(true, monotonic_ns());
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_LE(taken[0].started, from_ns(0));
  EXPECT_GE(taken[0].started, from_ns(-600'000'000'000));
  child.go_on();
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child.pid()), &ended, WEXITED | WNOWAIT), 0);
  EXPECT_EQ(process_title(pid), "");
}

TEST(ProcessTitle, BeganAtATimeWhateverTheProcessCallsItself) {
  for (const char* name : {"a\nb", "\n", ") S 1 2", "x)\n(y) R"}) {
    test::ChildProcess child([name](test::ChildProcess& self) {
      ::prctl(PR_SET_NAME, name);
      self.step();
    });
    child.wait_for_step();
    ProcessTitles titles;
    titles.seen(static_cast<std::uint32_t>(child.pid()));
    titles.in_part(static_cast<std::uint32_t>(child.pid()));
    const auto taken = titles.take(true, monotonic_ns());
    ASSERT_EQ(taken.size(), 1u);
    EXPECT_TRUE(taken[0].started) << name;
    EXPECT_LE(taken[0].started, from_ns(0)) << name;
    EXPECT_GE(taken[0].started, from_ns(-600'000'000'000)) << name;
    child.go_on();
    child.wait();
  }
}

}  // namespace
}  // namespace pgrec
