// Covers record/kernel/obstacle.h: the cause that is named, of what a machine says and what was
// tried there.
#include "record/kernel/obstacle.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace pgrec {
namespace {

const std::string kAsRoot = "sudo pgrec record";

constexpr Privileges kRoot{true, true, true};
constexpr Privileges kTwoCapabilities{false, true, true};

// A machine on which everything works.
HostFacts machine() {
  HostFacts host;
  host.release = "6.1.0-48-amd64";
  host.lockdown = Lockdown::kNone;
  host.bpf = true;
  host.uprobe_events = true;
  return host;
}

KernelFeatures all_features() {
  KernelFeatures features;
  features.btf = true;
  features.uprobe_multi = true;
  return features;
}

std::string what(const std::optional<Obstacle>& obstacle) {
  if (!obstacle) return "nothing";
  return obstacle->what + (obstacle->hint.empty() ? " (no hint)" : "");
}

std::string of_kernel(const HostFacts& host, const KernelFeatures& features) {
  return what(obstacle_of_kernel(host, features));
}

std::string of_failing(int error, const HostFacts& host) {
  KernelFeatures features;
  features.programs = error;
  return of_kernel(host, features);
}

TEST(Obstacle, IsNoneWhereEverythingWorks) {
  EXPECT_EQ(what(obstacle_of_process(machine(), kRoot, true, kAsRoot)), "nothing");
  EXPECT_EQ(what(obstacle_of_process(machine(), kTwoCapabilities, false, kAsRoot)), "nothing");
  EXPECT_EQ(of_kernel(machine(), all_features()), "nothing");
  EXPECT_EQ(what(obstacle_of_attaching(machine(), kTwoCapabilities, all_features(), kAsRoot)),
            "nothing");
}

TEST(Obstacle, OfAProcessAreItsPrivileges) {
  EXPECT_EQ(what(obstacle_of_process(machine(), {}, false, kAsRoot)),
            "recording needs root, or the capabilities CAP_BPF and CAP_PERFMON");
  EXPECT_EQ(
      what(obstacle_of_process(machine(), {false, true, false}, false, kAsRoot)),
      "recording needs root, or the capabilities CAP_BPF and CAP_PERFMON; CAP_PERFMON is missing");
  EXPECT_EQ(obstacle_of_process(machine(), {}, false, kAsRoot)->hint, kAsRoot);
}

TEST(Obstacle, OfARootWithoutCapabilitiesIsItsContainer) {
  const auto found = obstacle_of_process(machine(), {}, true, kAsRoot);
  EXPECT_EQ(
      what(found),
      "recording needs the capabilities CAP_BPF and CAP_PERFMON, which this root does not have, "
      "as in a container");
  EXPECT_NE(found->hint, kAsRoot);
}

TEST(Obstacle, IsTheUserNamespaceWhateverItsRootHas) {
  HostFacts host = machine();
  host.user_namespace = true;
  EXPECT_EQ(
      what(obstacle_of_process(host, kRoot, true, kAsRoot)),
      "this process is in a user namespace, as of a rootless container, where the kernel lets "
      "nobody load BPF programs");
}

TEST(Obstacle, OfAKernelWithoutBpfIsNotTakenForAFilter) {
  HostFacts host = machine();
  host.bpf = false;
  host.seccomp = true;
  EXPECT_EQ(of_failing(ENOSYS, host),
            "this kernel has no BPF (CONFIG_BPF_SYSCALL): it is Linux 6.1.0-48-amd64");
}

TEST(Obstacle, IsTheFilterWhereTheKernelHasBpfAndOneLooks) {
  HostFacts host = machine();
  host.seccomp = true;
  for (const int error : {EPERM, EACCES, ENOSYS})
    EXPECT_EQ(of_failing(error, host),
              "a seccomp filter keeps this process from loading BPF programs");
}

TEST(Obstacle, IsASecurityModuleWhereNoFilterLooks) {
  EXPECT_EQ(of_failing(EPERM, machine()),
            "the kernel refuses BPF to this process, although it has the capabilities");
}

TEST(Obstacle, NamesTheVersionFoundAndTheOneThatIsNeeded) {
  HostFacts host = machine();
  host.release = "5.10.0-32-amd64";
  KernelFeatures features = all_features();
  features.cookies = EINVAL;
  const auto found = obstacle_of_kernel(host, features);
  EXPECT_EQ(what(found),
            "this kernel has no attach cookies for probes: it is Linux 5.10.0-32-amd64");
  EXPECT_NE(found->hint.find("5.15"), std::string::npos);
}

TEST(Obstacle, IsWhatTheKernelIsBuiltWithout) {
  KernelFeatures without_btf = all_features();
  without_btf.btf = false;
  EXPECT_EQ(of_kernel(machine(), without_btf),
            "this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): there is no /sys/kernel/btf/vmlinux");
  HostFacts without_uprobes = machine();
  without_uprobes.uprobe_events = false;
  KernelFeatures without_multi = all_features();
  without_multi.uprobe_multi = false;
  EXPECT_EQ(of_kernel(without_uprobes, without_multi),
            "this kernel has no uprobes (CONFIG_UPROBE_EVENTS): there is no "
            "/sys/bus/event_source/devices/uprobe");
  EXPECT_EQ(of_kernel(without_uprobes, all_features()), "nothing");
}

TEST(Obstacle, IsTheLockdownAsFarAsItIsKnown) {
  KernelFeatures features = all_features();
  features.kernel_reads = EINVAL;
  HostFacts host = machine();
  host.lockdown = Lockdown::kConfidentiality;
  EXPECT_EQ(of_kernel(host, features),
            "the kernel is locked down (confidentiality): it lets no BPF program read its memory");
  host.lockdown = Lockdown::kNotTold;
  EXPECT_EQ(of_kernel(host, features),
            "the kernel lets no BPF program read its memory: it seems to be locked down "
            "(confidentiality)");
}

TEST(Obstacle, OfAttachingIsMissingRootBeforeUprobeMulti) {
  KernelFeatures features = all_features();
  features.uprobe_multi = false;
  const auto found = obstacle_of_attaching(machine(), kTwoCapabilities, features, kAsRoot);
  EXPECT_EQ(
      what(found),
      "this kernel, Linux 6.1.0-48-amd64, lets only root attach probes; CAP_SYS_ADMIN is missing");
  EXPECT_EQ(found->hint, kAsRoot + "; from Linux 6.6 on, CAP_BPF and CAP_PERFMON are enough");
  EXPECT_EQ(what(obstacle_of_attaching(machine(), kRoot, features, kAsRoot)), "nothing");
}

}  // namespace
}  // namespace pgrec
