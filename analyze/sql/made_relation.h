// A small relation whose rows are made when they are asked for, all at once; perhaps with a key by
// which one is found.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"
#include "analyze/sql/row_batch.h"

namespace pgrec {

class MadeRelation final : public Relation {
 public:
  // Puts all rows into the batch; looks only at the columns that it wants. With a key, each row has
  // it for its number, and there are no two of one.
  using Make = std::function<void(RowBatch&)>;

  enum class Rows : std::uint8_t {
    kStay,      // made once for each set of columns
    kMayChange  // made whenever they are asked for
  };

  MadeRelation(std::string name, std::vector<RelationColumn> columns, Rows rows, Make make)
      : name_(std::move(name)), columns_(std::move(columns)), stay_(rows), make_(std::move(make)) {}

  std::string name() const override { return name_; }
  std::vector<RelationColumn> columns() const override { return columns_; }
  bool numbers_rows() const override { return key() >= 0; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  struct Made;
  class All;

  int key() const;
  std::shared_ptr<Made> rows(ColumnSet wanted);

  std::string name_;
  std::vector<RelationColumn> columns_;
  Rows stay_;
  Make make_;
  std::map<std::uint64_t, std::shared_ptr<Made>> made_;  // by columns
};

}  // namespace pgrec
