#include "analyze/filter/filters.h"

#include <algorithm>

#include "analyze/filter/statement_choice.h"
#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// As outcome_of() says them (analyze/calls/execution_record.h).
const std::vector<std::string> kOutcomes = {"completed", "error", "suspended", "not-run",
                                            "ended",     "open",  "exit-lost"};

std::vector<std::string> split(const std::vector<std::string>& lists, const char* option) {
  std::vector<std::string> names = split_at_commas(lists);
  if (!lists.empty() && names.empty())
    throw UsageError(std::string(option) + ": it names nothing", "give a name, or leave it out");
  return names;
}

void check_outcomes(const std::vector<std::string>& outcomes) {
  for (const std::string& outcome : outcomes) {
    if (std::find(kOutcomes.begin(), kOutcomes.end(), outcome) != kOutcomes.end()) continue;
    const auto near = nearest(outcome, kOutcomes);
    throw UsageError("--outcome: there is no outcome '" + outcome + "'",
                     near.empty() ? "one of " + enumerate(kOutcomes, "or")
                                  : "did you mean " + enumerate(near, "or") + "?");
  }
}

}  // namespace

const std::vector<NameFilter>& name_filters() {
  static const std::vector<NameFilter> kAll = {
      {"--database", "database", &ReadFilters::databases},
      {"--user", "user", &ReadFilters::users},
      {"--application", "application", &ReadFilters::applications},
      {"--backend-type", "backend type", &ReadFilters::backend_types},
      {"--outcome", "outcome", &ReadFilters::outcomes}};
  return kAll;
}

ReadFilters read_filters(const Filters& filters) {
  ReadFilters read;
  split(filters.functions, "-f");
  read.functions = read_names(filters.functions, "-f");
  if (!filters.from.empty()) read.from = parse_moment(filters.from, "--from");
  if (!filters.to.empty()) read.to = parse_moment(filters.to, "--to");
  split(filters.queries, "--query");
  read.queries = split_queries(filters.queries);
  read.databases = split(filters.databases, "--database");
  read.users = split(filters.users, "--user");
  read.applications = split(filters.applications, "--application");
  read.backend_types = split(filters.backend_types, "--backend-type");
  read.outcomes = split(filters.outcomes, "--outcome");
  check_outcomes(read.outcomes);
  if (!filters.min_duration.empty())
    read.min_duration = parse_duration(filters.min_duration, "--min-duration");
  if (!filters.threshold.empty()) read.threshold = parse_duration(filters.threshold, "--threshold");
  return read;
}

}  // namespace pgrec
