// Rows that are made one by one, as a block.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/sql/relation.h"

namespace pgrec {

// NULL for a text that is not known, which a trace stores as an empty one.
inline std::optional<std::string_view> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
}

// As a column has it; no id and no count of a trace is larger.
inline std::int64_t as_integer64(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

class RowBatch {
 public:
  RowBatch(const std::vector<RelationColumn>& columns, ColumnSet wanted);

  bool wants(int column) const { return columns_[static_cast<std::size_t>(column)].is_wanted; }
  std::size_t size() const { return rows_; }
  // What the rows take, about.
  std::size_t bytes() const { return bytes_.size() + rows_ * columns_.size() * 8; }

  // Begins a row, of which all columns are NULL. `number`: its Block::row_ids.
  void begin_row(std::int64_t number = 0);
  // A column of the last row. One that is not wanted is left out.
  void put(int column, std::int64_t value);
  void put(int column, std::string_view text);
  void put(int column, const char* text) { put(column, std::string_view(text)); }
  template <typename T>
  void put(int column, const std::optional<T>& value) {
    if (value) put(column, *value);
  }

  // Its rows, which stay where they are until the next is begun. `numbered`: with their numbers.
  void fill(Block& block, bool numbered);
  void clear();

 private:
  struct Column {
    bool is_wanted = false;
    bool is_text = false;
    std::vector<std::int64_t> integers;  // of a text: where it begins in bytes_
    std::vector<std::uint32_t> lengths;
    std::vector<std::string_view> texts;
    std::vector<std::uint8_t> nulls;
  };

  std::vector<Column> columns_;
  std::vector<std::int64_t> numbers_;
  std::string bytes_;
  std::size_t rows_ = 0;
};

}  // namespace pgrec
