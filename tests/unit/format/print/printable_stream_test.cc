// Covers format/print/printable_stream.h: what comes out of a stream, however it was written to it.
#include "format/print/printable_stream.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace pgrec {
namespace {

TEST(PrintableStream, MakesPrintableWhatIsWrittenToTheStream) {
  std::ostringstream out;
  {
    const PrintableStream printable(out);
    out << "a\x1B[2J" << '\x07' << 7 << "\n\xFF" << std::endl;
  }
  EXPECT_EQ(out.str(), "a\\x1B[2J\\x077\n\\xFF\n");
}

TEST(PrintableStream, LeavesEndsOfLinesAndOtherWriting) {
  std::ostringstream out;
  {
    const PrintableStream printable(out);
    out << "gr\xC3\xBC\xC3\x9F\n\n~ \\x1B\n";
  }
  EXPECT_EQ(out.str(), "gr\xC3\xBC\xC3\x9F\n\n~ \\x1B\n");
}

TEST(PrintableStream, PutsTogetherACharacterThatIsWrittenInParts) {
  std::ostringstream out;
  {
    const PrintableStream printable(out);
    out << "\xE2" << '\x82' << "\xAC"
        << "\xC2"
        << "\x9B"
        << "\xC3"
        << "z";
  }
  EXPECT_EQ(out.str(), "\xE2\x82\xAC\\u009B\\xC3z");
}

TEST(PrintableStream, HoldsNothingBackWhenItIsFlushed) {
  std::ostringstream out;
  const PrintableStream printable(out);
  out << "a\xC3" << std::flush;
  EXPECT_EQ(out.str(), "a\\xC3");
}

TEST(PrintableStream, EndsWithWhatWasNotWhole) {
  std::ostringstream out;
  {
    const PrintableStream printable(out), again(out);
    out << "\xE2\x82";
  }
  EXPECT_EQ(out.str(), "\\xE2\\x82");
}

TEST(PrintableStream, LetsPassWhatIsWrittenExactly) {
  std::ostringstream out;
  {
    const PrintableStream printable(out);
    out << "\x1B";
    write_exactly(out, "\x1B\xFF\n");
    out << "\x1B";
  }
  write_exactly(out, "\x07");
  EXPECT_EQ(out.str(), "\\x1B\x1B\xFF\n\\x1B\x07");
}

TEST(PrintableStream, FailsWhereWritingFails) {
  std::ofstream full("/dev/full");
  const PrintableStream printable(full);
  full << "a\x1B" << std::flush;
  EXPECT_FALSE(full);
  full.clear();
  write_exactly(full, std::string(1u << 16, 'x'));
  full.flush();
  EXPECT_FALSE(full);
}

}  // namespace
}  // namespace pgrec
