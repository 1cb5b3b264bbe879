// Covers record/host/file_identity.h: paths inside another root directory.
#include "record/host/file_identity.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

namespace fs = std::filesystem;
using test::TemporaryDirectory;
using test::write_file;

class PathInRootTest : public testing::Test {
 protected:
  PathInRootTest() {
    fs::create_directories(root() + "/usr/lib");
    write_file(root() + "/usr/lib/server", {});
  }
  std::string root() const { return directory_.path(); }
  void link(const std::string& name, const std::string& target) {
    fs::create_symlink(target, root() + name);
  }
  // The path without the root; "-" for nothing.
  std::string found(const std::string& path) const {
    const auto inside = path_in_root(root(), path);
    return inside ? inside->substr(root().size()) : "-";
  }

  TemporaryDirectory directory_;
};

TEST_F(PathInRootTest, IsThePathItself) {
  EXPECT_EQ(found("/usr/lib/server"), "/usr/lib/server");
  EXPECT_EQ(found("/usr//lib/./server"), "/usr/lib/server");
}

TEST_F(PathInRootTest, FollowsLinksInside) {
  link("/lib", "usr/lib");
  link("/usr/absolute", "/usr/lib/server");
  link("/usr/twice", "absolute");
  EXPECT_EQ(found("/lib/server"), "/usr/lib/server");
  EXPECT_EQ(found("/usr/absolute"), "/usr/lib/server");
  EXPECT_EQ(found("/usr/twice"), "/usr/lib/server");
}

TEST_F(PathInRootTest, NeverLeavesTheRoot) {
  link("/up", "../../../../usr/lib/server");
  EXPECT_EQ(found("/up"), "/usr/lib/server");
  EXPECT_EQ(found("/../../usr/lib/server"), "/usr/lib/server");
}

TEST_F(PathInRootTest, IsNothingWhereThereIsNoFile) {
  link("/around", "around");
  EXPECT_EQ(found("/usr/lib"), "-");
  EXPECT_EQ(found("/usr/lib/none"), "-");
  EXPECT_EQ(found("/around"), "-");
}

}  // namespace
}  // namespace pgrec
