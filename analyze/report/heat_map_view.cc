#include "analyze/report/heat_map_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "analyze/calls/heat_map.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::string_view kShades = ".:-=+*#%@";
constexpr std::size_t kLabels = 24;  // columns beside the picture
constexpr std::size_t kLeastColumns = 10;

std::int64_t from_of(unsigned row) {
  return row == 0 ? 0 : std::int64_t{1} << row;
}

// The largest count that each shade stands for: equal steps of the logarithm.
std::vector<std::uint64_t> steps_of(std::uint64_t most) {
  std::vector<std::uint64_t> steps;
  for (std::size_t i = 1; i <= kShades.size(); ++i) {
    const double power = static_cast<double>(i) / static_cast<double>(kShades.size());
    const auto step =
        static_cast<std::uint64_t>(std::floor(std::pow(static_cast<double>(most), power) + 1e-9));
    steps.push_back(i == kShades.size() ? most : std::min(step, most));
  }
  return steps;
}

char shade_of(std::uint64_t count, const std::vector<std::uint64_t>& steps) {
  if (count == 0) return ' ';
  const auto step = std::lower_bound(steps.begin(), steps.end(), count);
  return kShades[static_cast<std::size_t>(step - steps.begin())];
}

class Picture {
 public:
  Picture(const HeatMap& map, const TimeIntervals& intervals) : map_(map), intervals_(intervals) {
    for (unsigned row = 0; row < HeatMap::kRows; ++row) {
      if (map.count_of_row(row) == 0) continue;
      if (!any_) first_ = row;
      any_ = true;
      last_ = row;
    }
    for (std::size_t i = 0; i < intervals.count(); ++i) {
      for (unsigned row = 0; row < HeatMap::kRows; ++row)
        most_ = std::max(most_, map.count(i, row));
    }
  }
  bool any() const { return any_; }

  // The longest durations at the top.
  std::vector<std::string> lines() const {
    const std::vector<std::uint64_t> steps = steps_of(most_);
    std::vector<std::string> lines;
    for (unsigned row = last_ + 1; row-- > first_;) {
      std::string cells;
      for (std::size_t i = 0; i < intervals_.count(); ++i)
        cells += shade_of(map_.count(i, row), steps);
      lines.push_back(fmt::format("{:>8} |{}| {}", duration_text(Duration(from_of(row))), cells,
                                  count_text(map_.count_of_row(row))));
    }
    lines.push_back(axis());
    lines.push_back(legend(steps));
    return lines;
  }

 private:
  std::string axis() const {
    const std::string begin = duration_text(intervals_.begin(0).time_since_epoch());
    const std::string end = duration_text(intervals_.begin(intervals_.count()).time_since_epoch());
    const std::size_t width = std::max(intervals_.count(), begin.size() + end.size() + 1);
    return std::string(10, ' ') + begin + std::string(width - begin.size() - end.size(), ' ') + end;
  }
  std::string legend(const std::vector<std::uint64_t>& steps) const {
    std::string text = fmt::format("a column is {};", duration_text(intervals_.length()));
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i > 0 && steps[i] == steps[i - 1]) continue;
      text += fmt::format(" {} {}{}", kShades[i], steps[i] == 1 ? "" : "≤", steps[i]);
    }
    return text;
  }

  const HeatMap& map_;
  const TimeIntervals& intervals_;
  bool any_ = false;
  unsigned first_ = 0, last_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace

ViewResult heat_map_view(Analysis& analysis, const HeatMapOptions& options) {
  const std::size_t columns = std::max(options.width, kLabels + kLeastColumns) - kLabels;
  const TimeIntervals intervals =
      TimeIntervals::round(analysis.executions().range, analysis.set().last(), columns);
  const HeatMap map =
      options.calls
          ? heat_map_of_calls(analysis.set(), analysis.calls(), intervals, analysis.options())
          : heat_map_of_executions(wanted_executions(analysis), intervals);
  Table table{"heatmap",
              "",
              {{"interval", "interval", Unit::kDurationNs},
               {"from_ns", "from", Unit::kDurationNs},
               {"to_ns", "to", Unit::kDurationNs},
               {"count", "count", Unit::kCount}},
              {}};
  for (std::size_t i = 0; i < intervals.count(); ++i) {
    for (unsigned row = 0; row < HeatMap::kRows; ++row) {
      if (map.count(i, row) == 0) continue;
      table.rows.push_back({to_ns(intervals.begin(i)), from_of(row), (std::int64_t{2} << row) - 1,
                            as_value(map.count(i, row))});
    }
  }
  ViewResult view;
  const Picture picture(map, intervals);
  view.nothing = options.calls ? "no calls that returned" : "no executions that ended";
  if (picture.any()) view.picture = picture.lines();
  view.tables = {std::move(table)};
  return view;
}

}  // namespace pgrec
