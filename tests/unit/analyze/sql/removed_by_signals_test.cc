// Covers analyze/sql/removed_by_signals.h, in processes that signals end.
#include "analyze/sql/removed_by_signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <filesystem>
#include <functional>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

class RemovedBySignalsTest : public testing::Test {
 protected:
  RemovedBySignalsTest() { test::write_file(path_, {}); }
  // How a process ends that does this.
  static int status_of(const std::function<void()>& what) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      what();
      ::_exit(7);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(pid, &status, 0), pid);
    return status;
  }
  test::TemporaryDirectory directory_;
  std::string path_ = directory_.file("half");
};

class EndingSignal : public RemovedBySignalsTest, public testing::WithParamInterface<int> {};

TEST_P(EndingSignal, RemovesTheFileAndEndsTheProcess) {
  const int status = status_of([&] {
    const RemovedBySignals unfinished(path_);
    ::raise(GetParam());
  });
  EXPECT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), GetParam());
  EXPECT_FALSE(std::filesystem::exists(path_));
}

INSTANTIATE_TEST_SUITE_P(RemovedBySignals, EndingSignal, testing::Values(SIGINT, SIGTERM, SIGHUP));

TEST_F(RemovedBySignalsTest, LeavesIgnoredSignalsIgnored) {
  const int status = status_of([&] {
    ::signal(SIGHUP, SIG_IGN);
    const RemovedBySignals unfinished(path_);
    ::raise(SIGHUP);
  });
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(RemovedBySignalsTest, LeavesAFileThatIsFinished) {
  const int status = status_of([&] {
    { const RemovedBySignals unfinished(path_); }
    ::raise(SIGTERM);
  });
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
  EXPECT_TRUE(std::filesystem::exists(path_));
}

TEST_F(RemovedBySignalsTest, RefusesANameThatIsTooLong) {
  EXPECT_THROW(RemovedBySignals(std::string(100'000, 'a')), Error);
}

}  // namespace
}  // namespace pgrec
