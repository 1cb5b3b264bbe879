// What executions come to: how many, how long, what they did. Of any number of groups of them, such
// as those of each statement or of each second, in memory that does not grow with the executions.
//
// Percentiles are by nearest rank. They are exact while there are up to kKeptDurations executions,
// of which every duration is kept; of more they come out of histograms, and are at most 3.2 % off,
// until search_percentiles() has found them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "analyze/calls/wanted_executions.h"
#include "format/postgres/measures.h"
#include "format/table/log_histogram.h"

namespace pgrec {

struct ExecutionFigures {
  std::uint64_t executions = 0;
  std::uint64_t said = 0;  // of which the trace says how they ended
  std::uint64_t errors = 0;
  std::uint64_t timed = 0;  // of which it is known how long they took
  Duration total{}, longest{};
  LogHistogram durations;
  // Sums, as kMeasures; of a measure that none has there is nothing.
  std::array<std::optional<std::int64_t>, kMeasures.size()> measures;

  void add(const ExecutionRecord& execution);
  void merge(const ExecutionFigures& other);
  // None where no execution has a duration.
  std::optional<Duration> mean() const;
  // None where it is not known whether any failed.
  std::optional<std::uint64_t> known_errors() const {
    return said > 0 ? std::optional(errors) : std::nullopt;
  }
  // Of `timed`, which is above zero; at most 3.2 % off.
  Duration near_percentile(std::uint64_t percent) const;
};

// As a histogram takes it: no file can make it anything else.
std::uint64_t histogram_ns(Duration duration);

// The percentiles that views show.
struct ExecutionPercentiles {
  static constexpr std::array<std::uint64_t, 3> kPercents{50, 90, 99};
  std::array<Duration, kPercents.size()> values{};

  Duration p50() const { return values[0]; }
  Duration p90() const { return values[1]; }
  Duration p99() const { return values[2]; }
};

class GroupFigures {
 public:
  static constexpr std::size_t kKeptDurations = 200'000;

  // `kept`: how many durations are kept at most.
  explicit GroupFigures(std::size_t kept = kKeptDurations) : most_kept_(kept) {}

  void add(std::size_t group, const ExecutionRecord& execution);
  // Sums of several, of which durations are not kept.
  void add(std::size_t group, const ExecutionFigures& figures);
  void merge(const GroupFigures& other);
  // How many groups there can be: no group that has an execution is as large.
  std::size_t size() const { return groups_.size(); }
  // Of any group, also of one without an execution.
  const ExecutionFigures& of(std::size_t group) const;
  // None where no execution of the group has a duration.
  std::optional<ExecutionPercentiles> percentiles(std::size_t group) const;
  bool exact() const { return keeps_ || !searched_.empty(); }
  // What exact percentiles of groups are, as a search found them.
  void set_exact(std::vector<ExecutionPercentiles> percentiles) {
    searched_ = std::move(percentiles);
  }

 private:
  void stop_keeping();

  std::size_t most_kept_;
  std::vector<ExecutionFigures> groups_;
  // Durations of each group, in any order, while they are kept.
  std::vector<std::vector<Duration>> durations_;
  std::size_t kept_ = 0;
  bool keeps_ = true;
  std::vector<ExecutionPercentiles> searched_;
};

// Sums up the wanted executions by group. `Places` gives the group of an execution, or nothing
// where it is in none; it is copied for each thread:
//   std::optional<std::size_t> operator()(const ExecutionRecord&)
template <typename Places>
GroupFigures sum_groups(const WantedExecutions& wanted, const Places& places,
                        std::size_t kept = GroupFigures::kKeptDurations) {
  struct Sum {
    void add(const ExecutionRecord& execution) {
      if (!wanted->has(execution)) return;
      if (const auto group = places(execution)) figures.add(*group, execution);
    }
    void merge(const Sum& other) { figures.merge(other.figures); }
    const WantedExecutions* wanted;
    Places places;
    GroupFigures figures;
  };
  return sum_executions(wanted.set, wanted.query(), Sum{&wanted, places, GroupFigures(kept)},
                        wanted.options)
      .figures;
}

}  // namespace pgrec
