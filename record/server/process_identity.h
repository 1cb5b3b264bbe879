// Who a process of a server is, from its memory, and from the title that the server makes of the
// same: what its memory says is believed where the title begins with it. So places that are not
// those of this build are noticed at each process, and a name is known whatever stands in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "bpf/wire_identity.h"
#include "bpf/wire_server.h"
#include "format/table/tables.h"
#include "record/server/process_memory.h"

namespace pgrec {

// What the title of each process of a server begins with.
inline constexpr std::string_view kTitleStart = "postgres: ";

// Nothing where the title says otherwise, or there is none. `identity` may come from anywhere: what
// is no text there ends with its room.
std::optional<ProcessWho> identify(const wire_identity& identity);

// What the kernel side would tell of the process `pid` now. `bias`: of the program of `server` in
// it (process_memory.h).
wire_identity read_identity(std::uint32_t pid, const ProcessMemory& memory, std::uint64_t bias,
                            const wire_server& server);

// Who a process with a client is of which nothing is known but its title.
ProcessWho client_with_title(std::string_view title);

}  // namespace pgrec
