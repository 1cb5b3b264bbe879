// Covers format/print/printable.h: what a terminal may be given, and what stands for the rest.
#include "format/print/printable.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

TEST(Printable, LeavesWhatATerminalOnlyShows) {
  const std::string text = "SELECT 'gr\xC3\xBC\xC3\x9F', E'\\n' \xE2\x82\xAC \xF0\x9F\x90\x98 ~";
  EXPECT_EQ(printable(text), text);
  EXPECT_EQ(printable(""), "");
}

TEST(Printable, WritesOutEveryControlCharacter) {
  for (int byte = 0; byte < 0x100; ++byte) {
    const std::string shown = printable(std::string(1, static_cast<char>(byte)));
    const bool is_plain = byte >= ' ' && byte <= '~';
    EXPECT_EQ(shown.size() == 1, is_plain) << byte;
    for (const char c : shown)
      EXPECT_TRUE(c >= ' ' && c <= '~') << byte;
  }
  EXPECT_EQ(printable("\x1B[31m"), "\\x1B[31m");
  EXPECT_EQ(printable("a\n\tb\r"), "a\\n\\tb\\r");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\x7F"), "\\x7F");
}

TEST(Printable, WritesOutControlCharactersOfTwoBytes) {
  EXPECT_EQ(printable("\xC2\x80\xC2\x9B\xC2\x9F"), "\\u0080\\u009B\\u009F");
  EXPECT_EQ(printable("\xC2\xA0"), "\xC2\xA0");
}

TEST(Printable, WritesOutWhatTurnsTheDirectionOrEndsALine) {
  EXPECT_EQ(printable("\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xAE\xE2\x80\xAF"),
            "\xE2\x80\xA7\\u2028\\u202E\xE2\x80\xAF");
  EXPECT_EQ(printable("\xE2\x81\xA5\xE2\x81\xA6\xE2\x81\xA9\xE2\x81\xAA"),
            "\xE2\x81\xA5\\u2066\\u2069\xE2\x81\xAA");
}

TEST(Printable, WritesOutEachByteThatIsNoPartOfUtf8) {
  EXPECT_EQ(printable("\xFF\xC3"), "\\xFF\\xC3");
  EXPECT_EQ(printable("\xC3z\x80"), "\\xC3z\\x80");
  EXPECT_EQ(printable("\xC0\x9B"), "\\xC0\\x9B");                    // longer than it need be
  EXPECT_EQ(printable("\xE0\x82\x9B"), "\\xE0\\x82\\x9B");           // the same
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // half of a pair
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // beyond Unicode
}

TEST(Printable, LeavesWhatIsPrintableAlready) {
  const std::string once = printable("\x1B\xFF\n\xC2\x9B\xE2\x80\xAE");
  EXPECT_EQ(printable(once), once);
}

TEST(UnfinishedBytes, AreThoseOfACharacterThatIsNotWhole) {
  EXPECT_EQ(unfinished_bytes("ab"), 0u);
  EXPECT_EQ(unfinished_bytes("\xC3"), 1u);
  EXPECT_EQ(unfinished_bytes("a\xE2\x82"), 2u);
  EXPECT_EQ(unfinished_bytes("\xF0\x9F\x90"), 3u);
  EXPECT_EQ(unfinished_bytes("\xF0\x9F\x90\x98"), 0u);
  EXPECT_EQ(unfinished_bytes("\xE0\x80"), 0u);  // no character begins so
  EXPECT_EQ(unfinished_bytes("\x80\x80"), 0u);
  EXPECT_EQ(unfinished_bytes(""), 0u);
}

TEST(ColumnsOf, CountsCharacters) {
  EXPECT_EQ(columns_of("gr\xC3\xBC\xC3\x9F"), 4u);
}

TEST(PrintLine, IsOneLineWhateverIsInIt) {
  std::ostringstream out;
  print_line(out, "a\nhint: b");
  EXPECT_EQ(out.str(), "a\\nhint: b\n");
}

TEST(OneLine, MakesRunsOfBlanksOneBlank) {
  EXPECT_EQ(one_line("  a \n\t b\r\n", 80), "a b");
}

TEST(OneLine, LeavesATextOfItsWidth) {
  EXPECT_EQ(one_line("abc", 3), "abc");
}

TEST(OneLine, CutsALongerTextWithDots) {
  EXPECT_EQ(one_line("abcd", 3), "abc...");
}

TEST(OneLine, CutsBetweenCharacters) {
  EXPECT_EQ(one_line("\xC3\xA4\xC3\xB6\xC3\xBC", 2), "\xC3\xA4\xC3\xB6...");
}

TEST(OneLine, DoesNotCutOffBlanksAtTheEnd) {
  EXPECT_EQ(one_line("abc \n", 3), "abc");
}

TEST(OneLine, CutsBeforeAnEscapeThatDoesNotFit) {
  EXPECT_EQ(one_line("ab\x1B", 6), "ab\\x1B");
  EXPECT_EQ(one_line("ab\x1B", 5), "ab...");
}

TEST(OneLine, CutsBehindABlankThatFits) {
  EXPECT_EQ(one_line("ab d", 3), "ab ...");
}

TEST(OneLine, TakesNoControlCharacterForABlank) {
  EXPECT_EQ(one_line("a\x01 \x1B", kAnyWidth), "a\\x01 \\x1B");
}

TEST(OneLine, OfNothingIsNothing) {
  EXPECT_EQ(one_line(" \n", 3), "");
}

TEST(CutTo, LeavesWhatFits) {
  EXPECT_EQ(cut_to("abc", 3), "abc");
  EXPECT_EQ(cut_to("äöü", 3), "äöü");
  EXPECT_EQ(cut_to("", 1), "");
  EXPECT_EQ(cut_to(std::string(200, 'x'), kAnyWidth), std::string(200, 'x'));
}

TEST(CutTo, EndsWithOneCharacterWhereItCuts) {
  EXPECT_EQ(cut_to("abcd", 3), "ab…");
  EXPECT_EQ(cut_to("äöüß", 3), "äö…");
  EXPECT_EQ(cut_to("ab", 1), "…");
}

TEST(CutTo, CountsWhatIsPrinted) {
  EXPECT_EQ(cut_to("\x1B[2J", 8), "\\x1B[2J");
  EXPECT_EQ(cut_to("\x1B[2J", 6), "\\x1B[…");
}

}  // namespace
}  // namespace pgrec
