// Keeps the cost of recording within a share of the CPU time that the recorded processes use, by
// naming the probes to take off: those of the functions that cost most.
#pragma once

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "format/clock.h"

namespace pgrec {

class OverheadLimit {
 public:
  // `share`: of the CPU time, above 0; `call_costs`: by function, of the two probes of a call.
  OverheadLimit(double share, std::vector<Duration> call_costs)
      : share_(share), call_costs_(std::move(call_costs)), hits_(call_costs_.size()) {}

  // What was over the limit, and which functions have to go.
  struct Verdict {
    double share = 0;  // that the probes took since the last check
    std::vector<std::size_t> off;
  };
  // `hits`: by function, enters and exits since recording began, of the processes that are
  // recorded; `cpu`: what these used since then, the probes' cost included. Judges what was added
  // since the last call; too little of it, less than 10 ms of CPU time, is left for the next.
  // `off`: the functions whose probes are off.
  Verdict check(const std::vector<std::uint64_t>& hits, Duration cpu,
                const std::set<std::size_t>& off);
  // The next check counts from here: what was added meanwhile is of probes that are gone.
  void restart(const std::vector<std::uint64_t>& hits, Duration cpu) {
    hits_ = hits;
    cpu_ = cpu;
  }

 private:
  double share_;
  std::vector<Duration> call_costs_;
  Duration cpu_{};
  std::vector<std::uint64_t> hits_;
};

}  // namespace pgrec
