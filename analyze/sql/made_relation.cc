#include "analyze/sql/made_relation.h"

#include <unordered_map>
#include <utility>

namespace pgrec {

struct MadeRelation::Made {
  Made(const std::vector<RelationColumn>& columns, ColumnSet wanted) : batch(columns, wanted) {}

  RowBatch batch;
  Block block;
  std::unordered_map<std::int64_t, std::size_t> places;  // by key
};

class MadeRelation::All final : public Cursor {
 public:
  All(std::shared_ptr<Made> made, std::size_t from, std::size_t rows)
      : made_(std::move(made)), from_(from), rows_(rows) {}

  bool next(Block& block) override {
    if (rows_ == 0) return false;
    block.rows = std::exchange(rows_, 0);
    const Block& all = made_->block;
    block.row_ids = all.row_ids ? all.row_ids + from_ : nullptr;
    for (std::size_t i = 0; i < all.columns.size(); ++i) {
      BlockColumn& column = block.columns[i] = all.columns[i];
      if (column.integers) column.integers += from_;
      if (column.texts) column.texts += from_;
      if (column.nulls) column.nulls += from_;
    }
    return true;
  }

 private:
  std::shared_ptr<Made> made_;
  std::size_t from_, rows_;
};

int MadeRelation::key() const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].is_key) return static_cast<int>(i);
  }
  return -1;
}

Plan MadeRelation::best_plan(const Question& question) {
  Plan plan;
  plan.cost = plan.rows = 200;
  plan.uses.assign(question.constraints.size(), Plan::Use::kNone);
  for (std::size_t i = 0; i < question.constraints.size(); ++i) {
    const Constraint& one = question.constraints[i];
    if (one.column != key() || one.compare != Compare::kEqual) continue;
    plan.number = 1;
    plan.uses[i] = Plan::Use::kExact;
    plan.one_row = true;
    plan.cost = 1;
    plan.rows = 1;
    break;
  }
  return plan;
}

std::shared_ptr<MadeRelation::Made> MadeRelation::rows(ColumnSet wanted) {
  const auto known = made_.find(wanted.bits());
  if (known != made_.end() && stay_ == Rows::kStay) return known->second;
  auto made = std::make_shared<Made>(columns_, wanted);
  make_(made->batch);
  made->block.columns.resize(columns_.size());
  made->batch.fill(made->block, numbers_rows());
  for (std::size_t i = 0; numbers_rows() && i < made->block.rows; ++i)
    made->places.emplace(made->block.row_ids[i], i);
  if (stay_ == Rows::kStay) made_[wanted.bits()] = made;
  return made;
}

std::unique_ptr<Cursor> MadeRelation::open(const Scan& scan) {
  auto made = rows(scan.columns);
  if (scan.plan == 0) {
    const std::size_t all = made->block.rows;
    return std::make_unique<All>(std::move(made), 0, all);
  }
  std::size_t from = 0, count = 0;
  for (const Bound& bound : scan.bounds) {
    const auto place = made->places.find(std::get<std::int64_t>(bound.value));
    if (place == made->places.end()) continue;
    from = place->second;
    count = 1;
  }
  return std::make_unique<All>(std::move(made), from, count);
}

}  // namespace pgrec
