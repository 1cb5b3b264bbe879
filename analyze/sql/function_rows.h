// Adds up the figures of each function as a pass over a trace finds its calls, and writes them into
// the relation `functions`: those of all calls, also of those that were filtered because they were
// short. What these leave unknown is NULL, with a bound beside it (format/table/short_calls.h).
#pragma once

#include <map>
#include <vector>

#include "analyze/sql/database.h"
#include "format/table/short_calls.h"
#include "format/thread_state.h"

namespace pgrec {

class FunctionRows {
 public:
  explicit FunctionRows(std::map<FunctionId, ShortCalls> filtered)
      : filtered_(std::move(filtered)) {}

  void add(const Call& call);
  // Whether self times are; else they are at most so much.
  bool self_is_known() const { return filtered_.empty(); }
  // Into the rows of `functions`, which are there, but for functions without a name.
  void write(const Database& database);

 private:
  struct Figures {
    std::int64_t calls = 0;
    std::int64_t returned = 0;
    Duration total{};  // of those that returned, and
    CallTimes times;
  };

  std::map<FunctionId, ShortCalls> filtered_;
  std::vector<Figures> figures_;  // of recorded calls, by id
};

}  // namespace pgrec
