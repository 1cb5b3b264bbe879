// Covers analyze/trace/set_paths.h: files, directories and patterns.
#include "analyze/trace/set_paths.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Paths = std::vector<std::string>;

class SetPathsTest : public testing::Test {
 protected:
  SetPathsTest() {
    for (const char* name : {"b.pgt", "a.pgt", "c.txt"})
      test::write_file(file(name), {});
    std::filesystem::create_directory(file("d.pgt"));
  }
  std::string file(const std::string& name) const { return directory_.file(name); }
  const std::string& directory() const { return directory_.path(); }

  test::TemporaryDirectory directory_;
};

TEST_F(SetPathsTest, TakesFilesAsTheyAre) {
  EXPECT_EQ(set_paths({file("c.txt"), file("none"), file("c.txt")}),
            (Paths{file("c.txt"), file("none")}));
}

TEST_F(SetPathsTest, TakesTheTracesOfADirectory) {
  EXPECT_EQ(set_paths({directory(), file("b.pgt")}), (Paths{file("a.pgt"), file("b.pgt")}));
  EXPECT_EQ(test::error_of([&] { set_paths({file("d.pgt")}); }),
            "there is no trace in " + file("d.pgt") + " / a trace is a file that ends with .pgt");
}

TEST_F(SetPathsTest, TakesAPatternUnlessAFileIsCalledSo) {
  EXPECT_EQ(set_paths({file("?.pgt")}), (Paths{file("a.pgt"), file("b.pgt"), file("d.pgt")}));
  EXPECT_EQ(test::error_of([&] { set_paths({file("z*")}); }),
            "no file is called like " + file("z*") + " / ");
  test::write_file(file("z*"), {});
  test::write_file(file("zz"), {});
  EXPECT_EQ(set_paths({file("z*")}), (Paths{file("z*")}));
}

}  // namespace
}  // namespace pgrec
