#include "record/server/server_binary.h"

#include <glob.h>
#include <sys/stat.h>

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

#include "format/error.h"
#include "format/frame/file.h"
#include "format/print/join.h"
#include "record/host/file_identity.h"
#include "record/host/privileges.h"
#include "record/host/proc_path.h"
#include "record/host/process_tree.h"
#include "record/server/server_layout.h"

namespace pgrec {
namespace {

constexpr const char* kServerName = "postgres";

// What /proc says behind the name of a file that is not there any more, or was replaced.
const std::string kDeleted = " (deleted)";

// Different files by identity, so that one file found twice is one candidate.
using Candidates = std::map<FileIdentity, ServerBinary>;

void add_file(const std::string& path, Candidates& candidates) {
  const auto file = identity(path);
  if (!file) return;
  const std::string name = std::filesystem::canonical(path);  // without the symbolic links
  candidates.emplace(*file, ServerBinary{name, name});
}

// The binary that process `pid` runs, or nothing when there is no such process or it may not be
// asked.
std::optional<ServerBinary> binary_of(std::uint32_t pid) {
  const std::string proc = proc_path(pid);
  std::error_code error;
  const std::string name = std::filesystem::read_symlink(proc + "/exe", error);
  if (error) return std::nullopt;
  const auto running = identity(proc + "/exe");
  if (running == identity(name)) return ServerBinary{name, name};
  if (running == identity(proc + "/root" + name)) return ServerBinary{name, proc + "/root" + name};
  return ServerBinary{name, proc + "/exe"};
}

Candidates running(const std::string& name) {
  Candidates candidates;
  for (const std::uint32_t pid : all_processes()) {
    auto binary = binary_of(pid);
    if (!binary || std::filesystem::path(without_deleted(binary->name)).filename() != name)
      continue;
    if (const auto file = identity(binary->path)) candidates.emplace(*file, std::move(*binary));
  }
  return candidates;
}

Candidates in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::string directories = path ? path : "";
  Candidates candidates;
  for (std::size_t start = 0; start < directories.size();) {
    const std::size_t colon = std::min(directories.find(':', start), directories.size());
    add_file(directories.substr(start, colon - start) + "/" + name, candidates);
    start = colon + 1;
  }
  return candidates;
}

Candidates in_server_directories(const std::string& name) {
  Candidates candidates;
  for (const std::string& directory : server_directories()) {
    glob_t found{};
    if (::glob((directory + "/" + name).c_str(), 0, nullptr, &found) == 0) {
      for (std::size_t i = 0; i < found.gl_pathc; ++i)
        add_file(found.gl_pathv[i], candidates);
    }
    ::globfree(&found);
  }
  return candidates;
}

// The servers among what `pids` run; of all that runs where there are none.
Candidates running_servers(const std::vector<std::uint32_t>& pids) {
  if (pids.empty()) return running(kServerName);
  Candidates servers;
  for (const std::uint32_t pid : pids) {
    auto binary = binary_of(pid);
    const auto file = binary ? identity(binary->path) : std::nullopt;
    if (file) servers.emplace(*file, std::move(*binary));
  }
  return servers;
}

Candidates those_of(const std::vector<ServerBinary>& binaries) {
  Candidates candidates;
  for (const ServerBinary& binary : binaries) {
    if (const auto file = identity(binary.path)) candidates.emplace(*file, binary);
  }
  return candidates;
}

Candidates installed_servers() {
  Candidates servers = in_path(kServerName);
  servers.merge(in_server_directories(kServerName));
  return servers;
}

// The shared libraries of that name that these servers can load by it: "plpgsql" or "plpgsql.so".
Candidates libraries_of(const Candidates& servers, const std::string& name) {
  const std::string file = name.ends_with(".so") ? name : name + ".so";
  Candidates libraries;
  for (const auto& [of_server, server] : servers) {
    const std::string inside = without_deleted(server.name);
    // Of a server in another root its libraries are there, too.
    const bool elsewhere = server.path != inside && server.path.ends_with(inside);
    const std::string root =
        elsewhere ? server.path.substr(0, server.path.size() - inside.size()) : "";
    for (const std::string& directory : library_directories(inside)) {
      const std::string library = directory + "/" + file;
      const auto found = identity(root + library);
      if (!found) continue;
      libraries.emplace(*found, elsewhere ? ServerBinary{library, root + library}
                                          : ServerBinary{std::filesystem::canonical(library),
                                                         std::filesystem::canonical(library)});
      break;
    }
  }
  return libraries;
}

// `what` says, after their number, what several candidates are.
ServerBinary the_one(const Candidates& candidates, const std::string& what) {
  if (candidates.size() == 1) return candidates.begin()->second;
  std::vector<std::string> names;
  for (const auto& [file, binary] : candidates) {
    names.push_back(binary.path == binary.name ? binary.name
                                               : fmt::format("{} ({})", binary.path, binary.name));
  }
  std::sort(names.begin(), names.end());
  throw Error(fmt::format("there are {} {}: {}", names.size(), what, join(names, ", ")),
              "name one of them: -x " + names.front().substr(0, names.front().find(' ')));
}

// The file at `path` as the processes `pids` see it; nothing where that is the one that this
// process sees, or they see none. In a container or a chroot it is another; and what runs may be a
// file that `path` does not stand for any more.
std::optional<ServerBinary> as_seen_by(const std::vector<std::uint32_t>& pids,
                                       const std::string& path) {
  if (path.empty() || path[0] != '/') return std::nullopt;  // relative to this process's directory
  Candidates candidates;
  for (const std::uint32_t pid : pids) {
    const std::string proc = proc_path(pid);
    std::error_code error;
    const std::string running = std::filesystem::read_symlink(proc + "/exe", error);
    const auto inside = path_in_root(proc + "/root", path);
    const auto file = inside ? identity(*inside) : std::nullopt;
    const auto runs = identity(proc + "/exe");
    if (!error && runs && runs != file && running != without_deleted(running) &&
        std::filesystem::path(running).filename() ==
            std::filesystem::path(path).filename().string() + kDeleted) {
      candidates.emplace(*runs, ServerBinary{path, proc + "/exe"});
    } else if (file) {
      candidates.emplace(*file, ServerBinary{path, file == identity(path) ? path : *inside});
    }
  }
  if (candidates.empty()) return std::nullopt;
  return the_one(candidates,
                 fmt::format("different files called {}, as these processes see it", path));
}

// `text` behind `start`, or nothing.
std::string text_behind(const std::string& start, const std::string& text) {
  return text.empty() ? "" : start + text;
}

}  // namespace

