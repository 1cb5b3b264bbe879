// Finds the binary to probe: from -x, from -p, or the one PostgreSQL that runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgrec {

struct ServerBinary {
  std::string name;  // as its own processes know it, for people
  std::string path;  // where this process can open it; differs inside containers and chroots
};

// `exec`: what -x said, a path or a bare name, or empty; `pids`: what -p said. An absolute path is
// what these processes see there, where they see something, in their chroot or container. A bare
// name is looked for among running processes, then in PATH, then in the distribution's PostgreSQL
// directories; then as that of a shared library in the $libdir of the servers that run (of those
// among `pids`, where there are any), then of those that are installed; the servers in `beside`, of
// the same recording, come before both. Throws Error with a hint when there is no such binary or
// process, or several different ones.
ServerBinary find_server_binary(const std::string& exec, const std::vector<std::uint32_t>& pids,
                                const std::vector<ServerBinary>& beside = {});

// The name of a binary as /proc tells it, without the remark that it is not there any more.
std::string without_deleted(const std::string& name);

// The first of `pids` that this process may not look at: what it runs, and which files it sees.
std::optional<std::uint32_t> first_unseen(const std::vector<std::uint32_t>& pids);

// The processes that run what stood at `path` before it was replaced, in ascending order.
std::vector<std::uint32_t> processes_of_an_older(const std::string& path);

// The server that uses the shared library at `path`: what the first of `pids` runs, else the server
// of the same installation (server_layout.h). Nothing where there is none.
std::optional<ServerBinary> find_server_of_library(const std::string& path,
                                                   const std::vector<std::uint32_t>& pids);

}  // namespace pgrec
