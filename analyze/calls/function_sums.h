// The calls of each function, added up over executions. Holds a few bytes for each function.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analyze/calls/execution_record.h"

namespace pgrec {

class FunctionSums {
 public:
  void add(const FunctionSum& sum) {
    const std::size_t id = value(sum.function);
    if (id >= places_.size()) places_.resize(id + 1);
    if (places_[id] == 0) {
      sums_.push_back(sum);
      places_[id] = static_cast<std::uint32_t>(sums_.size());
    } else {
      sums_[places_[id] - 1].add(sum);
    }
  }
  // Those of the functions that `functions.has(id)` is true of.
  template <typename Functions>
  void add(std::span<const FunctionSum> sums, const Functions& functions) {
    for (const FunctionSum& sum : sums) {
      if (functions.has(sum.function)) add(sum);
    }
  }
  void merge(const FunctionSums& other) {
    for (const FunctionSum& sum : other.sums_)
      add(sum);
  }
  // Of each function once, in no order.
  const std::vector<FunctionSum>& all() const { return sums_; }

 private:
  std::vector<FunctionSum> sums_;
  std::vector<std::uint32_t> places_;  // in sums_, from 1, by function
};

}  // namespace pgrec
