#include "record/kernel/host_facts.h"

#include <sys/stat.h>
#include <unistd.h>

#include "record/host/first_line.h"
#include "record/host/kernel_version.h"
#include "record/host/process_status.h"

namespace pgrec {
namespace {

bool exists(const char* path) {
  return ::access(path, F_OK) == 0;
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
  constexpr std::uint32_t kFilter = 2;  // SECCOMP_MODE_FILTER
  return status_number("/proc/self/status", "Seccomp") == kFilter;
}

}  // namespace

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
