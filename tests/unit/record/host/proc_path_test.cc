// Covers record/host/proc_path.h.
#include "record/host/proc_path.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace pgrec {
namespace {

TEST(ProcPath, IsThatOfAProcessOrOfOneOfItsFiles) {
  EXPECT_EQ(proc_path(12), "/proc/12");
  EXPECT_EQ(proc_path(4194304, "root/tmp"), "/proc/4194304/root/tmp");
}

TEST(PidNamespace, IsTheNumberThatTheKernelShows) {
  const auto own = pid_namespace(static_cast<std::uint32_t>(::getpid()));
  ASSERT_TRUE(own);
  EXPECT_EQ("pid:[" + std::to_string(*own) + "]",
            std::filesystem::read_symlink("/proc/self/ns/pid").string());
  EXPECT_EQ(own_pid_namespace(), own);
  EXPECT_FALSE(pid_namespace(4194305));
}

}  // namespace
}  // namespace pgrec
