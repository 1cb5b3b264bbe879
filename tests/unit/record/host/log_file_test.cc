// Covers record/host/log_file.h: lines at the end of a file, whatever becomes of the file.
#include "record/host/log_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

class LogFileTest : public testing::Test {
 protected:
  std::string path(const std::string& name = "log") const { return directory_.file(name); }
  std::string contents(const std::string& name = "log") const {
    std::ifstream file(path(name));
    std::stringstream all;
    all << file.rdbuf();
    return all.str();
  }
  // Until it is called again, no file of this process grows beyond this.
  static void limit_files(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }

  test::TemporaryDirectory directory_;
};

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  std::ofstream(path()) << "before\n";
  LogFile log(path());
  EXPECT_TRUE(log.write("one"));
  EXPECT_TRUE(log.write("two"));
  EXPECT_EQ(contents(), "before\none\ntwo\n");
}

TEST_F(LogFileTest, IsForItsOwnerAndGroup) {
  const mode_t before = ::umask(0);
  const LogFile log(path());
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0640u);
}

TEST_F(LogFileTest, GoesOnInTheFileThatHasThePath) {
  LogFile log(path());
  log.write("one");
  std::filesystem::rename(path(), path("old"));
  log.write("two");
  EXPECT_TRUE(log.reopen());
  log.write("three");
  EXPECT_EQ(contents("old"), "one\ntwo\n");
  EXPECT_EQ(contents(), "three\n");
}

TEST_F(LogFileTest, KeepsItsFileWhereThereIsNoOther) {
  std::filesystem::create_directory(path("there"));
  LogFile log(path("there/log"));
  std::filesystem::rename(path("there"), path("elsewhere"));
  EXPECT_FALSE(log.reopen());
  EXPECT_FALSE(log.why().empty());
  EXPECT_TRUE(log.write("one"));
  EXPECT_EQ(contents("elsewhere/log"), "one\n");
}

TEST_F(LogFileTest, BeginsANewLineBehindATornOne) {
  LogFile log(path());
  log.write("whole");
  limit_files(10);
  EXPECT_FALSE(log.write("too long a line"));
  EXPECT_FALSE(log.why().empty());
  EXPECT_FALSE(log.write("nor this"));
  limit_files(RLIM_INFINITY);
  EXPECT_TRUE(log.write("again"));
  EXPECT_EQ(contents(), "whole\ntoo \nagain\n");
  EXPECT_FALSE(log.is_abandoned());
}

TEST_F(LogFileTest, KnowsThatNobodyReads) {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  LogFile log("/proc/self/fd/" + std::to_string(ends[1]));
  EXPECT_TRUE(log.write("one"));
  EXPECT_FALSE(log.is_abandoned());
  ::close(ends[0]);
  EXPECT_FALSE(log.write("two"));
  EXPECT_TRUE(log.is_abandoned());
  ::close(ends[1]);
}

TEST_F(LogFileTest, SaysWhatCannotBeOpened) {
  EXPECT_THROW(LogFile(path("nowhere/log")), Error);
}

}  // namespace
}  // namespace pgrec
