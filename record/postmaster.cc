#include "record/postmaster.h"

#include <sys/stat.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>

namespace pgrec {
namespace {

std::string proc_path(std::uint32_t pid) {
  return "/proc/" + std::to_string(pid);
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::stat(a.c_str(), &of_a) == 0 && ::stat(b.c_str(), &of_b) == 0 &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

bool runs(std::uint32_t pid, const std::string& binary) {
  return is_same_file(proc_path(pid) + "/exe", binary);
}

// 0 where the process is gone or has none that this process can see.
std::uint32_t parent_of(std::uint32_t pid) {
  std::ifstream status(proc_path(pid) + "/status");
  for (std::string word; status >> word;) {
    std::uint32_t parent = 0;
    if (word == "PPid:" && status >> parent) return parent;
  }
  return 0;
}

std::vector<std::uint32_t> all_processes() {
  std::vector<std::uint32_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    std::uint32_t pid = 0;
    const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failure == std::errc() && end == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

}  // namespace

bool is_running(const std::string& name) {
  constexpr std::size_t kNameBytes = 15;  // that the kernel keeps
  for (const std::uint32_t pid : all_processes()) {
    std::ifstream file(proc_path(pid) + "/comm");
    std::string running;
    if (std::getline(file, running) && running == name.substr(0, kNameBytes)) return true;
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
