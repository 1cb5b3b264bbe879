// A table as people read it: aligned, and no line wider than there is room for.
#pragma once

#include <iosfwd>

#include "analyze/report/layout.h"
#include "analyze/report/table.h"

namespace pgrec {

// Writes the table under its title: numbers to the right, texts to the left, each printable and on
// one line. A table that is wider than `layout.width` is made to fit (analyze/report/fit.h): texts
// and notes are cut, and end with "…"; columns that find no room are named in a line below it, as
// is how many rows a limit took. With any width only texts are cut, at `kMaxTextWidth`; with
// `layout.wide` nothing is.
void print_text(std::ostream& out, const Table& table, const Layout& layout);

}  // namespace pgrec
