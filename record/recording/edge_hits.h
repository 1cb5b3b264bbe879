// The hits at the edges of a recording, which no ring brings: of what ran when it began, and of the
// enters that waited for how long their calls take when it stopped. Pure.
#pragma once

#include <cstdint>

#include "bpf/wire.h"
#include "record/kernel/hit.h"
#include "record/server/running_queries.h"

namespace pgrec {

// What `process`, which runs a query, ran at `now_ns`, CLOCK_MONOTONIC, as the kernel side takes
// it. Its key is like none that the kernel side makes.
wire_statement running_statement(const ServerProcess& process, std::uint64_t now_ns);

// The report of that statement, at `begin_ns`, CLOCK_MONOTONIC, and of the probe `hooks`.
ThreadHit running_hit(const ServerProcess& process, const wire_statement& statement,
                      std::uint64_t begin_ns, std::uint32_t hooks);

// The same of a process that was idle in a transaction: what the kernel side takes for it, and the
// report of that.
wire_statement idle_statement(const ServerProcess& process);
ThreadHit idle_hit(const ServerProcess& process, std::uint64_t begin_ns, std::uint32_t hooks);

// The enter that waited in `thread`.
ThreadHit waiting_hit(const wire_thread& thread, const wire_pending_enter& enter);

}  // namespace pgrec
