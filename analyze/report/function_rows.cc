#include "analyze/report/function_rows.h"

#include <algorithm>
#include <tuple>

#include "analyze/calls/filtered_calls.h"
#include "analyze/report/view_result.h"
#include "format/print/join.h"

namespace pgrec {

bool self_times_are_known(const TraceSet& set) {
  return std::all_of(set.files().begin(), set.files().end(), [](const TraceSet::File& file) {
    return filtered_calls(file.reader).empty();
  });
}

FunctionRows::FunctionRows(const TraceSet& set, const char* key, const char* id, Order order)
    : set_(set),
      order_(order),
      self_known_(self_times_are_known(set)),
      table_{key,
             "",
             {{id, "id"},
              {"function", "function"},
              {"calls", "calls", Unit::kCount},
              {"total_ns", "total", Unit::kDurationNs, Shown::kAlways, "total_at_most_ns"},
              {"self_ns", "self", Unit::kDurationNs, Shown::kAlways, "self_at_most_ns"},
              {"total_at_most_ns", "", Unit::kPlain, Shown::kNever},
              {"self_at_most_ns", "", Unit::kPlain, Shown::kNever}},
             {}} {}

void FunctionRows::add(std::int64_t id, const FunctionSums& functions) {
  struct Row {
    Duration time{};  // by which they are in order
    std::string name;
    const FunctionSum* sum = nullptr;
  };
  std::vector<Row> rows;
  for (const FunctionSum& sum : functions.all()) {
    const bool by_total = order_ == Order::kByTotal;
    rows.push_back(
        {add_capped(by_total ? sum.total : sum.self, by_total ? sum.at_most : sum.self_at_most),
         set_.function_name(sum.function), &sum});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return a.time != b.time ? a.time > b.time
                            : std::tie(a.name, a.sum->function) < std::tie(b.name, b.sum->function);
  });
  for (const Row& row : rows) {
    const FunctionSum& sum = *row.sum;
    const bool bounded = sum.at_most > Duration{};
    const Duration total_bound = add_capped(sum.total, sum.at_most);
    const Duration self_bound = add_capped(sum.self, sum.self_at_most);
    const bool self_bounded = bounded || !self_known_;
    table_.rows.push_back({id, row.name, as_value(sum.calls), as_value(sum.total),
                           known_or_null(self_known_, sum.self),
                           known_or_null(bounded, total_bound),
                           known_or_null(self_bounded, self_bound)});
    const bool by_total = order_ == Order::kByTotal;
    const bool as_bound = by_total ? bounded : self_bounded;
    const Duration shown =
        by_total ? (bounded ? total_bound : sum.total) : (self_bounded ? self_bound : sum.self);
    if (shown == Duration{}) continue;
    parts_[id].push_back(
        people_text(row.name, Unit::kPlain) + " " +
        people_text(shown.count(), as_bound ? Unit::kAtMostNs : Unit::kDurationNs));
  }
}

std::string FunctionRows::line(std::int64_t id, std::size_t most) const {
  const auto found = parts_.find(id);
  if (found == parts_.end()) return {};
  std::vector<std::string> parts = found->second;
  if (parts.size() > most) {
    parts.resize(most);
    parts.emplace_back("…");
  }
  return join(parts, ", ");
}

}  // namespace pgrec
