// Which process is whose child, as /proc tells it.
#pragma once

#include <cstdint>
#include <vector>

namespace pgrec {

// The parent of a process. 0 where the process is gone, or its parent cannot be seen.
std::uint32_t parent_of(std::uint32_t pid);

// The process that the thread `tid` belongs to; `tid` itself where that cannot be read.
std::uint32_t process_of_thread(std::uint32_t tid);

// Whether there is such a process and it has not ended. A zombie has ended.
bool is_running(std::uint32_t pid);

// Whether /proc has no process or thread of that number; a zombie is there.
bool is_gone(std::uint32_t id);

// Those that /proc lists, in no order.
std::vector<std::uint32_t> all_processes();

// `pids` and all that descend from them now.
std::vector<std::uint32_t> with_descendants(const std::vector<std::uint32_t>& pids);

}  // namespace pgrec
