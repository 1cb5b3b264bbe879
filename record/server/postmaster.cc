#include "record/server/postmaster.h"

#include <sys/stat.h>

#include <set>

#include "record/host/first_line.h"
#include "record/host/proc_path.h"
#include "record/host/process_tree.h"

namespace pgrec {
namespace {

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool runs(std::uint32_t pid, const std::string& binary) {
  return is_same_file(proc_path(pid) + "/exe", binary);
}

}  // namespace

bool is_running(const std::string& name) {
  constexpr std::size_t kNameBytes = 15;  // that the kernel keeps
  for (const std::uint32_t pid : all_processes()) {
    if (first_line(proc_path(pid, "comm")) == name.substr(0, kNameBytes)) return true;
  }
  return false;
}

std::optional<std::uint32_t> find_postmaster(const std::string& binary,
                                             const std::vector<std::uint32_t>& pids) {
  std::set<std::uint32_t> postmasters;
  for (std::uint32_t pid : pids.empty() ? all_processes() : pids) {
    if (!runs(pid, binary)) continue;
    for (std::uint32_t parent = parent_of(pid); parent != 0 && runs(parent, binary);
         parent = parent_of(pid)) {
      pid = parent;
    }
    postmasters.insert(pid);
  }
  if (postmasters.size() != 1) return std::nullopt;
  return *postmasters.begin();
}

}  // namespace pgrec
