// Covers record/host/process_tree.h.
#include "record/host/process_tree.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/child_process.h"

namespace pgrec {
namespace {

TEST(ProcessTree, AProcessRunsUntilItHasEndedAlsoWhereNobodyWaitsForIt) {
  test::ChildProcess child([](test::ChildProcess& self) { self.step(); });
  child.wait_for_step();
  const auto pid = static_cast<std::uint32_t>(child.pid());
  EXPECT_TRUE(is_running(pid));
  EXPECT_EQ(parent_of(pid), static_cast<std::uint32_t>(::getpid()));
  child.go_on();
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, pid, &ended, WEXITED | WNOWAIT), 0);
  EXPECT_FALSE(is_running(pid));
  child.wait();
  EXPECT_FALSE(is_running(pid));
}

TEST(ProcessTree, DescendantsOfAProcessAreFoundWhateverTheirDepth) {
  const auto own = static_cast<std::uint32_t>(::getpid());
  test::ChildProcess child([](test::ChildProcess& self) {
    test::ChildProcess grandchild([](test::ChildProcess& inner) { inner.step(); });
    grandchild.wait_for_step();
    self.step();
    grandchild.go_on();
    grandchild.wait();
  });
  child.wait_for_step();
  EXPECT_EQ(with_descendants({static_cast<std::uint32_t>(child.pid())}).size(), 2u);
  EXPECT_EQ(with_descendants({own}).size(), 3u);
  child.go_on();
  child.wait();
}

}  // namespace
}  // namespace pgrec
