// Covers analyze/report/next_step.h. What a shell makes of a word is asked of bash.
#include "analyze/report/next_step.h"

#include <gtest/gtest.h>

#include <cstdio>

#include "format/print/printable.h"

namespace pgrec {
namespace {

TEST(ShellWord, LeavesPlainWords) {
  EXPECT_EQ(shell_word("run1.pgt"), "run1.pgt");
  EXPECT_EQ(shell_word("/a/b-c_d:1,2@x%+"), "/a/b-c_d:1,2@x%+");
}

TEST(ShellWord, QuotesWhatMeansSomething) {
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("~x"), "'~x'");
  EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
  EXPECT_EQ(shell_word("ä"), "'ä'");
}

TEST(ShellWord, EscapesWhatIsNotPrintable) {
  EXPECT_EQ(shell_word("it's"), "$'it\\'s'");
  EXPECT_EQ(shell_word("a\nb\tc\\"), "$'a\\nb\\tc\\\\'");
  EXPECT_EQ(shell_word("\x1B[2J\xFF"), "$'\\x1B[2J\\xFF'");
  EXPECT_EQ(shell_word("\xE2\x80\xAE"), "$'\\xE2\\x80\\xAE'");
}

// What bash reads `word` as.
std::string read_by_bash(const std::string& word) {
  std::string quoted_for_sh = "bash -c 'printf %s ";
  for (const char c : word)
    quoted_for_sh += c == '\'' ? std::string("'\\''") : std::string(1, c);
  FILE* const pipe = ::popen((quoted_for_sh + "'").c_str(), "r");
  std::string read;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    read += static_cast<char>(c);
  ::pclose(pipe);
  return read;
}

TEST(ShellWord, IsReadBackByteForByte) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte)
    all += static_cast<char>(byte);
  for (const std::string& word :
       {all, all + all, std::string("a'b\"c`d$e\\f!g*h?i[j]k{l}m;n&o|p<q>r#s"),
        std::string("\x01"
                    "1\xFF"
                    "f"),
        std::string("-x"), std::string("=ls"), std::string("ä 'ö'")}) {
    EXPECT_EQ(printable(shell_word(word)), shell_word(word));
    EXPECT_EQ(read_by_bash(shell_word(word)), word);
  }
}

TEST(NextLine, IsTheCommandAndWhy) {
  EXPECT_EQ(next_line({"pgrec", "analyze", "run 1.pgt", "--execution", "4711"},
                      "one execution in order of time"),
            "next: pgrec analyze 'run 1.pgt' --execution 4711   one execution in order of time");
  EXPECT_EQ(next_line({"pgrec", "locks", "a.pgt"}), "next: pgrec locks a.pgt");
}

}  // namespace
}  // namespace pgrec
