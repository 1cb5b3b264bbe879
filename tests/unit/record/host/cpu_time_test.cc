// Covers record/host/cpu_time.h: what threads used since recording began, from a /proc of the
// test's own.
#include "record/host/cpu_time.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace pgrec {
namespace {

class CpuTimeTest : public testing::Test {
 protected:
  CpuTimeTest() {
    std::string name = testing::TempDir() + "pgrec-test-XXXXXX";
    proc_ = ::mkdtemp(name.data());
  }
  ~CpuTimeTest() override { std::filesystem::remove_all(proc_); }

  // The thread has used so much by now.
  void used(std::uint32_t pid, std::uint32_t tid, std::int64_t ns) {
    const std::string directory =
        proc_ + "/" + std::to_string(pid) + "/task/" + std::to_string(tid);
    std::filesystem::create_directories(directory);
    std::ofstream(directory + "/schedstat") << ns << " 17 3\n";
  }
  void gone(std::uint32_t pid) { std::filesystem::remove_all(proc_ + "/" + std::to_string(pid)); }

  std::string proc_;
};

TEST_F(CpuTimeTest, CountsFromTheBeginningOfTheRecording) {
  used(10, 10, 1000);
  CpuTime cpu(proc_);
  cpu.seen({10, 10});
  used(10, 10, 1700);
  EXPECT_EQ(cpu.used(), Duration(700));
}

TEST_F(CpuTimeTest, CountsThreadsThatWereSeenOnly) {
  used(10, 10, 0);
  used(11, 11, 0);
  CpuTime cpu(proc_);
  cpu.seen({11, 11});
  used(10, 10, 500);
  used(11, 11, 30);
  EXPECT_EQ(cpu.used(), Duration(30));
}

TEST_F(CpuTimeTest, CountsAllOfAThreadThatBeganLater) {
  CpuTime cpu(proc_);
  used(12, 13, 400);
  cpu.seen({12, 13});
  EXPECT_EQ(cpu.used(), Duration(400));
}

TEST_F(CpuTimeTest, KeepsWhatAnEndedThreadUsed) {
  used(10, 10, 1000);
  CpuTime cpu(proc_);
  cpu.seen({10, 10});
  gone(10);
  cpu.ended({10, 10}, Duration(5000));
  EXPECT_EQ(cpu.used(), Duration(4000));
  used(10, 10, 60);  // another process has its number
  EXPECT_EQ(cpu.used(), Duration(4000));
  cpu.seen({10, 10});
  EXPECT_EQ(cpu.used(), Duration(4060));
}

TEST_F(CpuTimeTest, CountsOnceWhatAThreadUsedBeforeAndAfterALook) {
  CpuTime cpu(proc_);
  used(10, 10, 5000);
  cpu.seen({10, 10});
  EXPECT_EQ(cpu.used(), Duration(5000));
  cpu.ended({10, 10}, Duration(5100));
  EXPECT_EQ(cpu.used(), Duration(5100));
}

TEST_F(CpuTimeTest, KeepsWhatWasKnownOfAThreadThatVanished) {
  CpuTime cpu(proc_);
  used(10, 10, 300);
  cpu.seen({10, 10});
  EXPECT_EQ(cpu.used(), Duration(300));
  gone(10);
  EXPECT_EQ(cpu.used(), Duration(300));
}

TEST_F(CpuTimeTest, KnowsWhatItSawLastAndTheEndsSinceThen) {
  CpuTime cpu(proc_);
  cpu.seen({10, 10});
  cpu.seen({11, 11});
  used(10, 10, 300);
  used(11, 11, 40);
  EXPECT_EQ(cpu.known(), Duration(0));
  EXPECT_EQ(cpu.used(), Duration(340));
  used(10, 10, 1000);
  cpu.ended({11, 11}, Duration(60));
  EXPECT_EQ(cpu.known(), Duration(360));
}

TEST_F(CpuTimeTest, CountsNoEndOfAThreadThatWasNotSeen) {
  CpuTime cpu(proc_);
  cpu.ended({12, 12}, Duration(700));
  EXPECT_EQ(cpu.used(), Duration(0));
}

TEST_F(CpuTimeTest, TheNumberOfAThreadThatEndedUnseenCountsFromZero) {
  used(10, 10, 1000);
  CpuTime cpu(proc_);
  cpu.ended({10, 10}, Duration(1100));
  used(10, 10, 5000);  // another thread has its number
  cpu.seen({10, 10});
  EXPECT_EQ(cpu.used(), Duration(5000));
}

TEST_F(CpuTimeTest, ANumberThatWentToAnotherThreadCountsFromZero) {
  used(10, 10, 9000);
  CpuTime cpu(proc_);
  gone(10);
  used(10, 10, 50);
  cpu.seen({10, 10});
  EXPECT_EQ(cpu.used(), Duration(50));
}

}  // namespace
}  // namespace pgrec
