// A report on each of several files: in text one after the other, each under its name; for programs
// in the same tables, with a column that says which file a row is of. Of one file just its report.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "analyze/report/layout.h"
#include "analyze/report/table.h"

namespace pgrec {

class PerFile {
 public:
  // `files`: how many there are.
  explicit PerFile(std::size_t files) : is_single_(files == 1) {}

  // Tables with the same key have the same columns.
  void add(const std::string& file, std::vector<Table> tables);
  void print(std::ostream& out, OutputFormat format, const Layout& layout) const;

 private:
  struct Report {
    std::string file;
    std::vector<Table> tables;
  };
  bool is_single_;
  std::vector<Report> reports_;
};

}  // namespace pgrec
