// The relation `calls`: every call of a set once, whatever became of it, in the order of their ids.
// Chunks are decoded when their rows are asked for, on all threads ahead of who asks.
//
//     plan          takes part                                    rows come
//     scan          chunks that can have a row, by their headers  by id; by ts_ns where that is
//                                                                 asked for; or function by
//                                                                 function, a pass for each
//     by end        chunks in which a call lasted so long         as they ended
//     by execution  chunks in which it ran                        by id
//     by id         one chunk
#pragma once

#include <memory>
#include <optional>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

class CallRelation final : public Relation {
 public:
  explicit CallRelation(std::shared_ptr<SetSource> source) : source_(std::move(source)) {}

  std::string name() const override { return "calls"; }
  std::vector<RelationColumn> columns() const override;
  bool numbers_rows() const override { return true; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  enum PlanNumber : int { kScan, kByEnd, kByExecution, kById };

  Plan scan_plan(const Question& question, bool by_end);
  bool keeps_order(const Question& question);
  double rows() const;
  // Those that have calls, where they are few enough for a pass for each.
  bool has_few_functions();

  std::shared_ptr<SetSource> source_;
  std::optional<bool> has_few_functions_;
};

}  // namespace pgrec
