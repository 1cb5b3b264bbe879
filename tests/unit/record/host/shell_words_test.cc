// Covers record/host/shell_words.h: a line that a shell takes apart into the same words.
#include "record/host/shell_words.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(ShellLine, LeavesPlainWordsAsTheyAre) {
  EXPECT_EQ(shell_line({"./pgrec", "-x", "/usr/bin/a_b", "--label=run=3", "a,b@c%d+e:f"}),
            "./pgrec -x /usr/bin/a_b --label=run=3 a,b@c%d+e:f");
}

TEST(ShellLine, QuotesWhatAShellWouldChange) {
  EXPECT_EQ(shell_line({"sh", "-c", "exit 7"}), "sh -c 'exit 7'");
  EXPECT_EQ(shell_line({"heap_*", "$a", "~", "a\nb", "é"}), "'heap_*' '$a' '~' 'a\nb' 'é'");
}

TEST(ShellLine, KeepsQuotesAndEmptyWords) {
  EXPECT_EQ(shell_line({"it's", "", "\""}), R"('it'\''s' '' '"')");
}

TEST(ShellLine, IsEmptyOfNothing) {
  EXPECT_EQ(shell_line({}), "");
}

}  // namespace
}  // namespace pgrec
