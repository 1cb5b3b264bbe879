// The probes of a recording by their numbers. The kernel side counts by these numbers, hits carry
// them, and they are the ids of the trace's function table. First come the probed functions, then
// the points (USDT probes). The last number stands for all hooks of the server's queries.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/table/tables.h"

namespace pgrec {

// Probe numbers from `first` to before `last`, to go through: `for (std::uint32_t probe : range)`.
struct ProbeRange {
  struct Iterator {
    std::uint32_t probe = 0;
    std::uint32_t operator*() const { return probe; }
    Iterator& operator++() {
      ++probe;
      return *this;
    }
    bool operator==(const Iterator&) const = default;
  };
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  Iterator begin() const { return {first}; }
  Iterator end() const { return {last}; }
  std::uint32_t size() const { return last - first; }
  bool empty() const { return first == last; }
};

class ProbeTable {
 public:
  struct Point {
    Function function;
    EventClass events;  // what its hits are
  };

  // Gives each its number as its id, and its role. `hooks` stands for the query hooks; it is there
  // also where none is attached, under the name and the place of the activity function. `stepped`:
  // of each function, whether the kernel steps through the instruction under its entry probe; none:
  // it does for none.
  ProbeTable(std::vector<Function> functions, const std::vector<Point>& points, Function hooks,
             std::vector<bool> stepped = {});

  ProbeRange functions() const { return {0, points_at_}; }
  ProbeRange points() const { return {points_at_, hooks()}; }
  // Functions and points: what a person asked for.
  ProbeRange chosen() const { return {0, hooks()}; }
  std::uint32_t hooks() const { return size() - 1; }
  ProbeRange all() const { return {0, size()}; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }

  // The trace's function table: a row for each probe, at its number.
  const std::vector<Function>& rows() const { return rows_; }
  const std::string& name(std::uint32_t probe) const { return rows_.at(probe).name; }
  // Whether a hit takes a step, which costs more. The nop of a point takes none.
  bool is_stepped(std::uint32_t probe) const { return probe < stepped_.size() && stepped_[probe]; }
  bool any_stepped() const;
  // Of the points, in their order.
  const std::vector<EventClass>& classes() const { return classes_; }

  // The probed function that the activity hook is on too, if there is one.
  std::optional<std::uint32_t> function_at_hooks() const;

 private:
  std::uint32_t points_at_;
  std::vector<Function> rows_;
  std::vector<EventClass> classes_;
  std::vector<bool> stepped_;
};

}  // namespace pgrec
