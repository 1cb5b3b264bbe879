// Which columns of a table a line has room for, and how wide each is.
#pragma once

#include <cstddef>
#include <vector>

namespace pgrec {

// What stands between two columns of a text table.
constexpr std::size_t kGap = 2;

// A column of a text table; its widths are in columns of the terminal.
struct ColumnRoom {
  std::size_t natural = 0;  // of its widest cell
  std::size_t least = 0;    // to which it can be cut
  bool flexible = false;
  int priority = 0;  // as analyze/report/table.h has both
};

struct FittedColumn {
  std::size_t column = 0;  // its place among all
  std::size_t width = 0;
  bool operator==(const FittedColumn&) const = default;
};

// The columns to show in a line of `width`, in their order. First flexible ones are cut, the widest
// first, to no less than their least; then columns are left out by their priority, of equals the
// rightmost first, until the rest fits, cut as little as that takes. Where those of priority 0 do
// not fit, every column may be cut; then the rightmost go, but for the first column, which is shown
// whatever the width.
std::vector<FittedColumn> fit(const std::vector<ColumnRoom>& columns, std::size_t width);

}  // namespace pgrec
