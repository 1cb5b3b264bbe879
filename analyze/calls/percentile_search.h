// Finds values of given ranks among the durations of calls exactly, in bounded memory: by passes
// over all calls, each of which narrows the range that a value is known to be in. A search begins
// with a row of a histogram; ranges are then cut into as many slots as memory is for. A
// selection by radix, with the most significant digits known from the summaries.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "analyze/calls/call_split.h"
#include "analyze/calls/group_sums.h"
#include "analyze/calls/selection.h"
#include "format/table/log_histogram.h"

namespace pgrec {

class PercentileSearch {
 public:
  // Borrows what groups are told apart by.
  explicit PercentileSearch(CallSplit& split) : split_(split) {}

  // Looks for the value of `rank` (from 1) among the durations of a group's returned calls, of
  // which `durations` is the histogram. run() sets `found`. Where the calls that can be read are
  // not those of the histogram, it leaves `found` and sets `exact` to false. Borrows both. Ignores
  // a rank of 0.
  void add(const ProfileGroup& group, const LogHistogram& durations, std::uint64_t rank,
           Duration& found, bool& exact);

  // Makes the passes, each on several threads, over the calls that are wanted: those that the
  // histograms are of.
  void run(TraceSet& set, const CallSelection& selection, const PassOptions& options);

 private:
  struct Target {
    std::uint64_t from_ns = 0;  // the value is in [from, from + 2^width_bits)
    unsigned width_bits = 0;
    unsigned slot_bits = 0;      // of this pass: a slot has 2^slot_bits values
    std::uint64_t rank = 0;      // among the values of the range
    std::size_t number = 0;      // in a pass
    std::uint64_t in_range = 0;  // how many values the range has
    Duration* found = nullptr;
    bool* exact = nullptr;
  };
  using Targets = std::vector<std::unique_ptr<Target>>;
  using Slots = std::vector<std::uint64_t>;
  class Counts;

  unsigned most_slot_bits(std::size_t slots) const;
  static void begin_pass(Target& target, unsigned most_bits);
  static bool end_pass(Target& target, const Slots& slots);

  CallSplit& split_;
  std::map<ProfileGroup, Targets> groups_;
};

}  // namespace pgrec
