// A relation whose rows are known, for tests of analyze/sql: it does of a query what a random
// number says, hands rows out in small blocks, and spoils each block when the next is asked for,
// and all that was not asked for.
#pragma once

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

namespace pgrec::test {

class FakeRelation : public Relation {
 public:
  struct Row {
    std::int64_t id = 0;
    std::int64_t a = 0;
    std::optional<std::int64_t> b;
    std::optional<double> c;
    std::string name;                 // one of kNames
    std::optional<std::string> note;  // in the block
  };
  static constexpr std::string_view kNames[] = {"", "5", "abc", "05"};

  FakeRelation(std::string name, std::vector<Row> rows, unsigned seed)
      : name_(std::move(name)), rows_(std::move(rows)), random_(seed) {}

  std::string name() const override { return name_; }
  std::vector<RelationColumn> columns() const override;
  bool numbers_rows() const override { return true; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

  // Does all that it can of each query, exactly.
  void do_all() { does_all_ = true; }
  const std::vector<Scan>& scans() const { return scans_; }
  const Question& question() const { return question_; }

 private:
  std::string name_;
  std::vector<Row> rows_;
  std::mt19937 random_;
  bool does_all_ = false;
  std::vector<Scan> scans_;
  Question question_;
};

// Rows of small numbers and short texts, so that many are alike.
std::vector<FakeRelation::Row> random_rows(std::mt19937& random, std::size_t count);

// The value of a column of FakeRelation.
SqlValue value_of(const FakeRelation::Row& row, int column);

}  // namespace pgrec::test
