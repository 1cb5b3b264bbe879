// Covers record/host/terminal.h, on a pseudoterminal: what is written to it, and what it is set to.
#include "record/host/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <sstream>

#include "format/print/printable_stream.h"
#include "record/host/descriptor.h"

namespace pgrec {
namespace {

constexpr int kAnswerMs = 600'000;
const std::string kTakenOver = "\033[?1049h\033[?25l\033[?7l";
const std::string kGivenBack = "\033[?7h\033[?25h\033[?1049l";

TEST(EraseLine, GoesPastWhatMakesAStreamPrintable) {
  std::ostringstream out;
  {
    const PrintableStream printable(out);
    out << "12 s";
    erase_line(out);
    out << "\033";
  }
  EXPECT_EQ(out.str(), "12 s\r\033[K\\x1B");
}

// The test holds the other end, where a person would sit.
class TerminalTest : public testing::Test {
 protected:
  TerminalTest() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    ::grantpt(person_.get());
    ::unlockpt(person_.get());
    program_ = Descriptor(::open(::ptsname(person_.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    terminal_ = std::make_unique<Terminal>(program_.get(), program_.get());
  }
  // What was written since the last call, to the first `end` in it: it takes a moment to come.
  std::string shown(const std::string& end) const {
    std::string all;
    for (char c = 0; !all.ends_with(end); all += c) {
      pollfd waits{person_.get(), POLLIN, 0};
      if (::poll(&waits, 1, kAnswerMs) != 1 || ::read(person_.get(), &c, 1) != 1) break;
    }
    return all;
  }
  void press(const std::string& keys) const {
    ASSERT_EQ(::write(person_.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  // A key that was pressed takes a moment.
  void wait_for_key() const {
    pollfd waits{program_.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&waits, 1, kAnswerMs), 1);
  }
  void set_size(unsigned short columns, unsigned short rows) const {
    winsize size{};
    size.ws_col = columns;
    size.ws_row = rows;
    ASSERT_EQ(::ioctl(person_.get(), TIOCSWINSZ, &size), 0);
  }
  termios settings() const {
    termios now{};
    ::tcgetattr(program_.get(), &now);
    return now;
  }

  Descriptor person_;
  Descriptor program_;
  std::unique_ptr<Terminal> terminal_;
};

TEST_F(TerminalTest, IsTakenOverAndGivenBack) {
  EXPECT_EQ(settings().c_lflag & (ICANON | ECHO), 0u);
  EXPECT_NE(settings().c_lflag & ISIG, 0u);
  EXPECT_EQ(settings().c_cc[VSUSP], _POSIX_VDISABLE);
  EXPECT_EQ(shown("\033[?7l"), kTakenOver);
  terminal_.reset();
  EXPECT_EQ(shown("\033[?1049l"), kGivenBack);
  EXPECT_EQ(settings().c_lflag & (ICANON | ECHO), tcflag_t{ICANON | ECHO});
  EXPECT_NE(settings().c_cc[VSUSP], _POSIX_VDISABLE);
}

// Each line is cleared behind its text, and the screen below the last. The terminal itself makes a
// line end of "\n".
TEST_F(TerminalTest, ShowsLinesAndNothingElse) {
  ASSERT_EQ(shown("\033[?7l"), kTakenOver);
  terminal_->show({"a", "", "b"});
  EXPECT_EQ(shown("\033[J"), "\033[Ha\033[K\r\r\n\033[K\r\r\nb\033[K\033[J");
  terminal_->show({});
  EXPECT_EQ(shown("\033[J"), "\033[H\033[J");
}

TEST_F(TerminalTest, GivesKeysOneByOneWithoutWaiting) {
  EXPECT_EQ(terminal_->key(), std::nullopt);
  press("q\r");
  wait_for_key();
  EXPECT_EQ(terminal_->key(), 'q');
  wait_for_key();
  EXPECT_EQ(terminal_->key(), '\n');
  EXPECT_EQ(terminal_->key(), std::nullopt);
  EXPECT_FALSE(terminal_->is_gone());
}

TEST_F(TerminalTest, HasTheSizeThatItSays) {
  set_size(132, 50);
  EXPECT_EQ(terminal_->size(), (Terminal::Size{132, 50}));
  set_size(132, 0);
  EXPECT_EQ(terminal_->size(), (Terminal::Size{80, 24}));
}

TEST_F(TerminalTest, IsGoneOnceItsOtherEndIsClosed) {
  person_ = Descriptor();
  terminal_->show({"a"});
  EXPECT_TRUE(terminal_->is_gone());
}

TEST_F(TerminalTest, IsSeenToBeGoneByItsKeysToo) {
  person_ = Descriptor();
  EXPECT_EQ(terminal_->key(), std::nullopt);
  EXPECT_TRUE(terminal_->is_gone());
}

TEST_F(TerminalTest, IsOneWhereBothEndsAreAndTakeEscapeCodes) {
  const Descriptor file(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::setenv("TERM", "xterm", 1);
  EXPECT_TRUE(Terminal::is_one(program_.get(), program_.get()));
  EXPECT_FALSE(Terminal::is_one(file.get(), program_.get()));
  EXPECT_FALSE(Terminal::is_one(program_.get(), file.get()));
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(Terminal::is_one(program_.get(), program_.get()));
  ::unsetenv("TERM");
  EXPECT_FALSE(Terminal::is_one(program_.get(), program_.get()));
}

}  // namespace
}  // namespace pgrec
