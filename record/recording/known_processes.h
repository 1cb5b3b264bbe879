// Who the processes of a recording are and as whom they work: takes in what they and their memory
// say, for the processes' rows of the trace and for its executions.
#pragma once

#include <cstdint>
#include <optional>

#include "record/kernel/hit.h"
#include "record/matching/sessions.h"
#include "record/server/database_names.h"
#include "record/server/process_titles.h"
#include "record/server/running_queries.h"

namespace pgrec {

struct KnownProcesses {
  ProcessTitles titles;
  Sessions sessions;
  DatabaseNames databases;

  // What was found of a process when recording began, at `begin_ns`.
  void found(const ServerProcess& process, std::uint64_t begin_ns);
  void take(const NameHit& name);
  void take(const IdentityHit& hit);
  void take(const RoleHit& role);
  // The session of an execution of the process that begins then, where it is not what the trace
  // says of the process. To be asked in order of time.
  std::optional<Session> other_session(std::uint32_t pid, std::uint64_t at_ns);
};

}  // namespace pgrec
