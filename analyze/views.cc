#include "analyze/views.h"

#include <algorithm>
#include <map>

#include "analyze/call_builder.h"
#include "analyze/process_title.h"
#include "format/units.h"

namespace pgrec {
namespace {

constexpr int kTopStatements = 10;

// Of calls that returned; NULL where none did.
SqlValue ns_or_null(const DurationProfile& profile, Duration duration) {
  if (profile.returned == 0) return std::monostate{};
  return duration.count();
}

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

SqlValue text_or_null(const std::optional<std::string>& text) {
  if (!text) return std::monostate{};
  return *text;
}

// Counts the calls of some executions, and the time they took.
class ExecutionCalls {
 public:
  struct Sum {
    std::int64_t calls = 0;
    Duration self{};
  };

  explicit ExecutionCalls(const std::vector<ExecutionId>& executions) {
    for (const ExecutionId execution : executions)
      sums_[execution];
  }
  void call_ended(const Call& call) {
    if (!call.execution) return;
    const auto sum = sums_.find(*call.execution);
    if (sum == sums_.end()) return;
    ++sum->second.calls;
    sum->second.self = add_capped(sum->second.self, call.self.value_or(Duration{}));
  }
  void execution_ended(const Execution& /*execution*/) {}

  const Sum& of(ExecutionId execution) const { return sums_.at(execution); }

 private:
  std::map<ExecutionId, Sum> sums_;
};

}  // namespace

std::string trace_headline(const TraceReader& trace) {
  const auto fact = [&](std::string_view key) { return trace.fact(key).value_or("unknown"); };
  std::string text = trace.name() + ": " + bytes_text(trace.size_bytes()) + ", " +
                     duration_text(trace.last().time_since_epoch()) + " from " +
                     fact("recorded.at") + "\n";
  text += "server: " + fact("server.binary");
  if (const auto version = trace.fact("server.version"); version && !version->empty()) {
    text += ", PostgreSQL " + *version;
  }
  text += "\nhost:   " + fact("host.name") + ", Linux " + fact("host.kernel") + ", " +
          fact("host.cpus") + " CPUs\n";
  text += "lost:   " + count_text(trace.lost_events()) + " events\n";
  return text;
}

std::vector<Table> summary_view(const std::vector<FunctionFigures>& functions,
                                const Database& executions) {
  Table figures{"functions",
                "",
                {{"function", "function"},
                 {"calls", "calls", Unit::kCount},
                 {"not_returned", "not returned", Unit::kCount},
                 {"total_ns", "total", Unit::kDurationNs},
                 {"self_ns", "self", Unit::kDurationNs},
                 {"mean_ns", "mean", Unit::kDurationNs},
                 {"p50_ns", "p50", Unit::kDurationNs},
                 {"p90_ns", "p90", Unit::kDurationNs},
                 {"p99_ns", "p99", Unit::kDurationNs},
                 {"max_ns", "max", Unit::kDurationNs}},
                {}};
  for (const auto& [name, offset, profile] : functions) {
    figures.rows.push_back({name, number(profile.calls),
                            number(profile.calls - std::min(profile.calls, profile.returned)),
                            profile.total.count(), profile.self.count(),
                            ns_or_null(profile, profile.mean()), ns_or_null(profile, profile.p50),
                            ns_or_null(profile, profile.p90), ns_or_null(profile, profile.p99),
                            ns_or_null(profile, profile.max)});
  }

  auto top = executions.prepare(
      "SELECT executions, total_ns, total_ns / executions, text FROM statements "
      "ORDER BY total_ns DESC, statement_id LIMIT ?");
  top.bind(1, std::int64_t{kTopStatements});
  Table statements = fill({"statements",
                           "",
                           {{"executions", "executions", Unit::kCount},
                            {"total_ns", "total", Unit::kDurationNs},
                            {"mean_ns", "mean", Unit::kDurationNs},
                            {"text", "statement"}},
                           {}},
                          top);
  return {std::move(figures), std::move(statements)};
}

Table by_pid_view(const TraceReader& trace, const DurationProfiles& processes) {
  Table table{"processes",
              "",
              {{"pid", "pid"},
               {"backend_type", "backend type"},
               {"database", "database"},
               {"user", "user"},
               {"client", "client"},
               {"function", "function"},
               {"calls", "calls", Unit::kCount},
               {"total_ns", "total", Unit::kDurationNs},
               {"mean_ns", "mean", Unit::kDurationNs},
               {"p50_ns", "p50", Unit::kDurationNs},
               {"p99_ns", "p99", Unit::kDurationNs},
               {"max_ns", "max", Unit::kDurationNs}},
              {}};
  std::map<std::uint32_t, ProcessIdentity> identities;
  for (const Process& process : trace.processes())
    identities[process.pid] = parse_process_title(process.title);

  std::vector<std::pair<ProfileGroup, const DurationProfile*>> rows;
  for (const auto& [group, profile] : processes)
    rows.emplace_back(group, &profile);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second->total > b.second->total; });
  for (const auto& [group, profile] : rows) {
    const ProcessIdentity& who = identities[group.pid];
    table.rows.push_back({std::int64_t{group.pid}, text_or_null(who.backend_type),
                          text_or_null(who.database), text_or_null(who.user),
                          text_or_null(who.client), trace.function_name(group.function),
                          number(profile->calls), profile->total.count(),
                          ns_or_null(*profile, profile->mean()), ns_or_null(*profile, profile->p50),
                          ns_or_null(*profile, profile->p99), ns_or_null(*profile, profile->max)});
  }
  return table;
}

