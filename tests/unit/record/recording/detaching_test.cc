// Covers record/recording/detaching.h: the words for how far it is.
#include "record/recording/detaching.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using std::chrono::seconds;

TEST(DetachingText, ExpectsOfTheRestWhatTheFirstTook) {
  EXPECT_EQ(detaching_text(100, 400, seconds(10), seconds(100)),
            "taking out the probes: 100 of 400, about 31 s to go; Ctrl-C leaves it to the kernel");
}

TEST(DetachingText, SaysWhatWasExpectedUntilTheFirstIsGone) {
  EXPECT_EQ(detaching_text(0, 1200, seconds(5), seconds(100)),
            "taking out the probes: 0 of 1,200, about 101 s to go; Ctrl-C leaves it to the kernel");
}

}  // namespace
}  // namespace pgrec
