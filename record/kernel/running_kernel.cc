#include "record/kernel/running_kernel.h"

#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <charconv>
#include <fstream>

namespace pgrec {
namespace {

bool exists(const char* path) {
  return ::access(path, F_OK) == 0;
}

std::string first_line(const char* path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// Without securityfs the command line may tell.
Lockdown own_lockdown() {
  const Lockdown told = lockdown(first_line("/sys/kernel/security/lockdown"));
  if (told != Lockdown::kNotTold) return told;
  const std::string words = " " + first_line("/proc/cmdline") + " ";
  return words.find(" lockdown=confidentiality ") == words.npos ? Lockdown::kNotTold
                                                                : Lockdown::kConfidentiality;
}

bool in_user_namespace() {
  constexpr ino_t kInitial = 0xEFFFFFFD;  // PROC_USER_INIT_INO of include/linux/proc_ns.h
  struct stat own {};
  return ::stat("/proc/self/ns/user", &own) == 0 && own.st_ino != kInitial;
}

bool has_seccomp_filter() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int mode = 0;
    if (word == "Seccomp:" && status >> mode) return mode == 2;  // SECCOMP_MODE_FILTER
  }
  return false;
}

}  // namespace

KernelVersion kernel_version(std::string_view release) {
  KernelVersion version;
  const char* const end = release.data() + release.size();
  const auto major = std::from_chars(release.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {};
  if (std::from_chars(major.ptr + 1, end, version.minor).ec != std::errc()) return {};
  return version;
}

std::string kernel_release() {
  utsname machine{};
  ::uname(&machine);
  return machine.release;
}

KernelVersion running_kernel() {
  return kernel_version(kernel_release());
}

Lockdown lockdown(std::string_view state) {
  if (state.find("[confidentiality]") != state.npos) return Lockdown::kConfidentiality;
  if (state.find("[integrity]") != state.npos) return Lockdown::kIntegrity;
  return state.find("[none]") == state.npos ? Lockdown::kNotTold : Lockdown::kNone;
}

HostFacts host_facts() {
  return {kernel_release(),
          own_lockdown(),
          exists("/proc/sys/kernel/unprivileged_bpf_disabled"),
          exists("/sys/bus/event_source/devices/uprobe"),
          in_user_namespace(),
          has_seccomp_filter()};
}

}  // namespace pgrec
