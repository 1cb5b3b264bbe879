#include "analyze/sql/row_batch.h"

namespace pgrec {

RowBatch::RowBatch(const std::vector<RelationColumn>& columns, ColumnSet wanted) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Column& column = columns_.emplace_back();
    column.is_wanted = wanted.has(static_cast<int>(i));
    column.is_text = columns[i].kind == RelationColumn::Kind::kText;
  }
}

void RowBatch::begin_row(std::int64_t number) {
  ++rows_;
  numbers_.push_back(number);
  for (Column& column : columns_) {
    if (!column.is_wanted) continue;
    column.integers.push_back(0);
    column.nulls.push_back(1);
    if (column.is_text) column.lengths.push_back(0);
  }
}

void RowBatch::put(int column, std::int64_t value) {
  Column& to = columns_[static_cast<std::size_t>(column)];
  if (!to.is_wanted) return;
  to.integers.back() = value;
  to.nulls.back() = 0;
}

void RowBatch::put(int column, std::string_view text) {
  Column& to = columns_[static_cast<std::size_t>(column)];
  if (!to.is_wanted) return;
  to.integers.back() = static_cast<std::int64_t>(bytes_.size());
  to.lengths.back() = static_cast<std::uint32_t>(text.size());
  to.nulls.back() = 0;
  bytes_.append(text);
}

void RowBatch::fill(Block& block, bool numbered) {
  block.rows = rows_;
  block.row_ids = numbered ? numbers_.data() : nullptr;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& from = columns_[i];
    BlockColumn& column = block.columns[i];
    if (!from.is_wanted) continue;
    column.nulls = from.nulls.data();
    if (!from.is_text) {
      column.integers = from.integers.data();
      continue;
    }
    from.texts.resize(rows_);
    for (std::size_t row = 0; row < rows_; ++row) {
      from.texts[row] = std::string_view(bytes_).substr(
          static_cast<std::size_t>(from.integers[row]), from.lengths[row]);
    }
    column.texts = from.texts.data();
  }
}

void RowBatch::clear() {
  rows_ = 0;
  numbers_.clear();
  bytes_.clear();
  for (Column& column : columns_) {
    column.integers.clear();
    column.lengths.clear();
    column.nulls.clear();
  }
}

}  // namespace pgrec
