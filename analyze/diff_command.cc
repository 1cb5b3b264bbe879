#include "analyze/diff_command.h"

#include <algorithm>
#include <functional>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "analyze/duration_profile.h"
#include "analyze/loaded_trace.h"
#include "analyze/table.h"
#include "format/units.h"

namespace pgrec {
namespace {

struct Arguments {
  std::string a;
  std::string b;
  std::string format = "text";
};

// One function in one trace.
struct Side {
  std::int64_t calls = 0;  // of every outcome
  DurationProfile profile;
};

struct FunctionPair {
  std::string name;
  std::optional<Side> a;  // none: not probed there
  std::optional<Side> b;

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
  SqlValue (*value)(const Side&);
};

template <auto kField>
SqlValue duration_of(const Side& side) {
  if (side.profile.calls == 0) return std::monostate{};
  return std::int64_t{std::invoke(kField, side.profile).count()};
}

constexpr Metric kMetrics[] = {
    {"calls", Unit::kCount, [](const Side& side) -> SqlValue { return side.calls; }},
    {"total", Unit::kDurationNs, duration_of<&DurationProfile::total>},
    {"mean", Unit::kDurationNs, duration_of<&DurationProfile::mean>},
    {"p50", Unit::kDurationNs, duration_of<&DurationProfile::p50>},
    {"p99", Unit::kDurationNs, duration_of<&DurationProfile::p99>},
};

SqlValue value_of(const Metric& metric, const std::optional<Side>& side) {
  if (!side) return std::monostate{};
  return metric.value(*side);
}

SqlValue ratio(const SqlValue& a, const SqlValue& b) {
  const auto* from = std::get_if<std::int64_t>(&a);
  const auto* to = std::get_if<std::int64_t>(&b);
  if (!from || !to || *from == 0) return std::monostate{};
  return static_cast<double>(*to) / static_cast<double>(*from);
}

// By name; copies of a file-local function share one and are told apart by where they stand.
std::map<std::string, Side> sides_of(const Database& database) {
  auto profiles = function_profiles(database);
  std::map<std::string, Side> sides;
  auto rows = database.prepare(
      "SELECT function_id, calls, CASE count(*) OVER (PARTITION BY name) WHEN 1 THEN name "
      "ELSE printf('%s@0x%x', name, file_offset) END FROM functions");
  while (rows.step()) {
    sides.emplace(rows.text(2), Side{rows.integer(1), std::move(profiles[rows.integer(0)])});
  }
  return sides;
}

// All functions of both, by the larger total time.
std::vector<FunctionPair> pairs_of(const LoadedTrace& a, const LoadedTrace& b) {
  const auto in_a = sides_of(a.database);
  const auto in_b = sides_of(b.database);
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
    return std::max(pair.a ? pair.a->profile.total : Duration{},
                    pair.b ? pair.b->profile.total : Duration{});
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

void print_side(const char* side, const TraceReader& trace) {
  std::cout << side << "  " << trace.name() << ": "
            << duration_text(trace.last().time_since_epoch()) << " from "
            << trace.fact("recorded.at").value_or("unknown") << ", PostgreSQL "
            << trace.fact("server.version").value_or("unknown") << "\n";
}

void print_people(const LoadedTrace& a, const LoadedTrace& b,
                  const std::vector<FunctionPair>& pairs) {
  print_side("A", a.trace);
  print_side("B", b.trace);
  std::cout << "\n"
            << std::left << std::setw(30) << "function" << std::right << std::setw(14) << "A"
            << std::setw(14) << "B" << std::setw(9) << "B/A"
            << "\n";
  for (const FunctionPair& pair : pairs) {
    const std::string presence = pair.presence();
    std::cout << pair.name
              << (presence == "both"   ? ""
                  : presence == "none" ? " (no calls)"
                                       : " (" + presence + ")")
              << "\n";
    if (presence == "none") continue;
    for (const Metric& metric : kMetrics) {
      const SqlValue in_a = value_of(metric, pair.a);
      const SqlValue in_b = value_of(metric, pair.b);
      std::cout << "  " << std::left << std::setw(28) << metric.name << std::right << std::setw(14)
                << people_text(in_a, metric.unit) << std::setw(14) << people_text(in_b, metric.unit)
                << std::setw(9) << people_text(ratio(in_a, in_b), Unit::kRatio) << "\n";
    }
  }
}

// What makes a comparison doubtful, before anyone reads it.
void warn_if_not_alike(const LoadedTrace& a, const LoadedTrace& b,
                       const std::vector<FunctionPair>& pairs) {
  for (const char* fact : {"server.version", "host.name", "host.kernel", "host.cpus"}) {
    const std::string in_a = a.trace.fact(fact).value_or("unknown");
    const std::string in_b = b.trace.fact(fact).value_or("unknown");
    if (in_a != in_b)
      std::cerr << "pgrec: the traces differ in " << fact << ": " << in_a << " and " << in_b
                << "\n";
  }
  for (const FunctionPair& pair : pairs) {
    if (!pair.a || !pair.b) {
      std::cerr << "pgrec: " << pair.name << " was probed in " << (pair.a ? "A" : "B") << " only\n";
    }
  }
}

ExitStatus diff(const Arguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const LoadedTrace a(arguments.a);
  const LoadedTrace b(arguments.b);
  const std::vector<FunctionPair> pairs = pairs_of(a, b);
  warn_if_not_alike(a, b, pairs);
  if (format == OutputFormat::kText) {
    print_people(a, b, pairs);
  } else {
    Table traces = trace_table(a.trace);
    traces.rows.push_back(trace_table(b.trace).rows.front());
    print(std::cout, {machine_table(pairs), std::move(traces)}, format);
  }
  return std::max(a.status(), b.status());
}

}  // namespace

void add_diff_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("diff", "two traces side by side, function by function");
  command->add_option("A", arguments->a, "the trace to compare with")->required();
  command->add_option("B", arguments->b, "the trace to compare")->required();
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = diff(*arguments); });
}

}  // namespace pgrec
