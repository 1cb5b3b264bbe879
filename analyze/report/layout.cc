#include "analyze/report/layout.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/error.h"

namespace pgrec {
namespace {

// 0 where it does not say.
std::size_t width_of_environment() {
  const char* const told = std::getenv("COLUMNS");
  const std::string_view text = told ? told : "";
  std::uint16_t width = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), width);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() ? width : 0;
}

}  // namespace

std::optional<std::size_t> terminal_width(int fd) {
  constexpr std::size_t kUsual = 80;
  if (::isatty(fd) != 1) return std::nullopt;
  winsize told{};
  std::size_t width = ::ioctl(fd, TIOCGWINSZ, &told) == 0 ? told.ws_col : 0;
  if (width == 0) width = width_of_environment();
  return std::max(width == 0 ? kUsual : width, kLeastWidth);
}

Layout choose_layout(std::optional<std::int64_t> width, bool wide, std::size_t piped) {
  if (wide && width)
    throw UsageError("--width and --wide exclude each other", "--wide cuts nothing");
  if (wide) return {kAnyWidth, true};
  if (!width) return {terminal_width(STDOUT_FILENO).value_or(piped), false};
  if (*width < static_cast<std::int64_t>(kLeastWidth)) {
    throw UsageError("--width " + std::to_string(*width) + " is too narrow for a table",
                     std::to_string(kLeastWidth) + " or more");
  }
  return {static_cast<std::size_t>(*width), false};
}

}  // namespace pgrec
