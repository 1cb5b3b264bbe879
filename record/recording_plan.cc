#include "record/recording_plan.h"

#include <array>
#include <ctime>
#include <filesystem>

#include "format/units.h"
#include "record/elf_image.h"
#include "record/machine_facts.h"
#include "record/postmaster.h"
#include "record/preflight.h"
#include "record/server_settings.h"

namespace pgrec {
namespace {

// void pgstat_report_activity(BackendState state, const char *cmd_str): exported by every build,
// and called for every protocol at the beginning and the end of each command, also of one that
// failed.
constexpr const char* kActivityFunction = "pgstat_report_activity";

std::string utc_text(std::int64_t realtime_ns) {
  const std::time_t seconds = realtime_ns / 1'000'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

std::string joined(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts)
    text += (text.empty() ? "" : separator) + part;
  return text;
}

// Fills in what the plan says of the server: `server`, which `image` is.
void add_server(const ServerBinary& server, const ElfImage& image, const RecordOptions& options,
                RecordingPlan& plan) {
  const auto reporters = image.find(kActivityFunction);
  if (reporters.empty()) return;
  plan.activity = RecordingPlan::Activity{server, image.build_id, reporters.front()};
  plan.server_version = image.server_version;
  plan.server_settings = read_server_settings(server.path, image, options.pids);
  const std::string missing = missing_to_read_processes();
  const std::string name = std::filesystem::path(server.name).filename();
  if (plan.server_settings.empty() && !missing.empty() && is_running(name))
    plan.not_known = "the settings of a server of another user: " + missing;
}

}  // namespace

RecordingPlan make_plan(const RecordOptions& options) {
  RecordingPlan plan;
  plan.binary = find_server_binary(options.exec, options.pids);
  const ElfImage image = read_elf(plan.binary.path);
  plan.selection = select_probes(options.functions, image, plan.binary.name);
  plan.build_id = image.build_id;
  plan.server_version = image.server_version;
  add_server(plan.binary, image, options, plan);
  if (plan.activity) return plan;
  if (const auto server = find_server_of_library(plan.binary.path, options.pids))
    add_server(*server, read_elf(server->path), options, plan);
  return plan;
}

std::vector<Function> RecordingPlan::functions() const {
  std::vector<Function> table;
  for (const Symbol& symbol : selection.functions) {
    const FunctionId id{static_cast<std::uint32_t>(table.size())};
    table.push_back(
        {id, Function::Role::kCalls, symbol.name, binary.name, build_id, symbol.file_offset});
  }
  Function reporter{FunctionId{static_cast<std::uint32_t>(table.size())},
                    Function::Role::kActivity,
                    kActivityFunction,
                    "",
                    "",
                    0};
  if (activity) {
    reporter.binary = activity->server.name;
    reporter.build_id = activity->build_id;
    reporter.file_offset = activity->function.file_offset;
  }
  table.push_back(reporter);
  return table;
}

Metadata RecordingPlan::metadata(const RecordOptions& options, std::int64_t realtime_ns) const {
  std::vector<std::string> pids;
  for (const std::uint32_t pid : options.pids)
    pids.push_back(std::to_string(pid));
  Metadata facts = {
      {"pgrec.version", PGREC_VERSION},
      {"recorded.at", utc_text(realtime_ns)},
      {"recorded.at_ns", std::to_string(realtime_ns)},
  };
  const auto add = [&facts](const Metadata& more) {
    facts.insert(facts.end(), more.begin(), more.end());
  };
  add(machine_facts());
  add({{"server.binary", activity ? activity->server.name : binary.name},
       {"server.version", server_version}});
  const std::string& server_build_id = activity ? activity->build_id : build_id;
  if (!server_build_id.empty()) add({{"server.build_id", server_build_id}});
  add(server_settings);
  if (!not_known.empty()) add({{"record.not_known", not_known}});
  add({{"record.arguments", own_command_line()},
       {"record.functions", joined(options.functions, ",")},
       {"record.pids", joined(pids, ",")},
       {"record.buffer_bytes", std::to_string(options.ring_bytes)},
       {"record.text", activity ? "full" : "none"},
       {"record.command", joined(options.command, " ")}});
  add(options.labels);
  return facts;
}

}  // namespace pgrec
