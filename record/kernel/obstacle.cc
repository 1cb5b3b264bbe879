#include "record/kernel/obstacle.h"

#include <unistd.h>

#include <cerrno>

#include "format/frame/file.h"

namespace pgrec {
namespace {

const std::string kNeeded =
    "pgrec records on Linux 5.15 or later; a trace can be analyzed anywhere";

Obstacle too_old(const std::string& lacks, const HostFacts& host) {
  return {"this kernel has no " + lacks + ": it is Linux " + host.release, kNeeded};
}

// bpf() itself does not work.
Obstacle obstacle_of_bpf(const HostFacts& host, int error) {
  const bool denied = error == EPERM || error == EACCES;
  if (error == ENOSYS && !host.bpf)
    return {"this kernel has no BPF (CONFIG_BPF_SYSCALL): it is Linux " + host.release, kNeeded};
  if (host.seccomp && (denied || error == ENOSYS)) {
    return {"a seccomp filter keeps this process from loading BPF programs",
            "run pgrec on the host, or its container with --privileged or a seccomp profile that "
            "allows bpf and perf_event_open"};
  }
  if (denied) {
    return {"the kernel refuses BPF to this process, although it has the capabilities",
            "a security module such as SELinux may forbid it: the kernel's log and the audit log "
            "say so"};
  }
  if (error == EINVAL) return too_old("BPF programs for probes (CONFIG_BPF_EVENTS)", host);
  return {"the kernel takes no BPF program: " + reason_of(error),
          "please report it with what pgrec check says"};
}

Obstacle no_kernel_reads(const HostFacts& host) {
  const bool told = host.lockdown == Lockdown::kConfidentiality;
  return {
      told ? "the kernel is locked down (confidentiality): it lets no BPF program read its memory"
           : "the kernel lets no BPF program read its memory: it seems to be locked down "
             "(confidentiality)",
      "boot without lockdown=confidentiality; lockdown=integrity does not hinder pgrec"};
}

}  // namespace

std::optional<Obstacle> obstacle_of_process(const HostFacts& host, const Privileges& privileges,
                                            bool user_is_root, const std::string& as_root) {
  if (host.user_namespace) {
    return Obstacle{
        "this process is in a user namespace, as of a rootless container, where the "
        "kernel lets nobody load BPF programs",
        "run pgrec outside of it, as root of the machine"};
  }
  if (privileges.load_programs()) return std::nullopt;
  const std::string missing = privileges.bpf       ? "CAP_PERFMON is missing"
                              : privileges.perfmon ? "CAP_BPF is missing"
                                                   : "";
  if (user_is_root) {
    return Obstacle{
        "recording needs the capabilities CAP_BPF and CAP_PERFMON, which this root does "
        "not have, as in a container" +
            (missing.empty() ? "" : "; " + missing),
        "run pgrec on the host, or its container with --privileged"};
  }
  return Obstacle{"recording needs root, or the capabilities CAP_BPF and CAP_PERFMON" +
                      (missing.empty() ? "" : "; " + missing),
                  as_root};
}

std::optional<Obstacle> obstacle_of_kernel(const HostFacts& host, const KernelFeatures& features) {
  if (features.programs != 0) return obstacle_of_bpf(host, features.programs);
  if (features.cookies != 0) return too_old("attach cookies for probes", host);
  if (features.atomics != 0) return too_old("results of atomic operations", host);
  if (!features.btf) {
    return Obstacle{
        "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): there is no "
        "/sys/kernel/btf/vmlinux",
        "use a kernel that has it, as those of distributions do; or is /sys not mounted?"};
  }
  if (features.kernel_reads != 0) return no_kernel_reads(host);
  if (!features.uprobe_multi && !host.uprobe_events) {
    return Obstacle{
        "this kernel has no uprobes (CONFIG_UPROBE_EVENTS): there is no "
        "/sys/bus/event_source/devices/uprobe",
        "use a kernel that has them, as those of distributions do; or is /sys not "
        "mounted?"};
  }
  return std::nullopt;
}

std::optional<Obstacle> obstacle_of_attaching(const HostFacts& host, const Privileges& privileges,
                                              const KernelFeatures& features,
                                              const std::string& as_root) {
  if (privileges.root || features.uprobe_multi) return std::nullopt;
  return Obstacle{"this kernel, Linux " + host.release +
                      ", lets only root attach probes; CAP_SYS_ADMIN is missing",
                  as_root + "; from Linux 6.6 on, CAP_BPF and CAP_PERFMON are enough"};
}

std::optional<Obstacle> find_obstacle(const std::string& as_root) {
  const HostFacts host = host_facts();
  const Privileges privileges = own_privileges();
  if (auto found = obstacle_of_process(host, privileges, ::geteuid() == 0, as_root)) return found;
  const KernelFeatures features = try_kernel_features();
  if (auto found = obstacle_of_kernel(host, features)) return found;
  const bool user_is_root = ::geteuid() == 0;
  return obstacle_of_attaching(
      host, privileges, features,
      user_is_root ? "give this service or container that capability" : as_root);
}

}  // namespace pgrec
