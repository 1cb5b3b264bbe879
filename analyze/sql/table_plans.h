// Between SQLite's planner and a relation: what SQLite offers as a Question, what the relation
// plans as SQLite's terms, and values of a query as Bounds.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

struct sqlite3_index_info;
struct sqlite3_value;

namespace pgrec {

// The plans of one virtual table, each kept until the table goes: SQLite hands their numbers back.
class TablePlans {
 public:
  // The table has `hidden` columns behind those of the relation, which are arguments of a table
  // function.
  TablePlans(std::vector<RelationColumn> columns, bool numbers_rows, int hidden)
      : columns_(std::move(columns)), numbers_rows_(numbers_rows), hidden_(hidden) {}

  struct Kept {
    std::vector<int> arguments;           // which hidden columns have the first values
    std::vector<Constraint> constraints;  // what the next values are of
    int list = -1;                        // that of these whose value is all of a list, of texts
    Scan scan;                            // without bounds
  };

  // Asks the relation and tells SQLite. False where the arguments of the table function are not
  // known in this order of joins. Throws Error where there is none at all.
  bool choose(Relation& relation, sqlite3_index_info& info);
  const Kept& at(int number) const { return kept_[static_cast<std::size_t>(number)]; }
  // The runs that `kept` stands for with the values behind those of its arguments: one, or one for
  // each text of a list; none where no row can fulfil them.
  std::vector<Scan> scans_of(const Kept& kept, sqlite3_value** values) const;

 private:
  struct Offered;

  bool take_arguments(sqlite3_index_info& info, Kept& kept) const;
  Offered offered(sqlite3_index_info& info) const;
  int keep(Kept kept, const std::string& text);
  std::string text_of(const Kept& kept) const;

  std::vector<RelationColumn> columns_;
  bool numbers_rows_;
  int hidden_;
  std::vector<Kept> kept_;
  std::map<std::string, int> numbers_;
};

}  // namespace pgrec
