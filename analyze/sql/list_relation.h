// A small relation: all of its rows at once, made when they are first asked for.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

namespace pgrec {

class ListRelation : public Relation {
 public:
  using Rows = std::vector<std::vector<SqlValue>>;

  // `rows` is called once; each row has a value for each column. Throws Error from its cursors
  // where a value is not of its column's kind (a whole number may stand in a REAL column).
  ListRelation(std::string name, std::vector<RelationColumn> columns, std::function<Rows()> rows);

  std::string name() const override { return name_; }
  std::vector<RelationColumn> columns() const override { return columns_; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  // A column of all rows.
  struct Values {
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::string_view> texts;  // point into rows_
    std::vector<std::uint8_t> nulls;
  };
  class AllAtOnce;

  void make_rows();
  void add(std::size_t column, const SqlValue& value);

  std::string name_;
  std::vector<RelationColumn> columns_;
  std::function<Rows()> make_;
  std::optional<Rows> rows_;
  std::vector<Values> values_;
};

}  // namespace pgrec
