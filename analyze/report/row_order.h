// The rows of a report in the order that was asked for, and no more of them than was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyze/report/table.h"

namespace pgrec {

// What --sort says: a column's key or heading, in any case. Of numbers the largest come first and
// of texts those that begin the alphabet, unless a "-" before the name turns that round, or ":asc"
// or ":desc" behind it says which.
struct SortKey {
  enum class Order { kUsual, kTurned, kAscending, kDescending };

  std::string column;
  Order order = Order::kUsual;
};

// Throws UsageError that names --sort where there is no name in `text`.
SortKey parse_sort_key(std::string_view text);

// Sorts the rows by `key`, if any, each with its notes: those without a value last, those with the
// same one in the order they had; numbers before texts where a column has both. Then leaves out
// those behind the first `limit`, if any, and adds how many to `table.left_out`. Throws UsageError
// where there is no such column, which says those that there are, and where the limit is below 1.
void sort_and_limit(Table& table, const std::optional<SortKey>& key,
                    std::optional<std::int64_t> limit);

}  // namespace pgrec
