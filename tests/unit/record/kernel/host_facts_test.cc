// Covers record/kernel/host_facts.h: the state of the lockdown.
#include "record/kernel/host_facts.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(LockdownState, IsTheOneInBrackets) {
  EXPECT_EQ(lockdown("[none] integrity confidentiality"), Lockdown::kNone);
  EXPECT_EQ(lockdown("none [integrity] confidentiality"), Lockdown::kIntegrity);
  EXPECT_EQ(lockdown("none integrity [confidentiality]"), Lockdown::kConfidentiality);
  EXPECT_EQ(lockdown(""), Lockdown::kNotTold);
}

}  // namespace
}  // namespace pgrec
