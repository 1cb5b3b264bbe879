// Finds the process that stands for a whole cluster: the postmaster, whose children the backends
// are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgrec {

// The process of the executable at `binary` whose parent runs another: the one that `pids`, or
// their parents, lead to; where there are no `pids`, the only one that runs. Nothing where there is
// none, or several: then nobody said which.
std::optional<std::uint32_t> find_postmaster(const std::string& binary,
                                             const std::vector<std::uint32_t>& pids);

// Whether a process is called `name` as `ps` shows it, which every user can see.
bool is_running(const std::string& name);

}  // namespace pgrec
