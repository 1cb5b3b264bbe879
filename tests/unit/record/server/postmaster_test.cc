// Covers record/server/postmaster.h on processes that run a copy of the shell, which nobody else
// runs.
#include "record/server/postmaster.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

// A shell that runs `script` in a process group of its own, until the end of the test.
class Shell {
 public:
  // Returns when the script has printed a line.
  Shell(const std::string& path, const std::string& script) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setpgid(0, 0);
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(path.c_str(), path.c_str(), "-c", script.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    for (char c = 0; c != '\n' && ::read(ends[0], &c, 1) == 1;)
      said_ += c;
    ::close(ends[0]);
  }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  std::uint32_t pid() const { return static_cast<std::uint32_t>(pid_); }
  // The number it printed.
  std::uint32_t said() const { return static_cast<std::uint32_t>(std::stoul(said_)); }

 private:
  pid_t pid_ = -1;
  std::string said_;
};

class FindPostmaster : public testing::Test {
 protected:
  FindPostmaster() { std::filesystem::copy_file("/bin/sh", binary_); }
  // Says its child's id, which runs the same binary.
  std::string with_child() const { return binary_ + " -c 'echo $$; sleep 1000; :'; :"; }

  test::TemporaryDirectory directory_;
  const std::string binary_ = directory_.file("shell");
};

constexpr const char* kAlone = "echo $$; sleep 1000; :";

TEST_F(FindPostmaster, IsNoneWhereNothingRuns) {
  EXPECT_EQ(find_postmaster(binary_, {}), std::nullopt);
  EXPECT_EQ(find_postmaster(directory_.file("no-such-file"), {}), std::nullopt);
}

TEST_F(FindPostmaster, IsTheOnlyOneThatRuns) {
  const Shell shell(binary_, kAlone);
  EXPECT_EQ(find_postmaster(binary_, {}), shell.pid());
}

TEST_F(FindPostmaster, IsTheParentOfItsBackends) {
  const Shell shell(binary_, with_child());
  ASSERT_NE(shell.said(), shell.pid());
  EXPECT_EQ(find_postmaster(binary_, {}), shell.pid());
  EXPECT_EQ(find_postmaster(binary_, {shell.said()}), shell.pid());
  EXPECT_EQ(find_postmaster(binary_, {shell.said(), shell.pid()}), shell.pid());
}

TEST_F(FindPostmaster, IsTheOneThatWasNamedOfSeveral) {
  const Shell one(binary_, with_child());
  const Shell other(binary_, kAlone);
  EXPECT_EQ(find_postmaster(binary_, {}), std::nullopt);
  EXPECT_EQ(find_postmaster(binary_, {one.said()}), one.pid());
  EXPECT_EQ(find_postmaster(binary_, {other.pid()}), other.pid());
  EXPECT_EQ(find_postmaster(binary_, {one.pid(), other.pid()}), std::nullopt);
}

TEST_F(FindPostmaster, IsNoneOfProcessesThatRunAnotherBinary) {
  const Shell shell(binary_, kAlone);
  EXPECT_EQ(find_postmaster(binary_, {static_cast<std::uint32_t>(::getpid())}), std::nullopt);
  EXPECT_EQ(find_postmaster(binary_, {4194305}), std::nullopt);
}

}  // namespace
}  // namespace pgrec
