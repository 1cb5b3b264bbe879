#include "record/recording/attach.h"

#include <cstdint>
#include <string>

#include "format/error.h"
#include "record/server/parallel_workers.h"

namespace pgrec {
namespace {

// How many were attached. Adds the others to `not_probed`.
std::size_t attach_functions(KernelSession& session, const RecordingPlan& plan,
                             const ProbeTable& probes, std::vector<NotProbed>& not_probed) {
  std::size_t attached = 0;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    const PlannedFile& file = plan.files[i];
    const ProbeRange range = plan.functions_of(i);
    if (range.empty()) continue;
    std::vector<std::uint64_t> numbers;
    for (const std::uint32_t probe : range)
      numbers.push_back(probe);
    const auto refused =
        session.attachments().attach_functions(file.binary.path, file.attach_offsets, numbers);
    for (const std::uint32_t probe : range) {
      const auto& reason = refused[probe - range.first];
      if (reason) not_probed.push_back({probes.name(probe), *reason});
      attached += reason ? 0 : 1;
    }
  }
  return attached;
}

// The same for the sites of USDT probes.
std::size_t attach_usdt_sites(KernelSession& session, const RecordingPlan& plan,
                              const ProbeTable& probes, std::vector<NotProbed>& not_probed) {
  std::size_t attached = 0;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    const auto sites = plan.sites_of(i);
    if (sites.empty()) continue;
    const auto refused = session.attachments().attach_sites(plan.files[i].binary.path, sites);
    for (std::size_t j = 0; j < sites.size(); ++j) {
      const std::string& name = probes.name(sites[j].site.probe);
      if (refused[j]) not_probed.push_back({name + " at one of its places", *refused[j]});
      attached += refused[j] ? 0 : 1;
    }
  }
  return attached;
}

void attach_hooks(KernelSession& session, const RecordingPlan::Activity& activity,
                  std::vector<NotProbed>& not_probed) {
  const ServerHooks& hooks = activity.hooks;
  const auto refused =
      session.attachments().attach_hooks(activity.server.path, hooks.server, hooks.sites());
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (refused[i])
      not_probed.push_back({hooks.found[i].function.name + " (for the queries)", *refused[i]});
  }
}

}  // namespace

SessionConfig session_config(const RecordingPlan& plan) {
  const ProbeTable probes = plan.probes();
  SessionConfig config;
  config.probes = probes.chosen().size();
  config.usdt = !probes.points().empty();
  config.pids = plan.pids;
  config.queries = plan.activity.has_value();
  return config;
}

std::vector<NotProbed> attach(KernelSession& session, const RecordingPlan& plan) {
  const ProbeTable probes = plan.probes();
  std::vector<NotProbed> not_probed = plan.not_probed;
  const std::size_t functions = attach_functions(session, plan, probes, not_probed);
  const std::size_t sites = attach_usdt_sites(session, plan, probes, not_probed);
  if (functions + sites == 0 && !probes.chosen().empty()) {
    throw Error("nothing to record in " + plan.files_text() + ": " + to_text(not_probed),
                "-v shows the kernel's words");
  }
  if (const auto reason = session.follow_processes()) {
    not_probed.push_back({"sched_process_exit (for processes that begin and end)", *reason});
  }
  if (plan.activity) attach_hooks(session, *plan.activity, not_probed);
  // Those that are there already: of the others the hooks tell.
  if (plan.activity && !plan.pids.empty()) session.follow(parallel_workers_of(plan.pids));
  return not_probed;
}

}  // namespace pgrec
