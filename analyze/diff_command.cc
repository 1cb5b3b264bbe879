#include "analyze/diff_command.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "analyze/calls/function_figures.h"
#include "analyze/filter/analysis.h"
#include "analyze/filter_options.h"
#include "analyze/report/progress_line.h"
#include "analyze/report/set_notes.h"
#include "analyze/report/table.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

struct DiffArguments {
  std::string a;
  std::string b;
  std::vector<std::string> base, test;  // in their place
  Filters filters;
  unsigned threads = 0;
  bool exact = false;
  std::string format = "text";
};

struct FunctionPair {
  std::string name;
  std::optional<DurationProfile> a;  // none: not probed there
  std::optional<DurationProfile> b;

  // How the function's calls changed: "both", "new" (none in A), "gone" (none in B), "none".
  const char* presence() const {
    const bool in_a = a && a->calls > 0;
    const bool in_b = b && b->calls > 0;
    return in_a && in_b ? "both" : in_b ? "new" : in_a ? "gone" : "none";
  }
};

// A figure that is compared.
struct Metric {
  const char* name;
  Unit unit;
  SqlValue (*value)(const DurationProfile&);
};

template <auto kField>
SqlValue duration_of(const DurationProfile& side) {
  if (side.returned == 0) return std::monostate{};
  return std::int64_t{std::invoke(kField, side).count()};
}

constexpr Metric kMetrics[] = {
    {"calls", Unit::kCount,
     [](const DurationProfile& side) -> SqlValue { return static_cast<std::int64_t>(side.calls); }},
    {"total", Unit::kDurationNs, duration_of<&DurationProfile::total>},
    {"mean", Unit::kDurationNs, duration_of<&DurationProfile::mean>},
    {"p50", Unit::kDurationNs, duration_of<&DurationProfile::p50>},
    {"p99", Unit::kDurationNs, duration_of<&DurationProfile::p99>},
};

SqlValue value_of(const Metric& metric, const std::optional<DurationProfile>& side) {
  if (!side) return std::monostate{};
  return metric.value(*side);
}

SqlValue ratio(const SqlValue& a, const SqlValue& b) {
  const auto* from = std::get_if<std::int64_t>(&a);
  const auto* to = std::get_if<std::int64_t>(&b);
  if (!from || !to || *from == 0) return std::monostate{};
  return static_cast<double>(*to) / static_cast<double>(*from);
}

using ProfilesByName = std::map<std::string, DurationProfile>;

// By name; copies of a file-local function share one and are told apart by where they stand.
ProfilesByName sides_of(const std::vector<FunctionFigures>& functions) {
  std::map<std::string, int> copies;
  for (const FunctionFigures& function : functions)
    ++copies[function.name];
  ProfilesByName sides;
  for (const FunctionFigures& function : functions) {
    const bool alone = copies[function.name] == 1;
    sides.emplace(
        alone ? function.name : fmt::format("{}@{:#x}", function.name, function.file_offset),
        function.profile);
  }
  return sides;
}

