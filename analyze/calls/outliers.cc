#include "analyze/calls/outliers.h"

#include <algorithm>
#include <vector>

#include "analyze/calls/worker_runs.h"

namespace pgrec {
namespace {

constexpr std::uint64_t kOneOf = 100;

// The slower first; of those that are equally slow the one with the lower id.
struct Rank {
  Duration duration{};
  ExecutionId id{};
  bool is_slower(const Rank& other) const {
    return duration != other.duration ? duration > other.duration : id < other.id;
  }
};

bool ranks_before(const Rank& a, const Rank& b) {
  return a.is_slower(b);
}

std::uint64_t slow_ones(std::uint64_t executions) {
  return (executions + kOneOf - 1) / kOneOf;
}

// The slowest of the statement, at least so many as can be among the slow ones.
class Slowest {
 public:
  Slowest(const WantedExecutions& wanted, const StatementTable& table, std::size_t statement)
      : wanted_(&wanted),
        statement_(statement),
        most_(slow_ones(std::max<std::uint64_t>(wanted.set.executions(), 1))),
        places_(table) {}

  void add(const ExecutionRecord& execution) {
    if (!execution.duration || !wanted_->has(execution) || places_(execution) != statement_) return;
    ++count_;
    enter({*execution.duration, execution.id});
  }
  void merge(const Slowest& other) {
    count_ += other.count_;
    for (const Rank& place : other.heap_)
      enter(place);
  }
  // The last of the slow ones.
  std::optional<Rank> threshold() && {
    if (count_ == 0) return std::nullopt;
    const std::size_t rank = std::min<std::size_t>(slow_ones(count_), heap_.size());
    const auto nth = heap_.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(heap_.begin(), nth, heap_.end(), ranks_before);
    return *nth;
  }

 private:
  void enter(const Rank& place) {
    if (heap_.size() == most_) {
      if (!place.is_slower(heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end(), ranks_before);
      heap_.pop_back();
    }
    heap_.push_back(place);
    std::push_heap(heap_.begin(), heap_.end(), ranks_before);
  }

  const WantedExecutions* wanted_;
  std::size_t statement_;
  std::size_t most_;
  StatementPlaces places_;
  std::uint64_t count_ = 0;
  std::vector<Rank> heap_;  // its first is the least slow
};

enum Side : std::size_t { kSlow = 0, kOther = 1 };

class OutlierSides {
 public:
  OutlierSides(const WantedExecutions& wanted, const StatementTable& table, std::size_t statement,
               const CallSelection& calls, const Rank& threshold)
      : wanted_(&wanted),
        statement_(statement),
        calls_(&calls),
        threshold_(threshold),
        places_(table) {}

  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind == ExecutionFacts::Kind::kWorkerRun) return add_run(execution);
    if (!wanted_->has(execution)) return;
    if (const auto side = side_of(execution, places_(execution)))
      sides[*side].add(execution, *calls_);
  }
  void merge(const OutlierSides& other) {
    for (std::size_t i = 0; i < sides.size(); ++i)
      sides[i].merge(other.sides[i]);
    runs_.insert(runs_.end(), other.runs_.begin(), other.runs_.end());
  }
  void add_runs(const StatementTable& table) {
    const auto groups =
        groups_of_leaders(*wanted_, runs_, [this, &table](const ExecutionRecord& leader) {
          return side_of(leader, table.of(leader));
        });
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (groups[i]) sides[*groups[i]].functions.add(runs_[i].functions, *calls_);
    }
  }

  std::array<OutlierSide, 2> sides;

 private:
  std::optional<std::size_t> side_of(const ExecutionRecord& execution,
                                     std::optional<std::size_t> statement) const {
    if (!execution.duration || statement != statement_) return std::nullopt;
    const bool is_slow = !threshold_.is_slower({*execution.duration, execution.id});
    return is_slow ? kSlow : kOther;
  }
  // Of another statement's, where its text says so for sure.
  void add_run(const ExecutionRecord& run) {
    if (run.functions.empty()) return;
    const auto place = places_.by_text(run);
    if (place && place != statement_) return;
    if (auto kept = worker_run(run, *calls_)) runs_.push_back(std::move(*kept));
  }

  const WantedExecutions* wanted_;
  std::size_t statement_;
  const CallSelection* calls_;
  Rank threshold_;
  StatementPlaces places_;
  std::vector<WorkerRun> runs_;
};

}  // namespace

void OutlierSide::add(const ExecutionRecord& execution, const CallSelection& calls) {
  figures.add(execution);
  const ExecutionFacts& facts = execution.facts;
  if (facts.prepare_ns) {
    ++prepared;
    prepare = add_capped(prepare, Duration(*facts.prepare_ns));
  }
  for (std::size_t i = 0; i < measured.size(); ++i)
    measured[i] += facts.measures[i] ? 1 : 0;
  functions.add(execution.functions, calls);
  first = std::min(first, execution.begun);
  last = std::max(last, execution.begun);
  ++by_pid[execution.thread.pid];
}

void OutlierSide::merge(const OutlierSide& other) {
  figures.merge(other.figures);
  prepared += other.prepared;
  prepare = add_capped(prepare, other.prepare);
  for (std::size_t i = 0; i < measured.size(); ++i)
    measured[i] += other.measured[i];
  functions.merge(other.functions);
  first = std::min(first, other.first);
  last = std::max(last, other.last);
  for (const auto& [pid, executions] : other.by_pid)
    by_pid[pid] += executions;
}

std::pair<std::uint32_t, std::uint64_t> OutlierSide::most_frequent_pid() const {
  std::pair<std::uint32_t, std::uint64_t> most;
  for (const auto& [pid, executions] : by_pid) {
    if (executions > most.second) most = {pid, executions};
  }
  return most;
}

std::optional<Outliers> find_outliers(const WantedExecutions& wanted, const StatementTable& table,
                                      std::size_t statement, const CallSelection& calls) {
  ExecutionQuery query = wanted.query();
  const auto threshold =
      sum_executions(wanted.set, query, Slowest(wanted, table, statement), wanted.options)
          .threshold();
  if (!threshold) return std::nullopt;
  query.later_worker_runs = true;
  query.wants.function_times = true;
  query.wants.calls_at_least = calls.at_least;
  OutlierSides sides = sum_executions(
      wanted.set, query, OutlierSides(wanted, table, statement, calls, *threshold), wanted.options);
  sides.add_runs(table);
  return Outliers{threshold->duration, std::move(sides.sides[kSlow]),
                  std::move(sides.sides[kOther])};
}

}  // namespace pgrec
