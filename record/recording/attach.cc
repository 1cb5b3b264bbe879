#include "record/recording/attach.h"

#include <cstdint>
#include <string>

#include "format/error.h"

namespace pgrec {
namespace {

// How many were attached. Adds the others to `not_probed`.
std::size_t attach_functions(KernelSession& session, const RecordingPlan& plan,
                             const ProbeTable& probes, std::vector<NotProbed>& not_probed) {
  std::size_t attached = 0;
  const auto refused =
      session.attachments().attach_functions(plan.binary.path, plan.attach_offsets);
  for (const std::uint32_t probe : probes.functions()) {
    if (refused[probe]) {
      not_probed.push_back({probes.name(probe), *refused[probe]});
    } else {
      ++attached;
    }
  }
  return attached;
}

// The same for the sites of USDT probes.
std::size_t attach_usdt_sites(KernelSession& session, const RecordingPlan& plan,
                              const ProbeTable& probes, std::vector<NotProbed>& not_probed) {
  std::size_t attached = 0;
  const auto sites = plan.sites();
  const auto refused = session.attachments().attach_sites(plan.binary.path, sites);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (refused[i]) {
      not_probed.push_back(
          {probes.name(sites[i].site.probe) + " at one of its places", *refused[i]});
    } else {
      ++attached;
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
  std::vector<NotProbed> not_probed = plan.selection.not_probed;
  const std::size_t functions = attach_functions(session, plan, probes, not_probed);
  const std::size_t sites = attach_usdt_sites(session, plan, probes, not_probed);
  if (functions + sites == 0 && !probes.chosen().empty()) {
    throw Error("nothing to record in " + plan.binary.name + ": " + to_text(not_probed),
                "-v shows the kernel's words");
  }
  if (const auto reason = session.follow_processes()) {
    not_probed.push_back({"sched_process_exit (for processes that begin and end)", *reason});
  }
  if (plan.activity) attach_hooks(session, *plan.activity, not_probed);
  return not_probed;
}

}  // namespace pgrec
