// Covers record/server/known_version.h: which versions are known.
#include "record/server/known_version.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(KnownVersion, IsOneOfThirteenToEighteen) {
  EXPECT_EQ(known_version("13.23"), 13);
  EXPECT_EQ(known_version("15.18 (Debian 15.18-0+deb12u1)"), 15);
  EXPECT_EQ(known_version("18.4"), 18);
  EXPECT_EQ(known_version("18beta1"), 18);
  EXPECT_EQ(known_versions(), "13 to 18");
}

TEST(KnownVersion, IsNoneBelowAboveOrInDevelopment) {
  for (const char* other : {"12.22", "10.23", "9.6.24", "19.0", "19devel", "18devel", "", "devel"})
    EXPECT_EQ(known_version(other), 0) << other;
}

}  // namespace
}  // namespace pgrec
