// Covers analyze/report/layout.h, with a real terminal.
#include "analyze/report/layout.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "format/error.h"

namespace pgrec {
namespace {

class LayoutTest : public testing::Test {
 protected:
  LayoutTest() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(person_);
    ::unlockpt(person_);
    terminal_ = ::open(::ptsname(person_), O_RDWR | O_NOCTTY | O_CLOEXEC);
    ::unsetenv("COLUMNS");
  }
  ~LayoutTest() override {
    ::unsetenv("COLUMNS");
    ::close(terminal_);
    ::close(person_);
  }
  void resize(unsigned short columns) const {
    const winsize size{24, columns, 0, 0};
    ASSERT_EQ(::ioctl(person_, TIOCSWINSZ, &size), 0);
  }

  int person_;
  int terminal_ = -1;
};

TEST_F(LayoutTest, IsThatOfTheTerminal) {
  ::setenv("COLUMNS", "90", 1);
  resize(132);
  EXPECT_EQ(terminal_width(terminal_), 132u);
}

TEST_F(LayoutTest, IsNoNarrowerThanATableCanBe) {
  resize(20);
  EXPECT_EQ(terminal_width(terminal_), 40u);
}

TEST_F(LayoutTest, IsWhatTheEnvironmentSaysWhereTheTerminalDoesNot) {
  resize(0);
  EXPECT_EQ(terminal_width(terminal_), 80u);
  ::setenv("COLUMNS", "100", 1);
  EXPECT_EQ(terminal_width(terminal_), 100u);
  ::setenv("COLUMNS", "wide", 1);
  EXPECT_EQ(terminal_width(terminal_), 80u);
}

TEST_F(LayoutTest, HasNoWidthWithoutATerminal) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(terminal_width(ends[1]), std::nullopt);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(ChooseLayout, TakesWhatIsAskedFor) {
  EXPECT_EQ(choose_layout(100, false).width, 100u);
  EXPECT_FALSE(choose_layout(100, false).wide);
  EXPECT_TRUE(choose_layout(std::nullopt, true).wide);
}

TEST(ChooseLayout, RefusesWhatIsNoWidth) {
  EXPECT_EQ(choose_layout(40, false).width, 40u);
  EXPECT_THROW(choose_layout(39, false), UsageError);
  EXPECT_THROW(choose_layout(-1, false), UsageError);
  EXPECT_THROW(choose_layout(80, true), UsageError);
}

}  // namespace
}  // namespace pgrec
