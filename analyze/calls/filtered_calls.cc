#include "analyze/calls/filtered_calls.h"

#include <algorithm>

#include "analyze/trace/in_set.h"
#include "format/print/number.h"

namespace pgrec {

std::map<FunctionId, ShortCalls> filtered_calls(const TraceReader& trace) {
  const auto asked = parse_number<std::int64_t>(trace.fact("record.min_duration_ns").value_or(""));
  std::map<FunctionId, ShortCalls> all;
  for (const auto& [function, account] : trace.accounts()) {
    if (account.short_calls.count() > 0)
      all[function] = {account.short_calls, Duration(asked.value_or(0))};
  }
  return all;
}

std::map<FunctionId, ShortCalls> filtered_calls(const TraceSet& set) {
  std::map<FunctionId, ShortCalls> all;
  for (const TraceSet::File& file : set.files()) {
    for (auto& [function, calls] : filtered_calls(file.reader)) {
      const auto [place, is_new] = all.try_emplace(function_in_set(file, function), calls);
      if (is_new) continue;
      ShortCalls& of_all = place->second;
      const bool known = of_all.shorter_than > Duration{} && calls.shorter_than > Duration{};
      of_all.shorter_than = known ? std::max(of_all.shorter_than, calls.shorter_than) : Duration{};
      of_all.durations.merge(calls.durations);
    }
  }
  return all;
}

}  // namespace pgrec
