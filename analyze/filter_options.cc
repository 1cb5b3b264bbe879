#include "analyze/filter_options.h"

namespace pgrec {
namespace {

constexpr const char* kFilters = "Filters";

void add_list(CLI::App& command, const char* option, std::vector<std::string>& list,
              const char* type, const char* help) {
  command.add_option(option, list, help)->allow_extra_args(false)->type_name(type)->group(kFilters);
}

void add_time(CLI::App& command, const char* option, std::string& time, const char* help) {
  command.add_option(option, time, help)->type_name("TIME")->group(kFilters);
}

}  // namespace

void add_call_filters(CLI::App& command, Filters& filters) {
  add_list(command, "-f,--func", filters.functions, "LIST",
           "only calls of these functions, names and globs; @FILE has some");
  command.add_option("-p,--pid", filters.pids, "only these processes")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]")
      ->group(kFilters);
  add_time(command, "--from", filters.from,
           "only what begins from then on: 1.5s, -5s from the end, 04:41:33, 2026-11-21T04:41:33Z");
  add_time(command, "--to", filters.to, "only what begins before then");
  add_time(command, "--min-duration", filters.min_duration, "only calls that took as long");
}

void add_execution_filters(CLI::App& command, Filters& filters) {
  add_list(command, "--query", filters.queries, "PATTERN|ID",
           "only these statements: part of a text, statement id, query id or fingerprint");
  add_list(command, "--database", filters.databases, "LIST", "only executions in these databases");
  add_list(command, "--user", filters.users, "LIST", "only executions as these users");
  add_list(command, "--application", filters.applications, "LIST",
           "only executions for these applications");
  add_list(command, "--backend-type", filters.backend_types, "LIST",
           "only executions of such processes");
  add_list(command, "--outcome", filters.outcomes, "LIST",
           "only executions that ended so: completed, error, ...");
  add_time(command, "--threshold", filters.threshold, "only executions that took as long");
}

}  // namespace pgrec