std::optional<std::uint32_t> first_unseen(const std::vector<std::uint32_t>& pids) {
  for (const std::uint32_t pid : pids) {
    struct stat status {};
    const std::string proc = proc_path(pid);
    if (::stat((proc + "/root/").c_str(), &status) != 0 && errno == EACCES) return pid;
  }
  return std::nullopt;
}

std::string without_deleted(const std::string& name) {
  if (!name.ends_with(kDeleted)) return name;
  return name.substr(0, name.size() - kDeleted.size());
}

std::vector<std::uint32_t> processes_of_an_older(const std::string& path) {
  std::error_code error;
  const std::string name = std::filesystem::canonical(path, error).string() + kDeleted;
  std::vector<std::uint32_t> pids;
  if (error) return pids;
  for (const std::uint32_t pid : all_processes()) {
    const std::string exe = proc_path(pid, "exe");
    std::error_code unreadable;
    if (std::filesystem::read_symlink(exe, unreadable).string() == name) pids.push_back(pid);
  }
  std::sort(pids.begin(), pids.end());
  return pids;
}

ServerBinary find_server_binary(const std::string& exec, const std::vector<std::uint32_t>& pids,
                                const std::vector<ServerBinary>& beside) {
  for (const std::uint32_t pid : pids) {
    if (is_gone(pid)) {
      throw Error(fmt::format("there is no process {}", pid),
                  "pgrep -a postgres lists the server's processes");
    }
    const std::uint32_t process = process_of_thread(pid);
    if (process != pid) {
      throw Error(fmt::format("{} is a thread of process {}", pid, process),
                  fmt::format("-p {}", process));
    }
  }
  if (exec.find('/') != exec.npos) {
    if (auto inside = as_seen_by(pids, exec)) return *inside;
    struct stat status {};
    if (::stat(exec.c_str(), &status) != 0) {
      throw Error(fmt::format("there is no binary {}: {}", exec, reason_of(errno)),
                  "give -x a path, or a bare name such as postgres");
    }
    return {exec, exec};
  }
  if (exec.empty() && !pids.empty()) {
    Candidates candidates;
    for (const std::uint32_t pid : pids) {
      auto binary = binary_of(pid);
      const auto file = binary ? identity(binary->path) : std::nullopt;
      if (!file) {
        throw Error(fmt::format("cannot see which binary process {} runs{}", pid,
                                text_behind("; ", missing_to_see_processes())),
                    "run pgrec record as root, or name the binary with -x");
      }
      candidates.emplace(*file, std::move(*binary));
    }
    return the_one(candidates, "different binaries run as these processes");
  }
  const std::string name = exec.empty() ? kServerName : exec;
  for (const auto look : {running, in_path, in_server_directories}) {
    const Candidates candidates = look(name);
    if (!candidates.empty()) return the_one(candidates, "different binaries called " + name);
    if (exec.empty()) {
      throw Error(fmt::format("no PostgreSQL is running that this user can see{}",
                              text_behind("; ", missing_to_see_processes())),
                  "start it first, or name its binary: -x postgres");
    }
  }
  for (const auto& servers : {those_of(beside), running_servers(pids), installed_servers()}) {
    const Candidates libraries = libraries_of(servers, name);
    if (!libraries.empty()) return the_one(libraries, "different libraries called " + name);
  }
  const std::string unseen =
      text_behind("; of other users' processes it cannot be seen: ", missing_to_see_processes());
  throw Error(fmt::format("there is no binary called {}, running, in PATH or among the PostgreSQL "
                          "servers{}",
                          name, unseen),
              fmt::format("give its path: -x /path/to/{}", name));
}

std::optional<ServerBinary> find_server_of_library(const std::string& path,
                                                   const std::vector<std::uint32_t>& pids) {
  if (!pids.empty()) return binary_of(pids.front());
  std::error_code error;
  const auto library = std::filesystem::canonical(path, error);
  if (error) return std::nullopt;
  for (const std::string& server : servers_of_library(library)) {
    if (identity(server)) return ServerBinary{server, server};
  }
  return std::nullopt;
}

}  // namespace pgrec
