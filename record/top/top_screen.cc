#include "record/top/top_screen.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kPlainRows = 20;
constexpr std::size_t kMostOfText = 500;  // characters, however wide the screen is

// Executions or calls a second, of the interval.
std::string rate_text(std::uint64_t count, Duration interval) {
  const double seconds = std::max(std::chrono::duration<double>(interval).count(), 1e-9);
  return count_text(static_cast<std::uint64_t>(std::llround(static_cast<double>(count) / seconds)));
}

std::string percent_text(Duration part, Duration whole) {
  if (whole <= Duration{}) return "-";
  return fmt::format(
      "{:.1f} %", 100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count()));
}

std::string seconds_text(Duration duration) {
  return fmt::format("{:.1f} s", std::chrono::duration<double>(duration).count());
}

const char* name(TopSort sort) {
  static constexpr std::array<const char*, 3> kNames = {"time", "count", "mean"};
  return kNames.at(static_cast<std::size_t>(sort));
}

std::vector<std::string> header(const TopSnapshot& snapshot, const TopView& view) {
  std::vector<std::string> lines;
  lines.push_back(snapshot.server +
                  (snapshot.version.empty() ? "" : ", PostgreSQL " + snapshot.version));
  lines.push_back(fmt::format("{}, {} so far{}", snapshot.at, seconds_text(snapshot.elapsed),
                              view.paused ? ", paused" : ""));
  std::string rates;
  if (snapshot.has_executions) {
    rates += fmt::format("{} executions/s, ", rate_text(snapshot.executions, snapshot.interval));
  }
  if (snapshot.has_functions)
    rates += fmt::format("{} calls/s, ", rate_text(snapshot.calls, snapshot.interval));
  rates += fmt::format("{} events lost", count_text(snapshot.lost_events));
  if (snapshot.all_lost_events > snapshot.lost_events)
    rates += fmt::format(" ({} so far)", count_text(snapshot.all_lost_events));
  lines.push_back(rates);
  if (!snapshot.cost.empty()) lines.push_back("cost " + snapshot.cost);
  lines.insert(lines.end(), snapshot.notes.begin(), snapshot.notes.end());
  if (view.keys) {
    lines.push_back(fmt::format("q quit   s sort (by {})   p {}", name(view.sort),
                                view.paused ? "go on" : "pause"));
  }
  return lines;
}

std::string right(const std::string& text, std::size_t columns) {
  return std::string(columns - std::min(columns, text.size()), ' ') + text;
}

// Cells of these widths, aligned to the right, then a name or text.
template <std::size_t N>
std::string row(const std::array<std::size_t, N>& widths, const std::array<std::string, N>& cells,
                const std::string& text) {
  std::string line;
  for (std::size_t i = 0; i < N; ++i)
    line += right(cells[i], widths[i]) + "  ";
  return line + text;
}

// The largest first; `key` gives what is compared.
template <typename One, typename Key>
void sort_by(std::vector<One>& all, Key key) {
  std::stable_sort(all.begin(), all.end(),
                   [&](const One& a, const One& b) { return key(a) > key(b); });
}

std::string more_text(std::size_t all, std::size_t shown, std::string_view what) {
  return all > shown ? "and " + plural(all - shown, what) : "";
}

std::vector<std::string> statement_lines(const TopSnapshot& snapshot, TopSort sort,
                                         std::size_t rows) {
  std::vector<TopStatement> statements = snapshot.statements;
  std::sort(statements.begin(), statements.end(),
            [](const TopStatement& a, const TopStatement& b) { return a.text < b.text; });
  sort_by(statements, [&](const TopStatement& one) {
    const auto key = sort == TopSort::kCount  ? static_cast<std::int64_t>(one.executions)
                     : sort == TopSort::kMean ? one.mean.count()
                                              : one.in_interval.count();
    return std::pair(key, one.in_interval);
  });
  std::vector<std::string> lines;
  const std::string errors = snapshot.has_errors ? right("errors", 6) + "  " : "";
  constexpr std::array<std::size_t, 6> kWidths = {10, 7, 7, 7, 7, 7};
  lines.push_back(row(kWidths, {"executions", "running", "time", "share", "mean", "max"},
                      errors + "statement"));
  for (std::size_t i = 0; i < std::min(rows, statements.size()); ++i) {
    const TopStatement& one = statements[i];
    const bool ended = one.executions > 0;
    lines.push_back(
        row(kWidths,
            {count_text(one.executions), count_text(one.running), duration_text(one.in_interval),
             percent_text(one.in_interval, snapshot.interval),
             ended ? duration_text(one.mean) : "-", ended ? duration_text(one.max) : "-"},
            (snapshot.has_errors ? right(count_text(one.errors), 6) + "  " : "") +
                cut_text(one_line(one.text, kAnyWidth), kMostOfText)));
  }
  const std::string more = more_text(statements.size(), rows, "more statement");
  if (!more.empty()) lines.push_back(more);
  return lines;
}

