// The CPUs of this machine, by their numbers as the kernel counts them.
#pragma once

#include <cstdint>
#include <istream>
#include <vector>

namespace pgrec {

// In ascending order: those that run now, and those that the kernel has room for, which its per-CPU
// values are of. Throws Error where /sys does not tell.
std::vector<std::uint32_t> online_cpus();
std::vector<std::uint32_t> possible_cpus();

// Of a list as the kernel writes it, such as "0-3,6"; none where it is no such list.
std::vector<std::uint32_t> parse_cpu_list(std::istream& list);

}  // namespace pgrec
