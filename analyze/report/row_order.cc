#include "analyze/report/row_order.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>
#include <vector>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"

namespace pgrec {
namespace {

bool is_same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char one, char other) { return lower(one) == lower(other); });
}

std::size_t column_named(const Table& table, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (is_same_name(name, column.key) || is_same_name(name, column.heading)) return c;
    names.push_back(column.key);
  }
  const auto near = nearest(name, names);
  throw UsageError("--sort: there is no column '" + name + "'",
                   near.empty() ? "the columns are " + enumerate(names, "and")
                                : "did you mean " + enumerate(near, "or") + "? The columns are " +
                                      enumerate(names, "and"));
}

// Numbers before texts; neither is NULL.
bool is_less(const SqlValue& a, const SqlValue& b) {
  const auto* const a_integer = std::get_if<std::int64_t>(&a);
  const auto* const b_integer = std::get_if<std::int64_t>(&b);
  if (a_integer && b_integer) return *a_integer < *b_integer;
  if (is_number(a) != is_number(b)) return is_number(a);
  if (is_number(a)) return as_double(a) < as_double(b);
  return std::get<std::string>(a) < std::get<std::string>(b);
}

bool is_descending(const Table& table, std::size_t column, SortKey::Order order) {
  const bool has_numbers = std::any_of(table.rows.begin(), table.rows.end(),
                                       [&](const auto& row) { return is_number(row[column]); });
  switch (order) {
    case SortKey::Order::kUsual:
      return has_numbers;
    case SortKey::Order::kTurned:
      return !has_numbers;
    case SortKey::Order::kAscending:
      return false;
    case SortKey::Order::kDescending:
      return true;
  }
  return false;
}

void sort(Table& table, const SortKey& key) {
  const std::size_t column = column_named(table, key.column);
  const bool descending = is_descending(table, column, key.order);
  std::vector<std::size_t> order(table.rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const SqlValue& one = table.rows[a][column];
    const SqlValue& other = table.rows[b][column];
    if (is_null(one) || is_null(other)) return !is_null(one) && is_null(other);
    return descending ? is_less(other, one) : is_less(one, other);
  });
  if (!table.notes.empty()) table.notes.resize(table.rows.size());
  auto rows = std::exchange(table.rows, {});
  auto notes = std::exchange(table.notes, {});
  for (const std::size_t from : order) {
    table.rows.push_back(std::move(rows[from]));
    if (!notes.empty()) table.notes.push_back(std::move(notes[from]));
  }
}

}  // namespace

SortKey parse_sort_key(std::string_view text) {
  SortKey key{std::string(text), SortKey::Order::kUsual};
  if (text.ends_with(":asc")) {
    key = {std::string(text.substr(0, text.size() - 4)), SortKey::Order::kAscending};
  } else if (text.ends_with(":desc")) {
    key = {std::string(text.substr(0, text.size() - 5)), SortKey::Order::kDescending};
  } else if (text.starts_with("-")) {
    key = {std::string(text.substr(1)), SortKey::Order::kTurned};
  }
  if (key.column.empty()) {
    throw UsageError("--sort: '" + std::string(text) + "' names no column",
                     "a column, such as total, -total or total:asc");
  }
  return key;
}

void sort_and_limit(Table& table, const std::optional<SortKey>& key,
                    std::optional<std::int64_t> limit) {
  if (limit && *limit < 1)
    throw UsageError("--limit " + std::to_string(*limit) + " leaves nothing to show", "1 or more");
  if (key) sort(table, *key);
  if (!limit || table.rows.size() <= static_cast<std::size_t>(*limit)) return;
  const auto most = static_cast<std::size_t>(*limit);
  table.left_out += table.rows.size() - most;
  table.rows.resize(most);
  table.notes.resize(std::min(table.notes.size(), most));
}

}  // namespace pgrec
