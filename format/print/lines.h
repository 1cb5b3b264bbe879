// Lines of cells under each other, for pgrec list.
#pragma once

#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace pgrec {

// Each column is as wide as its widest cell; the last is not filled up.
class Lines {
 public:
  // `right`: the columns that are aligned to the right. `indent`: stands before each line.
  explicit Lines(std::set<std::size_t> right, std::string indent = "")
      : right_(std::move(right)), indent_(std::move(indent)) {}
  void add(std::vector<std::string> cells) { lines_.push_back(std::move(cells)); }
  void print(std::ostream& out) const;

 private:
  std::set<std::size_t> right_;
  std::string indent_;
  std::vector<std::vector<std::string>> lines_;
};

}  // namespace pgrec
