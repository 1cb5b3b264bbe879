#include "analyze/calls/call_rows.h"

#include <algorithm>
#include <numeric>

namespace pgrec {
namespace {

constexpr bool may_be_null(CallField field) {
  switch (field) {
    case CallField::kDuration:
    case CallField::kSelf:
    case CallField::kParent:
    case CallField::kExecution:
    case CallField::kAtMost:
    case CallField::kSelfAtMost:
      return true;
    default:
      return false;
  }
}

template <typename T>
void put_in_order(std::vector<T>& values, const std::vector<std::uint32_t>& order) {
  if (values.empty()) return;
  std::vector<T> sorted(values.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    sorted[i] = values[order[i]];
  values = std::move(sorted);
}

}  // namespace

CallRows::CallRows(CallFields fields) : fields_(fields) {
  fields_.add(CallField::kId);
}

void CallRows::reserve(std::size_t rows) {
  if (rows <= room_) return;
  room_ = rows;
  for (std::size_t i = 0; i < kCallFields; ++i) {
    const auto field = static_cast<CallField>(i);
    if (!has(field) || field == CallField::kOutcome) continue;
    columns_[i].numbers.resize(room_);
    if (may_be_null(field)) columns_[i].nulls.resize(room_, 1);
  }
  if (has(CallField::kFunction)) functions_.resize(room_);
  if (has(CallField::kOutcome)) outcomes_.resize(room_);
}

void CallRows::end(std::size_t row, const Call& call, bool self_known) {
  if (call.duration) return end_returned(row, *call.duration, *call.self, self_known);
  if (has(CallField::kOutcome)) outcomes_[row] = static_cast<std::uint32_t>(call.outcome);
  if (has(CallField::kAtMost) && call.at_most)
    set_known(CallField::kAtMost, row, call.at_most->count());
  if (has(CallField::kSelfAtMost) && call.self_at_most)
    set_known(CallField::kSelfAtMost, row, call.self_at_most->count());
}

std::size_t CallRows::add(const Call& call, bool self_known) {
  const std::size_t row =
      add(call.id, call.function, call.thread, call.begun, call.depth,
          call.parent.value_or(CallId{}), call.execution.value_or(kNoExecution));
  end(row, call, self_known);
  return row;
}

void CallRows::sort_by_begin(std::vector<std::uint32_t>& open) {
  const std::vector<std::int64_t>& begun = of(CallField::kBegun).numbers;
  std::vector<std::uint32_t> order(size_);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return begun[a] < begun[b]; });
  for (Column& column : columns_) {
    put_in_order(column.numbers, order);
    put_in_order(column.nulls, order);
  }
  put_in_order(functions_, order);
  put_in_order(outcomes_, order);
  if (open.empty()) return;
  std::vector<std::uint32_t> place(size_);
  for (std::uint32_t i = 0; i < order.size(); ++i)
    place[order[i]] = i;
  for (std::uint32_t& row : open)
    row = place[row];
  std::sort(open.begin(), open.end());
}

}  // namespace pgrec
