// Covers record/host/stop_signal.h, with real signals.
#include "record/host/stop_signal.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

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
