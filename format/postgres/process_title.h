// Who a PostgreSQL process is, from what it calls itself in the process list.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/table/tables.h"

namespace pgrec {

// Named as in pg_stat_activity. What the title does not say is missing.
struct ProcessIdentity {
  std::optional<std::string> backend_type;
  std::optional<std::string> database;
  std::optional<std::string> user;
  std::optional<std::string> client;                       // "[local]" or "host(port)"
  std::optional<std::uint32_t> leader_pid = std::nullopt;  // of a parallel worker
};

// Reads "postgres: alice shop [local] idle", "postgres: checkpointer" and their like, with or
// without the cluster_name that Debian puts first ("postgres: 15/main: checkpointer"). A user or a
// database with a blank in its name cannot be told apart and gives nothing; a user called like a
// background process is read as that process, where it cannot be a client's title.
ProcessIdentity parse_process_title(std::string_view title);

// What is known of it, or else what its title says; who leads a parallel worker is in its title.
ProcessIdentity identity_of(const std::optional<ProcessWho>& who, std::string_view title);

}  // namespace pgrec
