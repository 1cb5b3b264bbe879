#include "analyze/report/views.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "analyze/report/execution_views.h"
#include "analyze/report/trace_notes.h"
#include "analyze/trace/process_lives.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "format/trace/missed_hits.h"

namespace pgrec {
namespace {

constexpr int kTopStatements = 10;

// Of calls that returned; NULL where none did.
SqlValue ns_or_null(const DurationProfile& profile, Duration duration) {
  return known_or_null(profile.returned > 0, duration);
}

// The most that calls without a return took, by function.
std::map<FunctionId, std::int64_t> bounds_of_unreturned(const Database& executions) {
  std::map<FunctionId, std::int64_t> bounds;
  auto rows =
      executions.prepare("SELECT function_id, at_most_ns FROM functions WHERE at_most_ns > 0");
  while (rows.step())
    bounds.emplace(FunctionId{static_cast<std::uint32_t>(rows.integer(0))}, rows.integer(1));
  return bounds;
}

std::int64_t number(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

SqlValue text_or_null(const std::optional<std::string>& text) {
  if (!text) return std::monostate{};
  return *text;
}

}  // namespace

std::string trace_headline(const TraceReader& trace) {
  const auto fact = [&](std::string_view key) {
    return printable(trace.fact(key).value_or("unknown"));
  };
  const std::string version = printable(trace.fact("server.version").value_or(""));
  return fmt::format(
      "{}: {}, {} from {}\n"
      "server: {}{}\n"
      "host:   {}, Linux {}, {} CPUs\n"
      "lost:   {} events{}\n",
      printable(trace.name()), bytes_text(trace.size_bytes()),
      duration_text(trace.last().time_since_epoch()), fact("recorded.at"), fact("server.binary"),
      version.empty() ? "" : ", PostgreSQL " + version, fact("host.name"), fact("host.kernel"),
      fact("host.cpus"), count_text(trace.lost_events()), printable(missed_hits_text(trace)));
}

std::vector<Table> summary_view(const std::vector<FunctionFigures>& functions,
                                const Database& executions) {
  Table figures{"functions",
                "",
                {{"function", "function"},
                 {"calls", "calls", Unit::kCount},
                 {"not_returned", "not returned", Unit::kCount},
                 {"not_returned_at_most_ns", "they took", Unit::kAtMostNs, Shown::kWhereAny},
                 {"total_ns", "total", Unit::kDurationNs},
                 {"self_ns", "self", Unit::kDurationNs, Shown::kAlways, "self_at_most_ns"},
                 {"mean_ns", "mean", Unit::kDurationNs},
                 {"p50_ns", "p50", Unit::kDurationNs},
                 {"p90_ns", "p90", Unit::kDurationNs},
                 {"p99_ns", "p99", Unit::kDurationNs},
                 {"max_ns", "max", Unit::kDurationNs, Shown::kAlways, "max_at_most_ns"},
                 {"self_at_most_ns", "", Unit::kDurationNs, Shown::kNever},
                 {"max_at_most_ns", "", Unit::kDurationNs, Shown::kNever}},
                {}};
  const std::map<FunctionId, std::int64_t> bounds = bounds_of_unreturned(executions);
  for (const auto& [name, offset, profile, id] : functions) {
    const auto bound = bounds.find(id);
    figures.rows.push_back({name, number(profile.calls),
                            number(profile.calls - std::min(profile.calls, profile.returned)),
                            bound == bounds.end() ? SqlValue() : bound->second,
                            profile.total.count(), known_or_null(profile.self_known, profile.self),
                            ns_or_null(profile, profile.mean()), ns_or_null(profile, profile.p50),
                            ns_or_null(profile, profile.p90), ns_or_null(profile, profile.p99),
                            profile.max_known ? ns_or_null(profile, profile.max) : SqlValue(),
                            known_or_null(!profile.self_known, profile.self),
                            known_or_null(!profile.max_known, profile.max)});
  }

  auto top = executions.prepare(
      "SELECT executions, errors, total_ns, total_ns / executions, rows, fingerprint, query_id, "
      "text "
      "FROM statements "
      "ORDER BY total_ns DESC, statement_id LIMIT ?");
  top.bind(1, std::int64_t{kTopStatements});
  Table statements = fill({"statements",
                           "",
                           {{"executions", "executions", Unit::kCount},
                            {"errors", "errors", Unit::kCount, Shown::kWhereAny},
                            {"total_ns", "total", Unit::kDurationNs},
                            {"mean_ns", "mean", Unit::kDurationNs},
                            {"rows", "rows", Unit::kCount, Shown::kWhereAny},
                            {"fingerprint", "", Unit::kPlain, Shown::kNever},
                            {"query_id", "", Unit::kPlain, Shown::kNever},
                            {"text", "statement"}},
                           {}},
                          top);
  for (const auto& row : statements.rows) {
    statements.notes.emplace_back();
    if (is_null(row[7])) statements.notes.back().push_back(name_without_text(row[6], row[5]));
  }
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
               {"application", "application", Unit::kPlain, Shown::kWhereAny},
               {"leader_pid", "leader", Unit::kPlain, Shown::kWhereAny},
               {"function", "function"},
               {"calls", "calls", Unit::kCount},
               {"total_ns", "total", Unit::kDurationNs},
               {"mean_ns", "mean", Unit::kDurationNs},
               {"p50_ns", "p50", Unit::kDurationNs},
               {"p99_ns", "p99", Unit::kDurationNs},
               {"max_ns", "max", Unit::kDurationNs}},
              {}};
  const ProcessLives lives(trace.processes());
  std::vector<std::pair<ProfileGroup, const DurationProfile*>> rows;
  for (const auto& [group, profile] : processes)
    rows.emplace_back(group, &profile);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second->total > b.second->total; });
  for (const auto& [group, profile] : rows) {
    const ProcessLives::Life* const life = lives.find(group.pid, group.process);
    const ProcessIdentity who = life ? life->identity : ProcessIdentity{};
    SqlValue application, leader;
    if (life && !life->process.application.empty()) application = life->process.application;
    if (who.leader_pid) leader = std::int64_t{*who.leader_pid};
    table.rows.push_back(
        {std::int64_t{group.pid}, text_or_null(who.backend_type), text_or_null(who.database),
         text_or_null(who.user), text_or_null(who.client), application, leader,
         trace.function_name(group.function), number(profile->calls), profile->total.count(),
         ns_or_null(*profile, profile->mean()), ns_or_null(*profile, profile->p50),
         ns_or_null(*profile, profile->p99), ns_or_null(*profile, profile->max)});
  }
  return table;
}

}  // namespace pgrec
