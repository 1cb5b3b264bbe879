#include "record/server/postmaster_successor.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "record/host/proc_path.h"
#include "record/host/process_tree.h"
#include "record/server/server_binary.h"

namespace pgrec {
namespace {

std::string link_of(std::uint32_t pid, const char* name) {
  std::error_code error;
  return std::filesystem::read_symlink(proc_path(pid, name), error).string();
}

std::string binary_path_of(std::uint32_t pid) {
  return without_deleted(link_of(pid, "exe"));
}

bool is_postmaster(std::uint32_t pid) {
  const std::string binary = binary_path_of(pid);
  return !binary.empty() && binary_path_of(parent_of(pid)) != binary;
}

}  // namespace

PostmasterSuccessor::Server PostmasterSuccessor::server_of(std::uint32_t pid) {
  Server server;
  server.pid = pid;
  server.running = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  server.binary = binary_path_of(pid);
  server.directory = link_of(pid, "cwd");
  server.root = link_of(pid, "root");
  return server;
}

PostmasterSuccessor::PostmasterSuccessor(const std::vector<std::uint32_t>& pids) {
  for (const std::uint32_t pid : pids) {
    if (is_postmaster(pid)) servers_.push_back(server_of(pid));
  }
}

std::vector<PostmasterSuccessor::News> PostmasterSuccessor::look() {
  std::vector<News> news;
  for (Server& server : servers_) {
    pollfd running{server.running.get(), POLLIN, 0};
    if (!server.ended && ::poll(&running, 1, 0) > 0) {
      server.ended = true;
      news.push_back({server.pid, 0});
    }
    if (!server.ended) continue;
    for (const std::uint32_t pid : all_processes()) {
      if (binary_path_of(pid) != server.binary || !is_postmaster(pid)) continue;
      Server found = server_of(pid);
      if (found.directory != server.directory || found.root != server.root ||
          !found.running.is_open())
        continue;
      news.push_back({server.pid, pid});
      server = std::move(found);
      break;
    }
  }
  return news;
}

}  // namespace pgrec
