// Covers record/server/server_binary.h: which file a name, a path or a process stands for, with
// real files and processes. In containers and chroots: tests/live/attach_tests.sh.
#include "record/server/server_binary.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <list>
#include <thread>

#include "format/error.h"
#include "record/host/child_command.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

namespace fs = std::filesystem;

// Above every process id.
constexpr std::uint32_t kNoServer = 4'194'305;

class ServerBinaryTest : public testing::Test {
 protected:
  ServerBinaryTest() {
    fs::create_directories(first_);
    fs::create_directories(second_);
    ::setenv("PATH", (":" + first_ + ":/no/such:" + second_).c_str(), 1);
  }
  ~ServerBinaryTest() override {
    ::setenv("PATH", path_.c_str(), 1);
    for (ChildCommand& one : started_) {
      ::kill(one.pid(), SIGKILL);
      one.wait();
    }
  }
  static void make(const std::string& file) { fs::copy_file("/bin/sleep", file); }
  // A process that runs it.
  std::uint32_t run(const std::string& file) {
    started_.emplace_back(std::vector<std::string>{file, "600"});
    return static_cast<std::uint32_t>(started_.back().pid());
  }
  // "name (path)"; the refusal where there is none.
  static std::string found(const std::string& exec, const std::vector<std::uint32_t>& pids = {}) {
    try {
      const ServerBinary binary = find_server_binary(exec, pids);
      return binary.name + (binary.path == binary.name ? "" : " (" + binary.path + ")");
    } catch (const Error& error) {
      return std::string(error.what()) + " / " + error.hint();
    }
  }

  const std::string path_ = std::getenv("PATH");
  const test::TemporaryDirectory directory_;
  const std::string first_ = fs::canonical(directory_.path()).string() + "/first";
  const std::string second_ = fs::canonical(directory_.path()).string() + "/second";
  std::list<ChildCommand> started_;
};

TEST_F(ServerBinaryTest, OfABareNameIsTheOneInPath) {
  make(second_ + "/pgrec-test-server");
  EXPECT_EQ(found("pgrec-test-server"), second_ + "/pgrec-test-server");
  fs::create_symlink(second_ + "/pgrec-test-server", first_ + "/pgrec-test-server");
  EXPECT_EQ(found("pgrec-test-server"), second_ + "/pgrec-test-server");
}

TEST_F(ServerBinaryTest, OfABareNameIsNoneOfSeveral) {
  make(first_ + "/pgrec-test-server");
  make(second_ + "/pgrec-test-server");
  EXPECT_EQ(found("pgrec-test-server"),
            "there are 2 different binaries called pgrec-test-server: " + first_ +
                "/pgrec-test-server, " + second_ + "/pgrec-test-server / name one of them: -x " +
                first_ + "/pgrec-test-server");
}

TEST_F(ServerBinaryTest, OfABareNameIsTheOneThatRunsRatherThanTheOneInPath) {
  make(first_ + "/pgrec-test-server");
  make(directory_.file("pgrec-test-server"));
  const std::string running = fs::canonical(directory_.file("pgrec-test-server"));
  run(running);
  EXPECT_EQ(found("pgrec-test-server"), running);
}

TEST_F(ServerBinaryTest, OfANameThatNobodyHasIsRefused) {
  EXPECT_NE(found("pgrec-test-server").find("there is no binary called pgrec-test-server, running"),
            std::string::npos);
  EXPECT_EQ(found("./pgrec-test-server"),
            "there is no binary ./pgrec-test-server: No such file or directory / give -x a path, "
            "or a bare name such as postgres");
}

TEST_F(ServerBinaryTest, OfProcessesIsTheOneThatTheyAllRun) {
  make(first_ + "/a");
  make(second_ + "/b");
  const std::uint32_t a = run(first_ + "/a"), a_too = run(first_ + "/a"), b = run(second_ + "/b");
  EXPECT_EQ(found("", {a, a_too}), first_ + "/a");
  EXPECT_EQ(found("", {a, b}), "there are 2 different binaries run as these processes: " + first_ +
                                   "/a, " + second_ + "/b / name one of them: -x " + first_ + "/a");
}

