// A relation of rows that a pass finds (analyze/sql/row_stream.h), all of them each time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "analyze/sql/relation.h"
#include "analyze/sql/row_stream.h"

namespace pgrec {

class StreamRelation final : public Relation {
 public:
  // Gives the pass for rows with these columns; called on the thread of the connection.
  using MakePass = std::function<RowStream::Pass(ColumnSet wanted)>;

  // `cost`: of all rows, as Plan::cost.
  StreamRelation(std::string name, std::vector<RelationColumn> columns, double cost, MakePass make)
      : name_(std::move(name)), columns_(std::move(columns)), cost_(cost), make_(std::move(make)) {}

  std::string name() const override { return name_; }
  std::vector<RelationColumn> columns() const override { return columns_; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  std::string name_;
  std::vector<RelationColumn> columns_;
  double cost_;
  MakePass make_;
};

}  // namespace pgrec