std::vector<std::string> function_lines(const TopSnapshot& snapshot, TopSort sort,
                                        std::size_t rows) {
  std::vector<TopFunction> functions;
  std::vector<std::string> silent;
  for (const TopFunction& one : snapshot.functions) {
    if (one.calls > 0) {
      functions.push_back(one);
    } else {
      silent.push_back(one.name);
    }
  }
  sort_by(functions, [&](const TopFunction& one) {
    if (sort == TopSort::kCount) return static_cast<std::int64_t>(one.calls);
    return (sort == TopSort::kMean ? one.mean : one.total).count();
  });
  std::vector<std::string> lines;
  constexpr std::array<std::size_t, 5> kWidths = {10, 7, 7, 7, 7};
  lines.push_back(row(kWidths, {"calls", "total", "self", "mean", "p99"}, "function"));
  for (std::size_t i = 0; i < std::min(rows, functions.size()); ++i) {
    const TopFunction& one = functions[i];
    lines.push_back(row(kWidths,
                        {count_text(one.calls), duration_text(one.total), duration_text(one.self),
                         duration_text(one.mean), duration_text(one.p99)},
                        one_line(one.name, kAnyWidth)));
  }
  const std::string more = more_text(functions.size(), rows, "more function");
  if (!more.empty()) lines.push_back(more);
  if (!silent.empty()) lines.push_back("0 calls: " + join(silent, ", "));
  return lines;
}

}  // namespace

TopSort next(TopSort sort) {
  return sort == TopSort::kTime    ? TopSort::kCount
         : sort == TopSort::kCount ? TopSort::kMean
                                   : TopSort::kTime;
}

std::string cut_text(const std::string& text, std::size_t columns) {
  constexpr std::string_view kCut = "...";
  std::size_t shown = 0;
  std::size_t cut_at = 0;  // where kCut goes if the text is longer
  for (std::size_t at = 0; at < text.size(); ++at) {
    if ((text[at] & 0xC0) == 0x80) continue;  // goes on with a character
    if (shown + kCut.size() <= columns) cut_at = at;
    if (shown == columns)
      return text.substr(0, cut_at).append(kCut.substr(0, std::min(columns, kCut.size())));
    ++shown;
  }
  return text;
}

std::vector<std::string> top_lines(const TopSnapshot& snapshot, const TopView& view) {
  std::vector<std::string> lines = header(snapshot, view);
  const std::size_t statements = snapshot.has_executions ? snapshot.statements.size() : 0;
  const std::size_t functions = snapshot.has_functions ? snapshot.functions.size() : 0;
  std::size_t statement_rows = kPlainRows;
  std::size_t function_rows = kPlainRows;
  if (view.rows > 0) {
    // Beside the header: a blank, a heading and what is not shown for each table.
    const std::size_t taken = lines.size() + (statements > 0 ? 3 : 2) + (functions > 0 ? 4 : 0);
    const std::size_t room = view.rows > taken ? view.rows - taken : 0;
    function_rows = std::min(functions, std::max(room / 3, room - std::min(room, statements)));
    statement_rows = room - function_rows;
  }
  const auto add = [&](const std::vector<std::string>& table) {
    lines.emplace_back();
    lines.insert(lines.end(), table.begin(), table.end());
  };
  if (snapshot.has_executions) add(statement_lines(snapshot, view.sort, statement_rows));
  if (snapshot.has_functions) add(function_lines(snapshot, view.sort, function_rows));
  if (view.rows > 0 && lines.size() > view.rows) lines.resize(view.rows);
  for (std::string& line : lines) {
    line = printable(line);
    if (view.columns > 0) line = cut_text(line, view.columns);
  }
  return lines;
}

}  // namespace pgrec
