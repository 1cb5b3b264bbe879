#include "analyze/calls/execution_figures.h"

#include <algorithm>

namespace pgrec {
namespace {

std::int64_t add_ns_capped(std::int64_t a, std::int64_t b) {
  return add_capped(Duration(a), Duration(b)).count();
}

Duration middle_of(unsigned row) {
  const std::uint64_t middle = LogHistogram::from_ns(row) + LogHistogram::width_ns(row) / 2;
  return Duration(static_cast<std::int64_t>(middle));
}

}  // namespace

std::uint64_t histogram_ns(Duration duration) {
  return std::min(static_cast<std::uint64_t>(std::max(duration, Duration{}).count()),
                  layout::kMaxNs - 1);
}

void ExecutionFigures::add(const ExecutionRecord& execution) {
  ++executions;
  const ExecutionFacts& facts = execution.facts;
  if (!execution.end_lost && execution.duration && facts.end != ExecutionFacts::End::kNotSaid) {
    ++said;
    if (facts.end == ExecutionFacts::End::kFailed) ++errors;
  }
  if (execution.duration) {
    ++timed;
    total = add_capped(total, *execution.duration);
    longest = std::max(longest, *execution.duration);
    durations.add(Duration(static_cast<std::int64_t>(histogram_ns(*execution.duration))));
  }
  for (std::size_t i = 0; i < measures.size(); ++i) {
    if (facts.measures[i]) measures[i] = add_ns_capped(measures[i].value_or(0), *facts.measures[i]);
  }
}

void ExecutionFigures::merge(const ExecutionFigures& other) {
  executions += other.executions;
  said += other.said;
  errors += other.errors;
  timed += other.timed;
  total = add_capped(total, other.total);
  longest = std::max(longest, other.longest);
  durations.merge(other.durations);
  for (std::size_t i = 0; i < measures.size(); ++i) {
    if (other.measures[i]) measures[i] = add_ns_capped(measures[i].value_or(0), *other.measures[i]);
  }
}

std::optional<Duration> ExecutionFigures::mean() const {
  if (timed == 0) return std::nullopt;
  return total / static_cast<std::int64_t>(timed);
}

Duration ExecutionFigures::near_percentile(std::uint64_t percent) const {
  const unsigned row = durations.position(percentile_rank(timed, percent)).row;
  return std::min(middle_of(row), longest);
}

void GroupFigures::stop_keeping() {
  keeps_ = false;
  durations_ = {};
}

void GroupFigures::add(std::size_t group, const ExecutionRecord& execution) {
  if (group >= groups_.size()) groups_.resize(group + 1);
  groups_[group].add(execution);
  if (!keeps_ || !execution.duration) return;
  if (++kept_ > most_kept_) return stop_keeping();
  if (group >= durations_.size()) durations_.resize(group + 1);
  durations_[group].push_back(*execution.duration);
}

void GroupFigures::add(std::size_t group, const ExecutionFigures& figures) {
  if (group >= groups_.size()) groups_.resize(group + 1);
  groups_[group].merge(figures);
  if (figures.timed > 0) stop_keeping();
}
void GroupFigures::merge(const GroupFigures& other) {
  if (groups_.size() < other.groups_.size()) groups_.resize(other.groups_.size());
  for (std::size_t i = 0; i < other.groups_.size(); ++i)
    groups_[i].merge(other.groups_[i]);
  kept_ += other.kept_;
  if (!other.keeps_ || kept_ > most_kept_) stop_keeping();
  if (!keeps_) return;
  if (durations_.size() < other.durations_.size()) durations_.resize(other.durations_.size());
  for (std::size_t i = 0; i < other.durations_.size(); ++i) {
    durations_[i].insert(durations_[i].end(), other.durations_[i].begin(),
                         other.durations_[i].end());
  }
}

const ExecutionFigures& GroupFigures::of(std::size_t group) const {
  static const ExecutionFigures kNone;
  return group < groups_.size() ? groups_[group] : kNone;
}

std::optional<ExecutionPercentiles> GroupFigures::percentiles(std::size_t group) const {
  const ExecutionFigures& figures = of(group);
  if (figures.timed == 0) return std::nullopt;
  if (group < searched_.size()) return searched_[group];
  ExecutionPercentiles percentiles;
  std::vector<Duration> sorted;
  if (keeps_) {
    sorted = durations_[group];
    std::sort(sorted.begin(), sorted.end());
  }
  for (std::size_t i = 0; i < percentiles.values.size(); ++i) {
    const std::uint64_t percent = ExecutionPercentiles::kPercents[i];
    percentiles.values[i] = keeps_ ? sorted[percentile_rank(figures.timed, percent) - 1]
                                   : figures.near_percentile(percent);
  }
  return percentiles;
}

}  // namespace pgrec
