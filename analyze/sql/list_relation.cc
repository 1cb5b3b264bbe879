#include "analyze/sql/list_relation.h"

#include <utility>

#include "format/error.h"

namespace pgrec {

class ListRelation::AllAtOnce : public Cursor {
 public:
  explicit AllAtOnce(const ListRelation& relation) : relation_(relation) {}

  bool next(Block& block) override {
    if (done_ || relation_.rows_->empty()) return false;
    done_ = true;
    block.rows = relation_.rows_->size();
    for (std::size_t i = 0; i < relation_.columns_.size(); ++i) {
      const Values& values = relation_.values_[i];
      BlockColumn& column = block.columns[i];
      column.nulls = values.nulls.data();
      if (relation_.columns_[i].kind == RelationColumn::Kind::kInteger)
        column.integers = values.integers.data();
      else if (relation_.columns_[i].kind == RelationColumn::Kind::kReal)
        column.reals = values.reals.data();
      else
        column.texts = values.texts.data();
      column.texts_stay = true;
    }
    return true;
  }

 private:
  const ListRelation& relation_;
  bool done_ = false;
};

ListRelation::ListRelation(std::string name, std::vector<RelationColumn> columns,
                           std::function<Rows()> rows)
    : name_(std::move(name)), columns_(std::move(columns)), make_(std::move(rows)) {}

Plan ListRelation::best_plan(const Question&) {
  Plan plan;
  plan.rows = plan.cost = rows_ ? static_cast<double>(rows_->size()) + 1 : 100;
  return plan;
}

std::unique_ptr<Cursor> ListRelation::open(const Scan&) {
  if (!rows_) make_rows();
  return std::make_unique<AllAtOnce>(*this);
}

void ListRelation::make_rows() {
  rows_ = make_();
  values_.assign(columns_.size(), {});
  try {
    for (const auto& row : *rows_) {
      if (row.size() != columns_.size()) throw Error(name_ + ": a row has another length");
      for (std::size_t i = 0; i < row.size(); ++i)
        add(i, row[i]);
    }
  } catch (...) {
    rows_.reset();
    throw;
  }
}

void ListRelation::add(std::size_t column, const SqlValue& value) {
  Values& values = values_[column];
  const RelationColumn& about = columns_[column];
  const bool is_null = std::holds_alternative<std::monostate>(value);
  values.nulls.push_back(is_null);
  const auto* integer = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  const auto* text = std::get_if<std::string>(&value);
  if (about.kind == ColumnKind::kInteger && (is_null || integer))
    values.integers.push_back(is_null ? 0 : *integer);
  else if (about.kind == ColumnKind::kReal && (is_null || real || integer))
    values.reals.push_back(is_null ? 0 : real ? *real : static_cast<double>(*integer));
  else if (about.kind == ColumnKind::kText && (is_null || text))
    values.texts.push_back(is_null ? std::string_view() : std::string_view(*text));
  else
    throw Error(name_ + "." + about.name + ": a value is not of its column's kind");
}

}  // namespace pgrec
