// Covers record/host/kernel_version.h: versions of releases as distributions write them.
#include "record/host/kernel_version.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr KernelVersion kNone{};

TEST(KernelVersion, IsTheBeginningOfARelease) {
  EXPECT_EQ(kernel_version("6.1.0-48-cloud-amd64"), (KernelVersion{6, 1}));
  EXPECT_EQ(kernel_version("5.14.0-427.13.1.el9_4.x86_64"), (KernelVersion{5, 14}));
  EXPECT_EQ(kernel_version("6.12+deb13-amd64"), (KernelVersion{6, 12}));
  EXPECT_EQ(kernel_version("7.0"), (KernelVersion{7, 0}));
}

TEST(KernelVersion, IsNoneWhereTheReleaseBeginsOtherwise) {
  for (const char* release : {"", "6", "6.", "6-rc1", "linux-6.1", "."})
    EXPECT_EQ(kernel_version(release), kNone) << release;
}

TEST(KernelVersion, IsOrderedByNumbers) {
  EXPECT_LT((KernelVersion{5, 15}), (KernelVersion{6, 1}));
  EXPECT_LT((KernelVersion{6, 6}), (KernelVersion{6, 12}));
}

TEST(KernelVersion, OfTheRunningKernelIsThatOfItsRelease) {
  EXPECT_EQ(running_kernel(), kernel_version(kernel_release()));
  EXPECT_GT(running_kernel(), kNone);
}

}  // namespace
}  // namespace pgrec
