// How wide the screens of reports are: what the terminal has room for, or what was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "format/print/printable.h"

namespace pgrec {

// Of text only; CSV and JSON have everything.
struct Layout {
  std::size_t width = kAnyWidth;  // columns that a line of a table may take
  bool wide = false;              // whatever the width is: nothing is cut, nothing left out
};

constexpr std::size_t kLeastWidth = 40;
constexpr std::size_t kPipedWidth = 120;

// The columns of the terminal behind `fd`, at least `kLeastWidth`: as the terminal says, else as
// the environment's COLUMNS does, else 80. Nothing where it is no terminal.
std::optional<std::size_t> terminal_width(int fd);

// The layout for what goes to stdout: of `--width`, else of the terminal's width, else `piped`.
// Throws UsageError that names --width where that is below `kLeastWidth`, or beside `--wide`.
Layout choose_layout(std::optional<std::int64_t> width, bool wide, std::size_t piped = kPipedWidth);

}  // namespace pgrec
