#include "analyze/views.h"

#include <map>

#include "analyze/duration_profile.h"
#include "format/units.h"

namespace pgrec {
namespace {

constexpr int kTopStatements = 10;

SqlValue ns_or_null(const DurationProfile& profile, Duration duration) {
  if (profile.calls == 0) return std::monostate{};
  return duration.count();
}

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

std::vector<Table> summary_view(const LoadedTrace& loaded) {
  auto profiles = function_profiles(loaded.database);
  Table functions{"functions",
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
  auto rows = loaded.database.prepare(
      "SELECT function_id, name, calls, calls - returned, total_ns, self_ns FROM functions "
      "ORDER BY total_ns DESC, name");
  while (rows.step()) {
    const DurationProfile& profile = profiles[rows.integer(0)];
    functions.rows.push_back({rows.text(1), rows.integer(2), rows.integer(3), rows.integer(4),
                              rows.integer(5), ns_or_null(profile, profile.mean()),
                              ns_or_null(profile, profile.p50), ns_or_null(profile, profile.p90),
                              ns_or_null(profile, profile.p99), ns_or_null(profile, profile.max)});
  }

  auto top = loaded.database.prepare(
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
  return {std::move(functions), std::move(statements)};
}

Table by_pid_view(const LoadedTrace& loaded) {
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
  std::map<std::pair<std::int64_t, std::int64_t>, DurationProfile> profiles;
  for (auto& profile : duration_profiles(loaded.database, "pid, function_id")) {
    const auto group = std::pair(profile.group[0], profile.group[1]);
    profiles.emplace(group, std::move(profile));
  }
  auto rows = loaded.database.prepare(
      "SELECT c.pid, c.function_id, p.backend_type, p.database, p.user, p.client, f.name, "
      "count(*), "
      "       coalesce(sum(c.duration_ns), 0) AS total "
      "FROM call_rows c JOIN functions f USING (function_id) LEFT JOIN processes p USING (pid) "
      "GROUP BY c.pid, c.function_id ORDER BY total DESC, c.pid, f.name");
  while (rows.step()) {
    const DurationProfile& profile = profiles[{rows.integer(0), rows.integer(1)}];
    table.rows.push_back({rows.integer(0), rows.value(2), rows.value(3), rows.value(4),
                          rows.value(5), rows.text(6), rows.integer(7), rows.integer(8),
                          ns_or_null(profile, profile.mean()), ns_or_null(profile, profile.p50),
                          ns_or_null(profile, profile.p99), ns_or_null(profile, profile.max)});
  }
  return table;
}

Table slow_view(const LoadedTrace& loaded, std::int64_t most, Duration threshold) {
  auto rows = loaded.database.prepare(
      "WITH e AS (SELECT execution_id, ts_ns, pid, outcome, text_id, "
      "                  CASE outcome WHEN 'open' THEN ?1 - ts_ns ELSE duration_ns END AS "
      "duration_ns FROM execution_rows) "
      "SELECT e.ts_ns, e.duration_ns, e.outcome, e.pid, p.database, p.user, c.calls, c.self_ns, "
      "t.text "
      "FROM (SELECT * FROM e WHERE duration_ns >= ?2 "
      "      ORDER BY duration_ns DESC, execution_id LIMIT ?3) e "
      "LEFT JOIN processes p USING (pid) LEFT JOIN texts t USING (text_id) "
      "LEFT JOIN (SELECT execution_id, count(*) AS calls, sum(self_ns) AS self_ns "
      "           FROM call_rows GROUP BY execution_id) c USING (execution_id) "
      "ORDER BY e.duration_ns DESC, e.execution_id");
  rows.bind(1, to_ns(loaded.trace.last())).bind(2, std::int64_t{threshold.count()}).bind(3, most);
  return fill({"executions",
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
               {}},
              rows);
}

}  // namespace pgrec
