// Covers record/host/stop_signal.h, with real signals.
#include "record/host/stop_signal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <string>
#include <vector>

#include "format/error.h"
#include "record/host/descriptor.h"
#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

using test::ChildProcess;

class StopSignalTest : public testing::Test {
 protected:
  ~StopSignalTest() override { StopSignal::unblock(); }
  static void get(int signal) { ::kill(::getpid(), signal); }

  StopSignal stop_;
};

TEST_F(StopSignalTest, IsNoneUntilOneHasArrived) {
  pollfd waits{stop_.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&waits, 1, 0), 0);
  EXPECT_EQ(stop_.take(), std::nullopt);
}

TEST_F(StopSignalTest, IsEachOfTheThreeOnce) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    get(signal);
    pollfd waits{stop_.fd(), POLLIN, 0};
    EXPECT_EQ(::poll(&waits, 1, 0), 1);
    EXPECT_EQ(stop_.take(), signal);
    EXPECT_EQ(stop_.take(), std::nullopt);
  }
}

// What arrives at a process that is started with these ignored, when it is sent each of the three;
// as signal numbers.
std::vector<int> taken_where_ignored(std::initializer_list<int> ignored) {
  for (const int signal : ignored)
    ::signal(signal, SIG_IGN);
  StopSignal stop;
  std::vector<int> taken;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    ::kill(::getpid(), signal);
    if (const auto one = stop.take()) taken.push_back(*one);
  }
  StopSignal::unblock();
  for (const int signal : ignored)
    ::signal(signal, SIG_DFL);
  return taken;
}

TEST(StopSignalIgnored, StaysIgnored) {
  EXPECT_EQ(taken_where_ignored({SIGHUP}), (std::vector{SIGINT, SIGTERM}));
  EXPECT_EQ(taken_where_ignored({SIGTERM}), (std::vector{SIGINT, SIGHUP}));
  EXPECT_EQ(taken_where_ignored({SIGHUP, SIGTERM}), std::vector{SIGINT});
}

TEST(StopSignalIgnored, IsASignalWhereAProcessSendsSigintOnPurpose) {
  EXPECT_EQ(taken_where_ignored({SIGINT}), (std::vector{SIGINT, SIGTERM, SIGHUP}));
}

// Types ^C on the terminal of a child for which SIGINT is `ignored` or not, and returns the child's
// exit status: 0 where it took the signal as it should.
int after_control_c(bool ignored) {
  const Descriptor person(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ::grantpt(person.get());
  ::unlockpt(person.get());
  const std::string terminal = ::ptsname(person.get());
  ChildProcess child([&](ChildProcess& self) {
    ::setsid();
    const Descriptor own(::open(terminal.c_str(), O_RDWR));  // becomes its terminal
    ::signal(SIGINT, ignored ? SIG_IGN : SIG_DFL);
    StopSignal stop;
    self.step();
    if ((stop.take() == SIGINT) == ignored) throw Error("it is the other way round");
  });
  child.wait_for_step();
  EXPECT_EQ(::write(person.get(), "\003", 1), 1);
  // The line discipline has had it when it echoes it.
  std::string echoed;
  for (char c = 0; !echoed.ends_with("^C") && ::read(person.get(), &c, 1) == 1;)
    echoed += c;
  child.go_on();
  return child.wait().status;
}

TEST(StopSignalIgnored, IsNoneWhereCtrlCIsForTheForeground) {
  EXPECT_EQ(after_control_c(true), 0);
  EXPECT_EQ(after_control_c(false), 0);
}

TEST_F(StopSignalTest, ReachesAChildThatUnblocksThem) {
  ChildProcess child([](ChildProcess& self) {
    StopSignal::unblock();
    self.step();
  });
  child.wait_for_step();
  ::kill(child.pid(), SIGTERM);
  const int status = child.wait().status;
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST_F(StopSignalTest, DoesNotEndAChildThatStillBlocksThem) {
  ChildProcess child([](ChildProcess& self) { self.step(); });
  child.wait_for_step();
  ::kill(child.pid(), SIGTERM);
  child.go_on();
  const int status = child.wait().status;
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace pgrec
