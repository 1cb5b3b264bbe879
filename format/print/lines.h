// Lines of cells, aligned in columns, for the screens of pgrec list and pgrec check.
#pragma once

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace pgrec {

// Each column is as wide as its widest cell, as it is shown. Cells are made printable. No line ends
// in blanks.
class Lines {
 public:
  // `right`: the columns to align to the right, from 0. `indent`: stands before each line.
  explicit Lines(std::set<std::size_t> right, std::string indent = "")
      : right_(std::move(right)), indent_(std::move(indent)) {}
  void add(const std::vector<std::string>& cells);
  void print(std::ostream& out) const;

 private:
  std::set<std::size_t> right_;
  std::string indent_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace pgrec
