// Covers record/host/proc_path.h.
#include "record/host/proc_path.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(ProcPath, IsThatOfAProcessOrOfOneOfItsFiles) {
  EXPECT_EQ(proc_path(12), "/proc/12");
  EXPECT_EQ(proc_path(4194304, "root/tmp"), "/proc/4194304/root/tmp");
}

}  // namespace
}  // namespace pgrec
