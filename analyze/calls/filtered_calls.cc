#include "analyze/calls/filtered_calls.h"

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

}  // namespace pgrec
