// Tables of the calls that statements or executions made, function by function, and the lines that
// tell of them in text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyze/calls/function_sums.h"
#include "analyze/report/table.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

// Whether self times are known: not where short calls were filtered, as some may have been in a
// call.
bool self_times_are_known(const TraceSet& set);

class FunctionRows {
 public:
  enum class Order { kByTotal, kBySelf };

  // `key`: of the table; `id`: its first column.
  FunctionRows(const TraceSet& set, const char* key, const char* id, Order order);

  // The functions of one id, those with the most time first.
  void add(std::int64_t id, const FunctionSums& functions);
  // What the functions of an id come to in text: "heap_insert 450 us, …", the first `most` of them
  // that have any time; empty where there are none.
  std::string line(std::int64_t id, std::size_t most) const;
  Table table() && { return std::move(table_); }

 private:
  const TraceSet& set_;
  Order order_;
  bool self_known_;
  Table table_;
  std::map<std::int64_t, std::vector<std::string>> parts_;  // of the lines, by id
};

}  // namespace pgrec
