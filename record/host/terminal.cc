#include "record/host/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ostream>

#include "format/print/printable_stream.h"

namespace pgrec {
namespace {

// The alternate screen, without the cursor and without going on in the next line at the edge.
constexpr const char* kTakeOver = "\033[?1049h\033[?25l\033[?7l";
constexpr const char* kGiveBack = "\033[?7h\033[?25h\033[?1049l";

}  // namespace

void erase_line(std::ostream& out) {
  write_exactly(out, "\r\033[K");
}

bool Terminal::is_one(int in_fd, int out_fd) {
  const char* type = std::getenv("TERM");
  return ::isatty(in_fd) == 1 && ::isatty(out_fd) == 1 && type && std::strcmp(type, "dumb") != 0;
}

Terminal::Terminal(int in_fd, int out_fd) : in_fd_(in_fd), out_fd_(out_fd) {
  ::tcgetattr(in_fd_, &before_);
  termios raw = before_;
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  raw.c_cc[VSUSP] = raw.c_cc[VQUIT] = _POSIX_VDISABLE;
  ::tcsetattr(in_fd_, TCSANOW, &raw);
  write(kTakeOver);
}

Terminal::~Terminal() {
  write(kGiveBack);
  ::tcsetattr(in_fd_, TCSAFLUSH, &before_);
}

Terminal::Size Terminal::size() const {
  winsize told{};
  if (::ioctl(out_fd_, TIOCGWINSZ, &told) != 0 || told.ws_col == 0 || told.ws_row == 0)
    return {80, 24};
  return {told.ws_col, told.ws_row};
}

std::optional<char> Terminal::key() {
  pollfd waits{in_fd_, POLLIN, 0};
  char key = 0;
  if (::poll(&waits, 1, 0) <= 0) return std::nullopt;
  if (::read(in_fd_, &key, 1) == 1) return key;
  gone_ = true;
  return std::nullopt;
}

void Terminal::show(const std::vector<std::string>& lines) {
  std::string screen = "\033[H";
  for (std::size_t i = 0; i < lines.size(); ++i)
    screen += (i > 0 ? "\r\n" : "") + lines[i] + "\033[K";
  write(screen + "\033[J");
}

void Terminal::write(const std::string& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written = ::write(out_fd_, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno != EINTR) {
      gone_ = true;
      return;
    }
    if (written > 0) done += static_cast<std::size_t>(written);
  }
}

}  // namespace pgrec
