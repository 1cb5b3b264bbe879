// Covers format/frame/file_sync.h: which policy waits for the disk, and that a failure surfaces.
#include "format/frame/file_sync.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::error_of;

// A file that cannot be synced.
class FailingSync : public testing::Test {
 protected:
  File file_{-1, "run1.pgt"};
  static constexpr const char* kError = "cannot write run1.pgt to the disk: Bad file descriptor / ";
};

TEST_F(FailingSync, IsNotAskedForWhereItIsOff) {
  FileSync sync(file_, Sync::kOff);
  sync.written(true);
  sync.finish();
}

TEST_F(FailingSync, SurfacesAfterAChunk) {
  FileSync sync(file_, Sync::kEveryChunk);
  EXPECT_EQ(error_of([&] { sync.written(true); }), kError);
}

TEST_F(FailingSync, IsNotAskedForAfterLessThanAChunk) {
  FileSync sync(file_, Sync::kEveryChunk);
  sync.written(false);
}

TEST_F(FailingSync, SurfacesAtTheEnd) {
  for (const Sync policy : {Sync::kEverySecond, Sync::kEveryChunk}) {
    FileSync sync(file_, policy);
    EXPECT_EQ(error_of([&] { sync.finish(); }), kError);
  }
}

TEST_F(FailingSync, OfTheThreadSurfacesWithALaterWrite) {
  FileSync sync(file_, Sync::kEverySecond);
  std::string error = "nothing thrown";
  while (error == "nothing thrown")
    error = error_of([&] { sync.written(false); });
  EXPECT_EQ(error, kError);
}

TEST_F(FailingSync, SurfacesWithEveryLaterWrite) {
  FileSync sync(file_, Sync::kEverySecond);
  while (error_of([&] { sync.written(false); }) != kError) {
  }
  EXPECT_EQ(error_of([&] { sync.written(false); }), kError);
  EXPECT_EQ(error_of([&] { sync.finish(); }), kError);
}

TEST(FileSyncTest, OfADeviceIsPassedOver) {
  File file(::open("/dev/null", O_RDWR | O_CLOEXEC), "null");
  FileSync sync(file, Sync::kEveryChunk);
  sync.written(true);
  sync.finish();
}

TEST(FileSyncTest, LeavesTheFileAsItWasWritten) {
  for (const Sync policy : {Sync::kOff, Sync::kEverySecond, Sync::kEveryChunk}) {
    test::TraceFile trace;
    trace.replace(Bytes{1, 2, 3});
    File file(::open(trace.path().c_str(), O_RDWR | O_CLOEXEC), trace.path());
    FileSync sync(file, policy);
    file.write(3, Bytes{4});
    sync.written(true);
    sync.finish();
    EXPECT_EQ(trace.bytes(), (Bytes{1, 2, 3, 4}));
  }
}

}  // namespace
}  // namespace pgrec
