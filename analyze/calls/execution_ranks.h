// Finds percentiles of groups of executions exactly, in bounded memory: by passes over the
// executions, each of which narrows the range that a value is known to be in. A search begins with
// a row of the group's histogram; ranges are then cut into slots.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyze/calls/execution_figures.h"

namespace pgrec {

// The values that are looked for, and what a pass counts for them.
class RankSearch {
 public:
  // Looks for kPercents of each group.
  explicit RankSearch(const GroupFigures& figures);

  bool is_done() const { return open_ == 0; }
  void add(std::size_t group, Duration duration);
  // What another thread counted in the same pass.
  void merge(const RankSearch& other);
  // After each pass.
  void narrow();
  std::vector<ExecutionPercentiles> found() const;

 private:
  // A value is in [from, from + 2^bits); it is the one of `rank` there, from 1.
  struct Target {
    std::uint64_t from = 0;
    unsigned bits = 0, slot_bits = 0;
    std::uint64_t rank = 0;
    std::vector<std::uint64_t> slots;
  };
  using Targets = std::array<Target, ExecutionPercentiles::kPercents.size()>;
  void cut(Target& target) const;

  std::vector<Targets> groups_;
  std::size_t open_ = 0;
  unsigned slot_bits_ = 0;  // a range is cut into so many slots, as a power of two
};

// Makes the percentiles of `figures`, which sum_groups() gave, exact. Nothing where they are.
template <typename Places>
void search_percentiles(const WantedExecutions& wanted, const Places& places,
                        GroupFigures& figures) {
  if (figures.exact()) return;
  struct Sum {
    void add(const ExecutionRecord& execution) {
      if (!execution.duration || !wanted->has(execution)) return;
      if (const auto group = places(execution)) search.add(*group, *execution.duration);
    }
    void merge(const Sum& other) { search.merge(other.search); }
    const WantedExecutions* wanted;
    Places places;
    RankSearch search;
  };
  RankSearch search(figures);
  while (!search.is_done()) {
    search =
        sum_executions(wanted.set, wanted.query(), Sum{&wanted, places, search}, wanted.options)
            .search;
    search.narrow();
  }
  figures.set_exact(search.found());
}

}  // namespace pgrec
