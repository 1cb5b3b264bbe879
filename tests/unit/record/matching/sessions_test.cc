// Covers record/matching/sessions.h: as whom a process works at a time, whatever the order in which
// that was said.
#include "record/matching/sessions.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pgrec {
namespace {

constexpr std::uint32_t kPid = 7;
constexpr wire_users kAlice{10, 10}, kAliceAsApp{10, 20};

class SessionsTest : public testing::Test {
 protected:
  // "application user session_user"
  std::string at(std::uint64_t ns) {
    const Session session = sessions_.at(kPid, ns);
    return session.application + " " + session.user + " " + session.session_user;
  }
  Sessions sessions_;
};

TEST_F(SessionsTest, AreUnknownWhereNothingWasSaid) {
  EXPECT_EQ(at(5), "  ");
  sessions_.application(kPid, 10, "psql");
  EXPECT_EQ(at(9), "  ");
  EXPECT_EQ(at(10), "psql  ");
}

TEST_F(SessionsTest, HoldFromTheirTimeOnWhateverCameFirst) {
  sessions_.application(kPid, 30, "c");
  sessions_.application(kPid, 10, "a");
  sessions_.application(kPid, 20, "b");
  EXPECT_EQ(at(10), "a  ");
  EXPECT_EQ(at(29), "b  ");
  EXPECT_EQ(at(31), "c  ");
}

// A role's name may come in later than that it was taken, through the ring of another CPU.
TEST_F(SessionsTest, NameRolesAsTheProcessDid) {
  sessions_.users(kPid, 10, kAlice);
  sessions_.users(kPid, 20, kAliceAsApp);
  sessions_.role(kPid, 10, "alice");
  EXPECT_EQ(at(10), " alice alice");
  EXPECT_EQ(at(20), "  alice");
  sessions_.role(kPid, 20, "app");
  EXPECT_EQ(at(20), " app alice");
  sessions_.role(kPid + 1, 20, "other");
  EXPECT_EQ(at(20), " app alice");
}

TEST_F(SessionsTest, TakeANameOnlyFromAConfirmedIdentity) {
  wire_identity identity{};
  identity.login = 10;
  identity.users = kAlice;
  identity.has_client = 1;
  std::strcpy(identity.user_name, "alice");
  std::strcpy(identity.application, "psql");
  sessions_.identified(kPid, 10, identity, false);
  EXPECT_EQ(at(10), "psql  ");
  sessions_.identified(kPid, 20, identity, true);
  EXPECT_EQ(at(20), "psql alice alice");
}

TEST_F(SessionsTest, AreNotThoseOfAnotherProcessThatHadTheNumber) {
  sessions_.application(kPid, 10, "psql");
  sessions_.users(kPid, 10, kAlice);
  sessions_.role(kPid, 10, "alice");
  sessions_.begun(kPid, 20);
  EXPECT_EQ(at(15), "psql alice alice");
  EXPECT_EQ(at(20), "  ");
  sessions_.application(kPid, 30, "next");
  sessions_.ended(kPid, 25);
  EXPECT_EQ(at(26), "  ");
  EXPECT_EQ(at(30), "next  ");
}

TEST_F(SessionsTest, ForgetWhatNobodyAsksForAnyMore) {
  sessions_.application(kPid, 10, "a");
  sessions_.application(kPid, 20, "b");
  sessions_.forget_before(25);
  EXPECT_EQ(at(15), "  ");
  EXPECT_EQ(at(25), "b  ");
}

TEST_F(SessionsTest, AreLookedAtAnewWhereSomethingIsNew) {
  sessions_.application(kPid, 10, "a");
  sessions_.users(kPid, 10, kAlice);
  EXPECT_EQ(at(10), "a  ");
  EXPECT_EQ(at(20), "a  ");
  sessions_.role(kPid, 10, "alice");
  EXPECT_EQ(at(21), "a alice alice");
  sessions_.application(kPid, 30, "b");
  EXPECT_EQ(at(22), "a alice alice");
  EXPECT_EQ(at(30), "b alice alice");
  sessions_.ended(kPid, 40);
  EXPECT_EQ(at(41), "  ");
}

TEST(Sessions, OfALimitedNumberAreTheLast) {
  Sessions sessions(2);
  for (const char* name : {"a", "b", "c"})
    sessions.application(kPid, static_cast<std::uint64_t>(name[0]), name);
  EXPECT_EQ(sessions.at(kPid, 'a').application, "");
  EXPECT_EQ(sessions.at(kPid, 'b').application, "b");
  EXPECT_EQ(sessions.at(kPid, 'c').application, "c");
}

}  // namespace
}  // namespace pgrec
