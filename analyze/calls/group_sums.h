// Adds up calls by their function and what they are told apart by: a sum for sum_calls()
// (analyze/calls/call_sums.h).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "analyze/calls/call_split.h"
#include "format/table/summary.h"

namespace pgrec {

// What is profiled together: the calls of a function with one value of a split.
struct ProfileGroup {
  std::uint32_t split = 0;  // number in a CallSplit; 0 where calls are not told apart
  FunctionId function{};
  auto operator<=>(const ProfileGroup&) const = default;
};

class GroupSums {
 public:
  // Borrows the split.
  explicit GroupSums(CallSplit& split) : split_(split), cursor_(split) {}
  // Of a sum that is empty.
  GroupSums(const GroupSums& empty) : GroupSums(empty.split_) {}
  GroupSums(GroupSums&&) = default;

  // Throws Error where there are more groups than pgrec holds.
  void process(const TraceSet::File& file, const ThreadKey& key);
  void call_begun(FunctionId function, Timestamp begun, ExecutionId execution) {
    if (!fixed_) use(cursor_.at(begun, execution));
    ++of(function).calls;
  }
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    const OpenCall& opened = call.opened();
    if (!fixed_) use(cursor_.at(opened.entered, opened.execution));
    of(opened.function).add(call);
  }
  void merge(const GroupSums& other);
  void clear();

  // In no order.
  const std::deque<std::pair<ProfileGroup, FunctionSummary>>& groups() const { return groups_; }

 private:
  using Functions = std::vector<FunctionSummary*>;  // by id

  FunctionSummary& of(FunctionId function) {
    const std::size_t id = value(function);
    if (id < functions_->size() && (*functions_)[id]) return *(*functions_)[id];
    return add(function);
  }
  FunctionSummary& add(FunctionId function);
  void use(std::uint32_t number) {
    if (number == number_ && functions_) return;
    number_ = number;
    functions_ = &by_number_[number];
  }
  void check_size() const;
  [[noreturn]] void refuse() const;

  CallSplit& split_;
  SplitCursor cursor_;
  bool fixed_ = true;
  std::uint32_t number_ = 0;
  Functions* functions_ = nullptr;                // of `number_`
  std::map<std::uint32_t, Functions> by_number_;  // whose elements stay where they are
  std::deque<std::pair<ProfileGroup, FunctionSummary>> groups_;
  std::size_t since_check_ = 0;
};

}  // namespace pgrec
