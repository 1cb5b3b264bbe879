// Covers record/recording/server_processes.h: this test program has variables of a server, and is
// read like one.
#include "record/recording/server_processes.h"

#include <gtest/gtest.h>
#include <unistd.h>

// Named as in PostgreSQL. Not constant, so that they stand in memory.
extern "C" {
std::uint64_t MyProcPort = 0;
const char* debug_query_string = "SELECT 1";
const char* application_name = "psql";
}

namespace pgrec {
namespace {

class ServerProcesses : public testing::Test {
 protected:
  ServerProcesses() {
    activity_.image = read_elf("/proc/self/exe");
    activity_.hooks.server.client = activity_.image.find_variable("MyProcPort")->address;
    MyProcPort = 1;
  }
  std::vector<ServerProcess> found(const std::vector<std::uint32_t>& pids,
                                   std::size_t text_limit_bytes = 100) const {
    return server_processes(activity_, identity("/proc/self/exe"), pids, text_limit_bytes);
  }
  static std::uint32_t pid() { return static_cast<std::uint32_t>(::getpid()); }

  RecordingPlan::Activity activity_;
};

TEST_F(ServerProcesses, AreFoundWithWhatTheyRun) {
  const auto processes = found({pid()});
  ASSERT_EQ(processes.size(), 1u);
  EXPECT_EQ(processes[0].pid, pid());
  EXPECT_TRUE(processes[0].client);
  EXPECT_EQ(processes[0].query, "SELECT 1");
  EXPECT_EQ(processes[0].application, "psql");
}

TEST_F(ServerProcesses, AreLookedForAmongAllWhereNoneAreNamed) {
  bool self = false;
  for (const ServerProcess& process : found({}))
    self = self || process.pid == pid();
  EXPECT_TRUE(self);
}

TEST_F(ServerProcesses, AreOnlyThoseThatRunTheFile) {
  EXPECT_TRUE(server_processes(activity_, identity("/bin/sh"), {pid()}, 100).empty());
  EXPECT_TRUE(found({4194305}).empty());
}

TEST_F(ServerProcesses, HaveTextsUpToTheLimit) {
  const auto processes = found({pid()}, 6);
  ASSERT_EQ(processes.size(), 1u);
  EXPECT_EQ(processes[0].query, "SELECT");
  EXPECT_TRUE(processes[0].cut);
}

}  // namespace
}  // namespace pgrec
