// Covers record/host/process_status.h: lines as the kernel writes them, and processes that give
// themselves names that look like other lines.
#include "record/host/process_status.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <functional>
#include <sstream>

#include "record/host/proc_path.h"
#include "record/host/process_tree.h"
#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

std::optional<std::uint32_t> number_in(const std::string& text, std::string_view key) {
  std::istringstream status(text);
  return status_number(status, key);
}

TEST(ProcessStatus, IsTheNumberOfItsLine) {
  const std::string status = "Name:\tsh\nTgid:\t12\nPPid:\t7\nUid:\t0\t1\t2\t3\nThreads:\t1\n";
  EXPECT_EQ(number_in(status, "Tgid"), 12u);
  EXPECT_EQ(number_in(status, "PPid"), 7u);
  EXPECT_EQ(number_in(status, "Uid"), 0u);
  EXPECT_EQ(number_in(status, "Threads"), 1u);
}

TEST(ProcessStatus, HasSeveralNumbersInALine) {
  const auto last = [](const std::string& text) {
    std::istringstream status(text);
    return last_status_number(status, "NSpid");
  };
  EXPECT_EQ(last("Pid:\t7\nNSpid:\t4711\t57\t3\nX:\t1\n"), 3u);
  EXPECT_EQ(last("NSpid:\t4711\n"), 4711u);
  EXPECT_EQ(last("NSpid:\t\n"), std::nullopt);
  EXPECT_EQ(last("Pid:\t7\n"), std::nullopt);
  EXPECT_EQ(last_status_number("/proc/self/status", "NSpid"), ::getpid());
}

TEST(ProcessStatus, HasNoNumberWithoutItsLine) {
  EXPECT_EQ(number_in("", "PPid"), std::nullopt);
  EXPECT_EQ(number_in("Name:\tsh\n", "PPid"), std::nullopt);
  EXPECT_EQ(number_in("Name:\tsh\n", "Name"), std::nullopt);
  EXPECT_EQ(number_in("PPid:\t\n", "PPid"), std::nullopt);
  EXPECT_EQ(number_in("PPid:\t-1\n", "PPid"), std::nullopt);
  EXPECT_EQ(number_in("PPid:\t4294967296\n", "PPid"), std::nullopt);
  EXPECT_EQ(number_in("NSPPid:\t5\nPPidX:\t6\nPPid\t7\n PPid:\t8\n", "PPid"), std::nullopt);
  EXPECT_EQ(status_number("/no/such/file", "PPid"), std::nullopt);
}

// Calls `look` while a child has that name.
void with_name(const char* name, const std::function<void(std::uint32_t)>& look) {
  test::ChildProcess child([name](test::ChildProcess& self) {
    ::prctl(PR_SET_NAME, name);
    self.step();
  });
  child.wait_for_step();
  look(static_cast<std::uint32_t>(child.pid()));
  child.go_on();
  child.wait();
}

TEST(ProcessStatus, ANameIsNoLineOfItsOwn) {
  for (const char* name :
       {"PPid: 1", "PPid:\t1", "x PPid: 1", "\nPPid:\t1", "a\n\nPPid: 1", "\\nPPid:\t1",
        "\\\nPPid: 1", "\rPPid: 1", "Tgid: 1", "\nTgid:\t1", "x\nTgid: 1", ":", "", " "}) {
    with_name(name, [name](std::uint32_t pid) {
      EXPECT_EQ(parent_of(pid), static_cast<std::uint32_t>(::getpid())) << name;
      EXPECT_EQ(process_of_thread(pid), pid) << name;
      EXPECT_EQ(status_number(proc_path(pid, "status"), "PPid"), parent_of(pid)) << name;
    });
  }
}

TEST(ProcessStatus, ANameMakesNoProcessTheChildOfAnother) {
  test::ChildProcess victim([](test::ChildProcess& self) { self.step(); });
  victim.wait_for_step();
  const auto victims_pid = static_cast<std::uint32_t>(victim.pid());
  with_name(("PPid: " + std::to_string(victims_pid)).c_str(), [&](std::uint32_t) {
    EXPECT_EQ(with_descendants({victims_pid}), std::vector<std::uint32_t>{victims_pid});
  });
  victim.go_on();
  victim.wait();
}

}  // namespace
}  // namespace pgrec
