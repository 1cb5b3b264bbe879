#include "record/recording/trace_facts.h"

#include <string>

#include "format/print/join.h"
#include "format/print/units.h"
#include "record/host/machine_facts.h"

namespace pgrec {
namespace {

void add(const Metadata& more, Metadata& facts) {
  facts.insert(facts.end(), more.begin(), more.end());
}

Metadata server_facts(const RecordingPlan& plan) {
  const auto& activity = plan.activity;
  Metadata facts = {
      {"server.binary", activity ? activity->server.name : plan.files.front().binary.name},
      {"server.version", plan.server_version},
  };
  const std::string& build_id = activity ? activity->image.build_id : plan.files.front().build_id;
  if (!build_id.empty()) facts.emplace_back("server.build_id", build_id);
  add(plan.server_settings, facts);
  if (activity && !activity->hooks.missing.empty())
    facts.emplace_back("server.not_known", join(activity->hooks.missing, "; "));
  if (!plan.not_known.empty()) facts.emplace_back("record.not_known", plan.not_known);
  return facts;
}

Metadata facts_of_options(const RecordOptions& options, const RecordingPlan& plan) {
  const PlanRequest& request = options.request;
  // A command may be the workload itself, with its queries.
  const bool tells_command = options.text == TextMode::kFull;
  return {
      {"record.arguments", own_command_line(tells_command)},
      {"record.functions", join(request.functions.names, ",")},
      {"record.presets", join(request.presets, ",")},
      {"record.pids",
       join(request.pids, ",", [](std::uint32_t pid) { return std::to_string(pid); })},
      {"record.buffer_bytes", std::to_string(options.ring_bytes)},
      {"record.min_duration_ns",
       options.min_duration > Duration{} ? std::to_string(options.min_duration.count()) : ""},
      {"record.sample",
       options.sample_every > 1 ? "1/" + std::to_string(options.sample_every) : ""},
      {"record.max_overhead",
       options.max_overhead > 0 ? fixed_text(100 * options.max_overhead, 2) + " %" : ""},
      {"record.notes", join(plan.notes, "; ")},
      {"record.text", plan.activity ? name(options.text) : name(TextMode::kNone)},
      {"record.command", tells_command ? join(options.command, " ") : ""},
  };
}

}  // namespace

Metadata trace_facts(const RecordOptions& options, const RecordingPlan& plan,
                     const Moment& beginning) {
  Metadata facts = {
      {"pgrec.version", PGREC_VERSION},
      {"recorded.at", utc_text(beginning.realtime_ns)},
      {"recorded.at_ns", std::to_string(beginning.realtime_ns)},
      {"recorded.monotonic_ns", std::to_string(beginning.monotonic_ns)},
  };
  add(machine_facts(), facts);
  add(server_facts(plan), facts);
  add(facts_of_options(options, plan), facts);
  add(options.labels, facts);
  return facts;
}

}  // namespace pgrec
