#include "analyze/report/per_file.h"

#include <algorithm>
#include <ostream>

#include "format/print/printable.h"

namespace pgrec {

void PerFile::add(const std::string& file, std::vector<Table> tables) {
  reports_.push_back({file, std::move(tables)});
}

void PerFile::print(std::ostream& out, OutputFormat format, const Layout& layout) const {
  if (is_single_) return pgrec::print(out, reports_.front().tables, format, layout);
  if (format == OutputFormat::kText) {
    for (const Report& report : reports_) {
      if (&report != &reports_.front()) out << "\n";
      out << printable(report.file) << "\n\n";
      pgrec::print(out, report.tables, format, layout);
    }
    return;
  }
  std::vector<Table> all;
  for (const Report& report : reports_) {
    for (const Table& table : report.tables) {
      auto place = std::find_if(all.begin(), all.end(),
                                [&](const Table& known) { return known.key == table.key; });
      if (place == all.end()) {
        all.push_back({table.key, "", table.columns, {}});
        place = std::prev(all.end());
        place->columns.insert(place->columns.begin(), {"file", "file"});
      }
      for (std::vector<SqlValue> row : table.rows) {
        row.insert(row.begin(), report.file);
        place->rows.push_back(std::move(row));
      }
    }
  }
  pgrec::print(out, all, format, layout);
}

}  // namespace pgrec
