#include "analyze/report/by_pid_view.h"

#include <algorithm>
#include <tuple>

#include "analyze/report/view_result.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

SqlValue who_text(const ProcessIdentity& who) {
  if (who.leader_pid) return "worker of " + std::to_string(*who.leader_pid);
  if (who.user && who.database) return *who.user + "@" + *who.database;
  if (!who.backend_type) return std::monostate{};
  return *who.backend_type + (who.database ? " of " + *who.database : "");
}

const ProcessLives::Life* find_life(const TraceSet& set, const SplitValue& value) {
  if (value.process == 0) return nullptr;
  for (const TraceSet::File& file : set.files()) {
    if (file.trace != value.trace) continue;
    if (const auto* const life = file.lives.find(value.pid, value.process)) return life;
  }
  return nullptr;
}

Table empty_table() {
  return {"processes",
          "",
          {{"trace", "trace", Unit::kPlain, Shown::kWhereAny},
           {"pid", "pid"},
           {"who", "who", Unit::kPlain, Shown::kAlways, "", true},
           {"backend_type", "backend type", Unit::kPlain, Shown::kNever},
           {"database", "database", Unit::kPlain, Shown::kNever},
           {"user", "user", Unit::kPlain, Shown::kNever},
           {"client", "client", Unit::kPlain, Shown::kWhereAny, "", true, 4},
           {"application", "application", Unit::kPlain, Shown::kWhereAny, "", true, 3},
           {"leader_pid", "leader", Unit::kPlain, Shown::kNever},
           {"function", "function", Unit::kPlain, Shown::kAlways, "", true},
           {"calls", "calls", Unit::kCount},
           {"total_ns", "total", Unit::kDurationNs},
           {"mean_ns", "mean", Unit::kDurationNs, Shown::kAlways, "", false, 2},
           {"p50_ns", "p50", Unit::kDurationNs},
           {"p99_ns", "p99", Unit::kDurationNs},
           {"max_ns", "max", Unit::kDurationNs}},
          {}};
}

}  // namespace

NotedTables by_pid_view(Analysis& analysis, Percentiles percentiles) {
  TraceSet& set = analysis.set();
  CallSplit split(set, SplitBy::kPid, nullptr, analysis.options());
  const DurationProfiles profiles =
      profile_groups(set, analysis.calls(), split, {percentiles}, analysis.options());
  std::vector<SplitValue> values;
  for (std::uint32_t i = 0; i < split.size(); ++i)
    values.push_back(split.value_of(i));
  std::vector<std::pair<ProfileGroup, const DurationProfile*>> rows;
  for (const auto& [group, profile] : profiles)
    rows.emplace_back(group, &profile);
  const auto key = [&](const auto& row) {
    const SplitValue& value = values[row.first.split];
    return std::tuple(-row.second->total, value.trace, value.pid, value.process,
                      row.first.function);
  };
  std::sort(rows.begin(), rows.end(),
            [&](const auto& a, const auto& b) { return key(a) < key(b); });

  Table table = empty_table();
  for (const auto& [group, profile] : rows) {
    const SplitValue& value = values[group.split];
    const ProcessLives::Life* const life = find_life(set, value);
    const ProcessIdentity who = life ? life->identity : ProcessIdentity{};
    SqlValue leader;
    if (who.leader_pid) leader = std::int64_t{*who.leader_pid};
    table.rows.push_back({set.traces() > 1 ? SqlValue(std::int64_t{value.trace}) : SqlValue(),
                          std::int64_t{value.pid}, who_text(who), as_value(who.backend_type),
                          as_value(who.database), as_value(who.user), as_value(who.client),
                          life ? as_value(life->process.application) : SqlValue(), leader,
                          set.function_name(group.function),
                          static_cast<std::int64_t>(profile->calls), profile->total.count(),
                          known_or_null(profile->returned > 0, profile->mean()),
                          known_or_null(profile->returned > 0, profile->p50),
                          known_or_null(profile->returned > 0, profile->p99),
                          known_or_null(profile->returned > 0, profile->max)});
  }
  std::string no_calls = no_calls_line(functions_without_calls(set, analysis.calls(), profiles));
  if (!no_calls.empty()) no_calls = printable(no_calls) + "\n";
  return {{std::move(table)}, no_calls + not_exact_text(profiles)};
}

}  // namespace pgrec