Table slow_view(TraceReader& trace, const Database& executions, std::int64_t most,
                Duration threshold) {
  Table table{"executions",
              "",
              {{"ts_ns", "at", Unit::kDurationNs},
               {"duration_ns", "duration", Unit::kDurationNs},
               {"outcome", "outcome"},
               {"pid", "pid"},
               {"database", "database"},
               {"user", "user"},
               {"calls", "calls", Unit::kCount},
               {"probed_ns", "in probed", Unit::kDurationNs},
               {"text", "query"}},
              {}};
  auto rows = executions.prepare(
      "WITH e AS (SELECT execution_id, ts_ns, pid, outcome, text_id, "
      "                  CASE outcome WHEN 'open' THEN ?1 - ts_ns ELSE duration_ns END AS "
      "duration_ns FROM execution_rows) "
      "SELECT e.execution_id, e.ts_ns, e.duration_ns, e.outcome, e.pid, p.database, p.user, t.text "
      "FROM (SELECT * FROM e WHERE duration_ns >= ?2 "
      "      ORDER BY duration_ns DESC, execution_id LIMIT ?3) e "
      "LEFT JOIN processes p USING (pid) LEFT JOIN texts t USING (text_id) "
      "ORDER BY e.duration_ns DESC, e.execution_id");
  rows.bind(1, to_ns(trace.last())).bind(2, std::int64_t{threshold.count()}).bind(3, most);
  std::vector<ExecutionId> ids;
  while (rows.step()) {
    ids.push_back(ExecutionId{static_cast<std::uint64_t>(rows.integer(0))});
    table.rows.push_back({rows.value(1), rows.value(2), rows.value(3), rows.value(4), rows.value(5),
                          rows.value(6), std::monostate{}, std::monostate{}, rows.value(7)});
  }
  if (ids.empty()) return table;
  ExecutionCalls calls(ids);
  build_calls(trace, calls);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ExecutionCalls::Sum& sum = calls.of(ids[i]);
    if (sum.calls == 0) continue;
    table.rows[i][6] = sum.calls;
    table.rows[i][7] = sum.self.count();
  }
  return table;
}

}  // namespace pgrec