std::vector<FunctionFigures> joined(std::vector<FunctionFigures> a,
                                    const std::vector<FunctionFigures>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// All functions of both, by the larger total time.
std::vector<FunctionPair> pairs_of(const ProfilesByName& in_a, const ProfilesByName& in_b) {
  std::set<std::string> names;
  for (const auto& [name, side] : in_a)
    names.insert(name);
  for (const auto& [name, side] : in_b)
    names.insert(name);
  std::vector<FunctionPair> pairs;
  for (const std::string& name : names) {
    FunctionPair& pair = pairs.emplace_back();
    pair.name = name;
    if (const auto found = in_a.find(name); found != in_a.end()) pair.a = found->second;
    if (const auto found = in_b.find(name); found != in_b.end()) pair.b = found->second;
  }
  const auto time = [](const FunctionPair& pair) {
    return std::max(pair.a ? pair.a->total : Duration{}, pair.b ? pair.b->total : Duration{});
  };
  std::stable_sort(pairs.begin(), pairs.end(),
                   [&](const FunctionPair& x, const FunctionPair& y) { return time(x) > time(y); });
  return pairs;
}

Table machine_table(const std::vector<FunctionPair>& pairs) {
  Table table{"functions", "", {{"function", ""}, {"presence", ""}}, {}};
  for (const Metric& metric : kMetrics) {
    const std::string name = metric.name;
    const std::string unit = metric.unit == Unit::kDurationNs ? "_ns" : "";
    table.columns.push_back({"a_" + name + unit, ""});
    table.columns.push_back({"b_" + name + unit, ""});
    table.columns.push_back({name + "_ratio", ""});
  }
  for (const FunctionPair& pair : pairs) {
    auto& row = table.rows.emplace_back();
    row.push_back(pair.name);
    row.push_back(std::string(pair.presence()));
    for (const Metric& metric : kMetrics) {
      const SqlValue in_a = value_of(metric, pair.a);
      const SqlValue in_b = value_of(metric, pair.b);
      row.push_back(in_a);
      row.push_back(in_b);
      row.push_back(ratio(in_a, in_b));
    }
  }
  return table;
}

void print_side(const char* side, const TraceSet& set) {
  for (const TraceSet::File& file : set.files()) {
    const TraceReader& trace = file.reader;
    print_line(std::cout, fmt::format("{}  {}: {} from {}, PostgreSQL {}", side, trace.name(),
                                      duration_text(trace.last().time_since_epoch()),
                                      trace.fact("recorded.at").value_or("unknown"),
                                      trace.fact("server.version").value_or("unknown")));
  }
}

void print_people(const TraceSet& a, const TraceSet& b, const std::vector<FunctionPair>& pairs) {
  print_side("A", a);
  print_side("B", b);
  std::cout << fmt::format("\n{:<30}{:>14}{:>14}{:>9}\n", "function", "A", "B", "B/A");
  for (const FunctionPair& pair : pairs) {
    const std::string presence = pair.presence();
    const std::string note = presence == "both"   ? ""
                             : presence == "none" ? " (no calls)"
                                                  : fmt::format(" ({})", presence);
    print_line(std::cout, pair.name + note);
    if (presence == "none") continue;
    for (const Metric& metric : kMetrics) {
      const SqlValue in_a = value_of(metric, pair.a);
      const SqlValue in_b = value_of(metric, pair.b);
      std::cout << fmt::format("  {:<28}{:>14}{:>14}{:>9}\n", metric.name,
                               people_text(in_a, metric.unit), people_text(in_b, metric.unit),
                               people_text(ratio(in_a, in_b), Unit::kRatio));
    }
  }
}

// What makes a comparison doubtful, before anyone reads it.
void warn_if_not_alike(const TraceSet& set_a, const TraceSet& set_b,
                       const std::vector<FunctionPair>& pairs) {
  const TraceReader& a = set_a.files().front().reader;
  const TraceReader& b = set_b.files().front().reader;
  for (const char* fact : {"server.version", "host.name", "host.kernel", "host.cpus"}) {
    const std::string in_a = a.fact(fact).value_or("unknown");
    const std::string in_b = b.fact(fact).value_or("unknown");
    if (in_a != in_b)
      print_line(std::cerr,
                 fmt::format("pgrec: the traces differ in {}: {} and {}", fact, in_a, in_b));
  }
  for (const FunctionPair& pair : pairs) {
    if (!pair.a || !pair.b) {
      print_line(std::cerr,
                 fmt::format("pgrec: {} was probed in {} only", pair.name, pair.a ? "A" : "B"));
    }
  }
}

// What --base, or else A, names; of B the same.
std::vector<std::string> side_of(const std::vector<std::string>& many, const std::string& one,
                                 const char* option) {
  if (!many.empty() && !one.empty())
    throw UsageError(std::string(option) + " takes the place of A and B",
                     "pgrec diff A B, or pgrec diff --base A... --test B...");
  if (many.empty() && one.empty())
    throw UsageError("there are two sides to compare",
                     "pgrec diff A B, or pgrec diff --base A... --test B...");
  return many.empty() ? std::vector{one} : many;
}

ExitStatus diff(const DiffArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const Percentiles percentiles =
      arguments.exact ? Percentiles::kExact : Percentiles::kExactWhenCheap;
  const auto base = side_of(arguments.base, arguments.a, "--base");
  const auto test = side_of(arguments.test, arguments.b, "--test");
  Analysis a(base, arguments.filters, arguments.threads);
  Analysis b(test, arguments.filters, arguments.threads);
  ProgressLine line;
  a.on_progress(line.progress());
  b.on_progress(line.progress());
  const auto in_a = function_figures(a.set(), a.calls(), {percentiles}, a.options());
  const auto in_b = function_figures(b.set(), b.calls(), {percentiles}, b.options());
  line.clear();
  const std::vector<FunctionPair> pairs = pairs_of(sides_of(in_a), sides_of(in_b));
  const ExitStatus status = std::max(warn_if_not_whole(a.set()), warn_if_not_whole(b.set()));
  warn_if_not_alike(a.set(), b.set(), pairs);
  if (format == OutputFormat::kText) {
    print_people(a.set(), b.set(), pairs);
    const std::string notes = not_exact_text(joined(in_a, in_b));
    if (!notes.empty()) std::cout << "\n" << notes;
  } else {
    Table traces = trace_table(a.set());
    for (auto& row : trace_table(b.set()).rows)
      traces.rows.push_back(std::move(row));
    print(std::cout, {machine_table(pairs), std::move(traces)}, format);
  }
  return status;
}

}  // namespace

void add_diff_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<DiffArguments>();
  CLI::App* command = app.add_subcommand("diff", "two traces side by side, function by function");
  command->add_option("A", arguments->a, "the trace to compare with, or a directory, or a glob");
  command->add_option("B", arguments->b, "the trace to compare");
  command->add_option("--base", arguments->base, "several in place of A")->type_name("A...");
  command->add_option("--test", arguments->test, "several in place of B")->type_name("B...");
  add_call_filters(*command, arguments->filters);
  command->add_option("--threads", arguments->threads, "threads that read; one for each CPU")
      ->type_name("N");
  command->add_flag("--exact", arguments->exact,
                    "exact percentiles also for many calls, by reading each of them");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = diff(*arguments); });
}

}  // namespace pgrec
