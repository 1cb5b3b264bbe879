// Covers format/print/name_list.h: lists on a command line and in files, and what is no list.
#include "format/print/name_list.h"

#include <gtest/gtest.h>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

TEST(SplitAtCommas, TakesListsApart) {
  EXPECT_EQ(split_at_commas({"a, b ,\tc", "d"}), (Names{"a", "b", "c", "d"}));
}

TEST(SplitAtCommas, PassesOverEmptyParts) {
  EXPECT_EQ(split_at_commas({"", ",a,,", "  ", ", ,b"}), (Names{"a", "b"}));
}

TEST(SplitAtCommas, LeavesBlanksInsideAName) {
  EXPECT_EQ(split_at_commas({" a b "}), Names{"a b"});
}

TEST(SplitAtCommas, LeavesCommasInParentheses) {
  EXPECT_EQ(split_at_commas({"add(int, long),f"}), (Names{"add(int, long)", "f"}));
  EXPECT_EQ(split_at_commas({"f),g,h(,i"}), (Names{"f)", "g", "h(,i"}));
}

class NameLists : public testing::Test {
 protected:
  // "@FILE" of a file that has this.
  std::string list(std::string_view text, const std::string& name = "list") {
    test::write_file(directory_.file(name), Bytes(text.begin(), text.end()));
    return "@" + directory_.file(name);
  }
  Names names(std::string_view text) { return read_names({list(text)}, "-f").names; }
  // What is said of it, without the directory.
  std::string error(const std::string& lists) {
    try {
      read_names({lists}, "-f");
    } catch (const UsageError& error) {
      std::string what = error.what();
      const std::size_t at = what.find(directory_.path() + "/");
      return at == what.npos ? what : what.erase(at, directory_.path().size() + 1);
    }
    return "nothing thrown";
  }
  std::string error_in(std::string_view text) { return error(list(text)); }

  test::TemporaryDirectory directory_;
};

TEST_F(NameLists, HaveOneOrMoreNamesALine) {
  EXPECT_EQ(names("a\nb\nc\n"), (Names{"a", "b", "c"}));
  EXPECT_EQ(names("a, b,c\n\n\td  e*\r\n,f,\n g"), (Names{"a", "b", "c", "d", "e*", "f", "g"}));
  EXPECT_EQ(names("usdt:lwlock__*\nadd(int, long) shop::f(char, int),h"),
            (Names{"usdt:lwlock__*", "add(int, long)", "shop::f(char, int)", "h"}));
}

TEST_F(NameLists, HaveRemarks) {
  EXPECT_EQ(names("# all\na # the first, (not b\n#b\n  # @c\nd#e"), (Names{"a", "d"}));
}

TEST_F(NameLists, StandAmongOtherNames) {
  const NameList all = read_names({"x," + list("a\n\nb") + ", y", list("c d\na", "other")}, "-f");
  EXPECT_EQ(all.names, (Names{"x", "a", "b", "y", "c", "d", "a"}));
  const std::string file = directory_.path();
  EXPECT_EQ(all.places, (NamePlaces{{"a", file + "/list:1"},
                                    {"b", file + "/list:3"},
                                    {"c", file + "/other:1"},
                                    {"d", file + "/other:1"}}));
  EXPECT_EQ(place_text(all.places, "b"), " (" + file + "/list:3)");
  EXPECT_EQ(place_text(all.places, "x"), "");
}

TEST_F(NameLists, ThatCannotBeReadAreNamed) {
  EXPECT_EQ(error("a,@" + directory_.file("none")),
            "-f: cannot read the list none: No such file or directory");
  EXPECT_EQ(error("@" + directory_.path()),
            "-f: cannot read the list " + directory_.path() + ": Is a directory");
  EXPECT_EQ(error("@"), "-f: cannot read the list : No such file or directory");
  EXPECT_EQ(error_in(std::string((1u << 20) + 1, ' ')),
            "-f: cannot read the list list: it is longer than a list can be");
}

TEST_F(NameLists, WithoutNamesAreErrors) {
  EXPECT_EQ(error_in(""), "-f: the list list names nothing");
  EXPECT_EQ(error_in("# nothing\n ,,\n"), "-f: the list list names nothing");
}

TEST_F(NameLists, SayInWhichLineTheyAreNone) {
  EXPECT_EQ(error_in("a\nb f(int, long\nc)"),
            "-f: list:2: 'f(int, long' has a parenthesis that is not closed");
  EXPECT_EQ(error_in("a\n\n@b\n"), "-f: list:3: '@b': a list cannot name another");
  EXPECT_EQ(error_in(std::string_view("\x7f"
                                      "ELF\n\0\n",
                                      7)),
            "-f: list:2: it is no text");
}

}  // namespace
}  // namespace pgrec
