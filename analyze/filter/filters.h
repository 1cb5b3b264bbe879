// The filters that every view takes: as they are typed, and read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/filter/moment.h"
#include "format/clock.h"
#include "format/print/name_list.h"

namespace pgrec {

// Lists may be comma-separated, and have several elements.
struct Filters {
  // Names and globs, as NameList (format/print/name_list.h).
  std::vector<std::string> functions = {};
  std::vector<std::uint32_t> pids = {};
  std::string from = {}, to = {};         // analyze/filter/moment.h
  std::vector<std::string> queries = {};  // analyze/filter/statement_choice.h
  std::vector<std::string> databases = {}, users = {}, applications = {}, backend_types = {},
                           outcomes = {};
  std::string min_duration = {};  // of calls
  std::string threshold = {};     // of executions
};

// Read as far as that goes without the traces.
struct ReadFilters {
  NameList functions;
  std::optional<AskedMoment> from, to;
  std::vector<std::string> queries;
  std::vector<std::string> databases, users, applications, backend_types, outcomes;
  Duration min_duration{}, threshold{};
};

// Throws UsageError that names the option: where a time cannot be one, a list names nothing, or
// there is no such outcome.
ReadFilters read_filters(const Filters& filters);

// A filter that takes names, which an execution has to have one of.
struct NameFilter {
  const char* option;  // "--database"
  const char* what;    // "database"
  std::vector<std::string> ReadFilters::*names;
};
const std::vector<NameFilter>& name_filters();

}  // namespace pgrec
