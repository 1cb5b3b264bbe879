#include "format/print/lines.h"

#include <algorithm>
#include <ostream>

#include "format/print/printable.h"

namespace pgrec {

void Lines::add(const std::vector<std::string>& cells) {
  auto& line = lines_.emplace_back();
  for (const std::string& cell : cells)
    line.push_back(printable(cell));
}

void Lines::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (const auto& cells : lines_) {
    widths.resize(std::max(widths.size(), cells.size()));
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(cells[i]));
  }
  for (const auto& cells : lines_) {
    std::string line = indent_;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string blanks(widths[i] - columns_of(cells[i]), ' ');
      if (i > 0) line += "  ";
      line += right_.count(i) > 0 ? blanks + cells[i] : cells[i] + blanks;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  }
}

}  // namespace pgrec