TEST_F(ServerBinaryTest, OfAProcessIsWhatItRunsAlsoWhereThatWasReplaced) {
  const std::string file = first_ + "/server";
  make(file);
  const std::uint32_t pid = run(file);
  EXPECT_EQ(found(file, {pid}), file);
  EXPECT_TRUE(processes_of_an_older(file).empty());
  make(file + ".new");
  fs::rename(file + ".new", file);
  const std::string exe = "/proc/" + std::to_string(pid) + "/exe";
  EXPECT_EQ(found("", {pid}), file + " (deleted) (" + exe + ")");
  EXPECT_EQ(found(file, {pid}), file + " (" + exe + ")");
  EXPECT_EQ(processes_of_an_older(file), std::vector<std::uint32_t>{pid});
}

TEST_F(ServerBinaryTest, OfWhatIsNoProcessIsRefused) {
  EXPECT_EQ(found("", {kNoServer}),
            "there is no process 4194305 / pgrep -a postgres lists the server's processes");
  std::promise<std::uint32_t> id;
  std::promise<void> looked;
  std::thread thread([&] {
    id.set_value(static_cast<std::uint32_t>(::gettid()));
    looked.get_future().wait();
  });
  const std::uint32_t tid = id.get_future().get();
  const std::string pid = std::to_string(::getpid());
  EXPECT_EQ(found("", {tid}),
            std::to_string(tid) + " is a thread of process " + pid + " / -p " + pid);
  looked.set_value();
  thread.join();
}

TEST_F(ServerBinaryTest, OfABareNameIsALibraryOfAServer) {
  for (const std::string& prefix : {first_, second_}) {
    for (const char* directory : {"/bin", "/lib"})
      fs::create_directories(prefix + directory);
    make(prefix + "/bin/postgres");
  }
  make(first_ + "/lib/pgrec_one.so");
  make(second_ + "/lib/pgrec_one.so");
  make(second_ + "/lib/pgrec_two.so");
  // Of installed servers: PATH has its bin.
  ::setenv("PATH", (second_ + "/bin:" + path_).c_str(), 1);
  EXPECT_EQ(found("pgrec_two"), second_ + "/lib/pgrec_two.so");
  EXPECT_EQ(found("pgrec_one.so"), second_ + "/lib/pgrec_one.so");
  // Those that run come first.
  const std::uint32_t one = run(first_ + "/bin/postgres");
  EXPECT_EQ(found("pgrec_one"), first_ + "/lib/pgrec_one.so");
  EXPECT_EQ(found("pgrec_two"), second_ + "/lib/pgrec_two.so");
  const std::uint32_t two = run(second_ + "/bin/postgres");
  EXPECT_TRUE(found("pgrec_one").starts_with("there are 2 different libraries called pgrec_one: "));
  EXPECT_EQ(found("pgrec_one", {one}), first_ + "/lib/pgrec_one.so");
  EXPECT_EQ(found("pgrec_one", {two}), second_ + "/lib/pgrec_one.so");
  EXPECT_TRUE(found("pgrec_three").starts_with("there is no binary called pgrec_three, "));
}

TEST_F(ServerBinaryTest, OfALibraryIsTheServerOfItsInstallation) {
  fs::create_directories(first_ + "/lib");
  fs::create_directories(first_ + "/bin");
  const std::string library = first_ + "/lib/plpgsql.so";
  make(library);
  EXPECT_FALSE(find_server_of_library(library, {}));
  make(first_ + "/bin/postgres");
  EXPECT_EQ(find_server_of_library(library, {}).value().path, first_ + "/bin/postgres");
  EXPECT_FALSE(find_server_of_library(first_ + "/lib/gone.so", {}));
  const auto own = static_cast<std::uint32_t>(::getpid());
  EXPECT_EQ(find_server_of_library(library, {own}).value().name,
            fs::read_symlink("/proc/self/exe").string());
}

TEST(WithoutDeleted, LeavesWhatAFileIsCalled) {
  EXPECT_EQ(without_deleted("/bin/postgres (deleted)"), "/bin/postgres");
  EXPECT_EQ(without_deleted("/bin/postgres (deleted) (deleted)"), "/bin/postgres (deleted)");
  EXPECT_EQ(without_deleted("/bin/postgres(deleted)"), "/bin/postgres(deleted)");
  EXPECT_EQ(without_deleted(""), "");
}

}  // namespace
}  // namespace pgrec
