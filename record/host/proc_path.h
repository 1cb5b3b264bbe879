// The names under which /proc has a process, and what numbers processes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgrec {

// "/proc/PID", and with a `name` "/proc/PID/NAME". Also of a thread, by its id.
std::string proc_path(std::uint32_t pid, std::string_view name = {});

// The number of the pid namespace that the process is in, which is the same for all that know each
// other by the same numbers. Nothing where it may not be asked.
std::optional<std::uint64_t> pid_namespace(std::uint32_t pid);
// This process's, also where /proc is another namespace's and has it under another number.
std::optional<std::uint64_t> own_pid_namespace();

}  // namespace pgrec
