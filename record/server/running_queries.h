// Reads what the server's processes run when recording begins from their memory, because the server
// reports a query only when it begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bpf/wire_execution.h"
#include "bpf/wire_identity.h"
#include "format/clock.h"
#include "record/binary/elf_image.h"
#include "record/server/server_hooks.h"

namespace pgrec {

struct ServerProcess {
  std::uint32_t pid = 0;
  bool client = false;               // it serves one
  std::optional<std::string> query;  // that it runs
  bool cut = false;                  // `query` is longer than `most_bytes`
  // For how long it has run it, or has been idle in a transaction; not known everywhere.
  std::optional<Duration> running;
  bool in_transaction = false;  // it runs no query, but a transaction is open
  bool in_failed_transaction = false;
  std::string application;                // its client's name for itself
  wire_identity identity{};               // who it is
  std::string role;                       // that SET ROLE has named; empty: none, or not known
  std::uint64_t usage[WIRE_USAGES] = {};  // its counters
};

// Each of `pids` that runs `image`, as it is now. Leaves out what it cannot read. A process may go
// on while it is read. Reads at most `most_bytes` of a text.
std::vector<ServerProcess> look_at_processes(const std::vector<std::uint32_t>& pids,
                                             const ElfImage& image, const ServerHooks& hooks,
                                             std::size_t most_bytes);

}  // namespace pgrec
