// The filters that every view takes, as they are typed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pgrec {

struct Filters {
  std::vector<std::string> functions;  // names and globs, as NameList (format/print/name_list.h)
  std::vector<std::uint32_t> pids;
  std::string from, to;              // "1.5s", "2026-11-21T04:41:33Z", "-5s" from the end
  std::vector<std::string> queries;  // a part of the text, a fingerprint, a statement's or query id
  std::vector<std::string> databases, users, applications, backend_types, outcomes;
  std::string min_duration;  // of calls
  std::string threshold;     // of executions
};

}  // namespace pgrec
