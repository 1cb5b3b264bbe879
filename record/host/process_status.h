// What /proc/PID/status says of a process: "KEY:\tVALUE", one a line. The first line has the name
// that the process gave itself. It can be anything, also what looks like another line; but the
// kernel writes a line end in it as \n and a backslash as \\, so a name never begins a line.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

namespace pgrec {

// The number that the line of `key` ("PPid") begins with. Nothing where there is no such line, or
// no number in it.
std::optional<std::uint32_t> status_number(std::istream& status, std::string_view key);
// The last of several, as of "NSpid": the process's number in its own pid namespace.
std::optional<std::uint32_t> last_status_number(std::istream& status, std::string_view key);

// The same of the file at `path`, such as "/proc/self/status". Nothing also where it cannot be
// read: the process is gone, or may not be seen.
std::optional<std::uint32_t> status_number(const std::string& path, std::string_view key);
std::optional<std::uint32_t> last_status_number(const std::string& path, std::string_view key);

}  // namespace pgrec
