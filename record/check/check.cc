#include "record/check/check.h"

#include <unistd.h>

#include <fmt/core.h>

#include <functional>
#include <utility>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/units.h"
#include "record/binary/elf_image.h"
#include "record/check/feature_tries.h"
#include "record/host/machine_facts.h"
#include "record/kernel/probe_cost.h"
#include "record/server/server_binary.h"
#include "record/server/server_hooks.h"

namespace pgrec {
namespace {

using Works = Feature::Works;

Feature tried(const std::string& name, const std::function<void()>& attempt) {
  try {
    attempt();
    return {name, Works::kYes, "", ""};
  } catch (const Error& error) {
    return {name, Works::kNo, error.what(), error.hint()};
  }
}

// What -x said, or the one server that runs.
struct Server {
  std::optional<ServerBinary> binary;
  std::optional<ServerHooks> hooks;
  std::string version;
  std::string why_not;  // it is not known
};

Server look_at_server(const std::string& exec) {
  Server server;
  try {
    server.binary = find_server_binary(exec, {});
    const ElfImage image = read_elf(server.binary->path);
    server.version = image.server_version;
    server.hooks = find_server_hooks(image, read_code(server.binary->path));
  } catch (const Error& error) {
    if (!exec.empty()) throw;
    server.why_not = error.what();
  }
  return server;
}

// Whether the kernel takes the hooks, and the server has them.
Feature of_hooks(Feature feature, const Server& server) {
  if (feature.works == Works::kNo) return feature;
  if (server.binary && server.why_not.empty() && !server.hooks) {
    feature.works = Works::kNo;
    feature.remark =
        fmt::format("{} reports no queries: it has no pgstat_report_activity", server.binary->name);
    feature.hint = "name the server with -x; of a library or another program, calls are recorded";
  } else if (server.hooks) {
    if (!server.hooks->missing.empty())
      feature.remark = "but not known of the server: " + join(server.hooks->missing, "; ");
  } else {
    feature.remark = "not looked for in a server: " + server.why_not;
  }
  return feature;
}

std::string own_user(const Privileges& privileges) {
  const std::string text = ::geteuid() == 0 ? "root" : fmt::format("user {}", ::geteuid());
  if (privileges.root) return text + (::geteuid() == 0 ? "" : ", with CAP_SYS_ADMIN");
  if (privileges.load_programs()) return text + ", with CAP_BPF and CAP_PERFMON";
  if (privileges.bpf) return text + ", with CAP_BPF";
  if (privileges.perfmon) return text + ", with CAP_PERFMON";
  return text + (::geteuid() == 0 ? ", without its capabilities" : "");
}

// What may keep even root from something.
std::string limits(const HostFacts& host) {
  std::vector<std::string> all;
  if (host.lockdown == Lockdown::kIntegrity) all.push_back("lockdown (integrity)");
  if (host.lockdown == Lockdown::kConfidentiality) all.push_back("lockdown (confidentiality)");
  if (host.seccomp) all.push_back("a seccomp filter");
  if (host.user_namespace) all.push_back("a user namespace");
  return all.empty() ? "none" : join(all, "; ");
}

Metadata facts_of(const HostFacts& host, const Privileges& privileges, const Server& server) {
  Metadata facts = {{"pgrec", PGREC_VERSION},
                    {"kernel", fmt::format("Linux {} on {}", host.release, machine_name())},
                    {"system", system_name()},
                    {"user", own_user(privileges)},
                    {"limits", limits(host)}};
  if (server.binary) {
    facts.emplace_back("server", server.binary->name);
    if (!server.version.empty()) facts.emplace_back("version", "PostgreSQL " + server.version);
  }
  return facts;
}

Feature not_tried(const std::string& name) {
  return {name, Works::kNotTried, "", ""};
}

constexpr const char* kRecord = "record";

// Those that are tried with pgrec's own programs. With an obstacle none is: it is what the first
// says.
std::vector<Feature> features_of_programs(const std::optional<Obstacle>& obstacle,
                                          const Server& server, bool verbose) {
  const std::pair<const char*, std::function<void()>> attempts[] = {
      {kRecord, [&] { try_calls(verbose); }},
      {"query hooks", [&] { try_query_hooks(verbose); }},
      {"USDT probes", [&] { try_points(verbose); }},
      {"filters", [&] { try_filters(verbose); }},
      {"kernel events", [&] { try_kernel_events(verbose); }},
      {"slowlog", [&] { try_slowlog_hooks(verbose); }},
  };
  std::vector<Feature> all;
  for (const auto& [name, attempt] : attempts)
    all.push_back(obstacle ? not_tried(name) : tried(name, attempt));
  if (obstacle) {
    all[0] = {kRecord, Works::kNo, obstacle->what, obstacle->hint};
    return all;
  }
  const auto cost = all[0].works == Works::kYes ? measure_call_cost() : std::nullopt;
  if (cost)
    all[0].remark =
        fmt::format("its probes add {} to a call of an empty function", duration_text(*cost));
  all[1] = of_hooks(std::move(all[1]), server);
  return all;
}

Feature optional_feature(const std::string& name, bool works, const std::string& why_not) {
  return {name, works ? Works::kYes : Works::kNo, works ? "" : why_not, "", false};
}

// Those that a newer kernel has.
std::vector<Feature> features_of_kernel() {
  const KernelFeatures kernel = try_kernel_features();
  constexpr const char* kMulti = "uprobe_multi";
  constexpr const char* kWithoutRoot = "without root";
  constexpr const char* kMissedHits = "missed-hit counts";
  if (kernel.programs != 0)
    return {not_tried(kMulti), not_tried(kWithoutRoot), not_tried(kMissedHits)};
  return {
      optional_feature(kMulti, kernel.uprobe_multi,
                       "since Linux 6.6; without it attaching and detaching take a tenth of a "
                       "second a probe"),
      optional_feature(kWithoutRoot, kernel.uprobe_multi,
                       "since Linux 6.6 CAP_BPF and CAP_PERFMON are enough, before it only root "
                       "attaches probes"),
      optional_feature(kMissedHits, counts_missed_hits(),
                       "since Linux 6.0; before it the kernel does not tell of hits for which it "
                       "ran no program"),
  };
}

// What stands in the way by the features alone: the first that does not work and is needed.
std::optional<Obstacle> first_failed(const std::vector<Feature>& features) {
  for (const Feature& one : features) {
    if (one.needed && one.works == Works::kNo)
      return Obstacle{fmt::format("{}: {}", one.name, one.remark), one.hint};
  }
  return std::nullopt;
}

}  // namespace

const char* name(Works works) {
  switch (works) {
    case Works::kYes:
      return "yes";
    case Works::kNo:
      return "no";
    case Works::kNotTried:
      break;
  }
  return "not tried";
}

MachineCheck check_machine(const std::string& exec, bool verbose) {
  const Server server = look_at_server(exec);
  MachineCheck check;
  check.facts = facts_of(host_facts(), own_privileges(), server);
  check.obstacle = find_obstacle("run it as root: sudo pgrec check");
  check.features = features_of_programs(check.obstacle, server, verbose);
  for (Feature& feature : features_of_kernel())
    check.features.push_back(std::move(feature));
  const std::string unread = missing_to_read_processes();
  check.features.push_back(optional_feature("other users' servers", unread.empty(), unread));
  if (!check.obstacle) check.obstacle = first_failed(check.features);
  return check;
}

}  // namespace pgrec
