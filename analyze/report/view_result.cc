#include "analyze/report/view_result.h"

#include <algorithm>
#include <ostream>

#include "format/print/printable.h"

namespace pgrec {

void print(std::ostream& out, const ViewResult& view, OutputFormat format, const Layout& layout) {
  if (format != OutputFormat::kText) return print(out, view.tables, format, layout);
  const Table& first = view.first_shown();
  if (first.rows.empty() && !view.nothing.empty()) {
    print_line(out, view.nothing);
  } else {
    for (const std::string& line : view.above)
      print_line(out, line);
    for (const std::string& line : view.picture)
      print_line(out, line);
    if (view.picture.empty())
      print(out, view.screen ? *view.screen : std::vector{first}, format, layout);
  }
  if (!view.below.empty()) out << "\n";
  for (const std::string& line : view.below)
    print_line(out, line);
}

WantedExecutions wanted_executions(Analysis& analysis) {
  return {analysis.set(), analysis.executions(), analysis.options()};
}

SqlValue as_value(std::uint64_t count) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX));
}
SqlValue as_value(Duration duration) {
  return std::int64_t{duration.count()};
}
SqlValue as_value(const std::optional<std::int64_t>& number) {
  return number ? SqlValue(*number) : SqlValue();
}
SqlValue as_value(const std::optional<std::uint64_t>& count) {
  return count ? as_value(*count) : SqlValue();
}
SqlValue as_value(const std::optional<Duration>& duration) {
  return duration ? as_value(*duration) : SqlValue();
}
SqlValue as_value(const std::string& text) {
  return text.empty() ? SqlValue() : SqlValue(text);
}
SqlValue as_value(const std::optional<std::string>& text) {
  return text ? as_value(*text) : SqlValue();
}

std::size_t measure_place(std::string_view name) {
  const auto found = std::find_if(kMeasures.begin(), kMeasures.end(),
                                  [name](const Measure& one) { return one.name == name; });
  return static_cast<std::size_t>(found - kMeasures.begin());
}

std::string not_exact_line(const GroupFigures& figures) {
  if (figures.exact()) return {};
  return "percentiles are at most 3.2 % off";
}

}  // namespace pgrec
