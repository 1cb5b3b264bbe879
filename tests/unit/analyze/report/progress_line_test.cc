// Covers analyze/report/progress_line.h: nothing is said where nobody looks.
#include "analyze/report/progress_line.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(ProgressLineTest, IsNotThereWhereStderrIsNoTerminal) {
  testing::internal::CaptureStderr();
  ProgressLine line;
  EXPECT_FALSE(line.progress());
  line.clear();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace pgrec
