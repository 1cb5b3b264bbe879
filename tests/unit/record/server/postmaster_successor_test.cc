// Covers record/server/postmaster_successor.h: programs that are killed and started again, in their
// directory or in another.
#include "record/server/postmaster_successor.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <list>

#include "record/host/child_command.h"
#include "tests/unit/child_process.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

// A copy of sleep, so that nobody else runs it.
class PostmasterSuccessorTest : public testing::Test {
 protected:
  PostmasterSuccessorTest() { std::filesystem::copy_file("/bin/sleep", binary_); }
  ~PostmasterSuccessorTest() override {
    for (ChildCommand& one : started_) {
      if (one.running()) end(one);
    }
  }
  ChildCommand& start(const test::TemporaryDirectory& directory) {
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(directory.path());
    ChildCommand& one = started_.emplace_back(std::vector<std::string>{binary_, "600"});
    std::filesystem::current_path(before);
    return one;
  }
  static void end(ChildCommand& one) {
    ::kill(one.pid(), SIGKILL);
    one.wait();
  }
  static std::uint32_t pid_of(const ChildCommand& one) {
    return static_cast<std::uint32_t>(one.pid());
  }
  // "ended -> successor" of each.
  static std::vector<std::string> news(PostmasterSuccessor& successors) {
    std::vector<std::string> all;
    for (const auto& one : successors.look())
      all.push_back(std::to_string(one.ended) + " -> " + std::to_string(one.successor));
    return all;
  }
  static std::vector<std::string> just(std::uint32_t ended, std::uint32_t successor) {
    return {std::to_string(ended) + " -> " + std::to_string(successor)};
  }

  const test::TemporaryDirectory data_;
  const test::TemporaryDirectory other_data_;
  const std::string binary_ = data_.file("sleep");
  std::list<ChildCommand> started_;
};

TEST_F(PostmasterSuccessorTest, IsTheNextInTheSameDirectory) {
  ChildCommand& first = start(data_);
  const std::uint32_t first_pid = pid_of(first);
  PostmasterSuccessor successors({first_pid});
  EXPECT_TRUE(successors.has_any());
  EXPECT_TRUE(news(successors).empty());
  end(first);
  EXPECT_EQ(news(successors), just(first_pid, 0));
  EXPECT_TRUE(news(successors).empty());
  start(other_data_);
  EXPECT_TRUE(news(successors).empty());
  ChildCommand& second = start(data_);
  const std::uint32_t second_pid = pid_of(second);
  EXPECT_EQ(news(successors), just(first_pid, second_pid));
  end(second);
  EXPECT_EQ(news(successors), just(second_pid, 0));
}

TEST_F(PostmasterSuccessorTest, MayRunBeforeTheOtherIsSeenToHaveEnded) {
  ChildCommand& first = start(data_);
  const std::uint32_t pid = pid_of(first);
  PostmasterSuccessor successors({pid});
  end(first);
  const ChildCommand& second = start(data_);
  EXPECT_EQ(news(successors),
            (std::vector<std::string>{just(pid, 0)[0], just(pid, pid_of(second))[0]}));
}

// An upgrade replaces the file.
TEST_F(PostmasterSuccessorTest, IsKnownByTheNameOfABinaryThatWasReplaced) {
  ChildCommand& first = start(data_);
  const std::uint32_t pid = pid_of(first);
  std::filesystem::remove(binary_);
  PostmasterSuccessor successors({pid});
  EXPECT_TRUE(successors.has_any());
  std::filesystem::copy_file("/bin/sleep", binary_);
  end(first);
  const ChildCommand& second = start(data_);
  EXPECT_EQ(news(successors).back(), just(pid, pid_of(second))[0]);
}

TEST_F(PostmasterSuccessorTest, IsOfPostmastersOnly) {
  test::ChildProcess backend([](test::ChildProcess& self) { self.step(); });
  backend.wait_for_step();
  EXPECT_FALSE(PostmasterSuccessor({static_cast<std::uint32_t>(backend.pid())}).has_any());
  EXPECT_FALSE(PostmasterSuccessor({4'194'305}).has_any());
  EXPECT_FALSE(PostmasterSuccessor({}).has_any());
  backend.go_on();
  backend.wait();
}

}  // namespace
}  // namespace pgrec
