#include "record/host/process_tree.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "format/print/number.h"
#include "record/host/descriptor.h"
#include "record/host/proc_path.h"
#include "record/host/process_status.h"

namespace pgrec {

// Not by /proc, which may hide it, or be that of another pid namespace.
bool is_running(std::uint32_t pid) {
  const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.is_open()) return errno != ESRCH;
  pollfd end{process.get(), POLLIN, 0};
  return ::poll(&end, 1, 0) == 0;
}

bool is_gone(std::uint32_t id) {
  return ::access(proc_path(id).c_str(), F_OK) != 0;
}

std::uint32_t parent_of(std::uint32_t pid) {
  return status_number(proc_path(pid, "status"), "PPid").value_or(0);
}

std::uint32_t process_of_thread(std::uint32_t tid) {
  return status_number(proc_path(tid, "status"), "Tgid").value_or(tid);
}

std::vector<std::uint32_t> all_processes() {
  std::vector<std::uint32_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (const auto pid = parse_number<std::uint32_t>(name)) pids.push_back(*pid);
  }
  return pids;
}

std::vector<std::uint32_t> with_descendants(const std::vector<std::uint32_t>& pids) {
  std::multimap<std::uint32_t, std::uint32_t> children;
  for (const std::uint32_t pid : all_processes())
    children.emplace(parent_of(pid), pid);
  std::set<std::uint32_t> seen(pids.begin(), pids.end());
  std::vector<std::uint32_t> all(seen.begin(), seen.end());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto [first, last] = children.equal_range(all[i]);
    for (auto child = first; child != last; ++child) {
      if (seen.insert(child->second).second) all.push_back(child->second);
    }
  }
  return all;
}

}  // namespace pgrec
