// Covers record/recording/known_processes.h: what processes and their memory say, in the processes'
// rows and in the sessions of their executions.
#include "record/recording/known_processes.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pgrec {
namespace {

constexpr std::uint32_t kPidKnown = 4'194'305;  // above every process id
constexpr ThreadKey kThreadKnown{kPidKnown, kPidKnown};
constexpr std::uint64_t kBeginNs = 1'000'000'000'000;

wire_identity alice() {
  wire_identity identity{};
  identity.major = 15;
  identity.backend_type = 3;
  identity.has_client = 1;
  identity.login = 10;
  identity.users = {10, 10};
  std::strcpy(identity.user_name, "alice");
  std::strcpy(identity.database_name, "shop");
  std::strcpy(identity.application, "psql");
  std::strcpy(identity.title, "postgres: alice shop [local] idle");
  return identity;
}

class KnownProcessesTest : public testing::Test {
 protected:
  // "application user session_user" of an execution that says its own; else "".
  std::string runs(std::uint64_t after_ns) {
    const auto session = known_.other_session(kPidKnown, kBeginNs + after_ns);
    if (!session) return "";
    return session->application + " " + session->user + " " + session->session_user;
  }
  Process row() {
    known_.titles.seen(kPidKnown);
    known_.titles.in_part(kPidKnown);
    const auto rows = known_.titles.take(true, kBeginNs);
    return rows.empty() ? Process{} : rows.front();
  }
  void say_application(std::uint64_t after_ns, const char* name) {
    known_.take(NameHit{kThreadKnown, kBeginNs + after_ns, true, name});
  }
  KnownProcesses known_;
};

TEST_F(KnownProcessesTest, AreAsTheyWereFound) {
  ServerProcess process;
  process.pid = kPidKnown;
  process.identity = alice();
  process.identity.users = {10, 77};
  process.role = "app";
  known_.found(process, kBeginNs);
  known_.titles.seen(kPidKnown);
  EXPECT_EQ(runs(0), "");
  const Process found = row();
  EXPECT_EQ(found.who, (ProcessWho{"client backend", "shop", "alice", "[local]"}));
  EXPECT_EQ(found.application, "psql");
  EXPECT_EQ(found.user, "app");
  EXPECT_EQ(found.session_user, "alice");
}

TEST_F(KnownProcessesTest, SayTheirFirstSessionAndTheirExecutionsEachOther) {
  known_.take(NameHit{kThreadKnown, kBeginNs, false, "alice shop [local]", true});
  say_application(1, "psql");
  known_.take(IdentityHit{kThreadKnown, kBeginNs + 2, alice().users, alice()});
  EXPECT_EQ(runs(3), "");
  say_application(4, "web");
  known_.take(RoleHit{kThreadKnown, kBeginNs + 5, 77, "app"});
  known_.take(IdentityHit{kThreadKnown, kBeginNs + 6, {10, 77}, {}});
  EXPECT_EQ(runs(5), "web alice alice");
  EXPECT_EQ(runs(6), "web app alice");
  say_application(7, "psql");
  known_.take(IdentityHit{kThreadKnown, kBeginNs + 8, {10, 10}, {}});
  EXPECT_EQ(runs(9), "");
  const Process process = row();
  EXPECT_EQ(process.application, "psql");
  EXPECT_EQ(process.user, "alice");
}

TEST_F(KnownProcessesTest, HaveTheApplicationThatWasFoundWhereTheirMemoryIsNotKnown) {
  ServerProcess process;
  process.pid = kPidKnown;
  process.application = "psql";
  known_.found(process, kBeginNs);
  known_.titles.seen(kPidKnown);
  EXPECT_EQ(runs(0), "");
  EXPECT_EQ(row().application, "psql");
  EXPECT_EQ(row().who, std::nullopt);
}

}  // namespace
}  // namespace pgrec
