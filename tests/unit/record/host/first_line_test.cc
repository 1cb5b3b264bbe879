// Covers record/host/first_line.h.
#include "record/host/first_line.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace pgrec {
namespace {

TEST(FirstLine, IsWithoutItsEndAndEmptyWhereThereIsNone) {
  const std::string path = testing::TempDir() + "/first_line";
  std::ofstream(path) << "a b \nc\n";
  EXPECT_EQ(first_line(path), "a b ");
  std::ofstream(path) << "a";
  EXPECT_EQ(first_line(path), "a");
  std::ofstream(path).close();
  EXPECT_EQ(first_line(path), "");
  std::filesystem::remove(path);
  EXPECT_EQ(first_line(path), "");
}

}  // namespace
}  // namespace pgrec
