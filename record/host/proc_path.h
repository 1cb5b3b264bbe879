// The names under which /proc has a process.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgrec {

// "/proc/PID", and with a `name` "/proc/PID/NAME". Also of a thread, by its id.
std::string proc_path(std::uint32_t pid, std::string_view name = {});

}  // namespace pgrec
