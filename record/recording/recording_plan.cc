#include "record/recording/recording_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "format/error.h"
#include "format/postgres/execution_classes.h"
#include "format/print/join.h"
#include "format/print/units.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/diagnosis.h"
#include "record/binary/elf_image.h"
#include "record/binary/probe_point.h"
#include "record/host/clocks.h"
#include "record/host/machine_facts.h"
#include "record/host/privileges.h"
#include "record/probes/presets.h"
#include "record/server/postmaster.h"
#include "record/server/server_settings.h"

namespace pgrec {
namespace {

// Named in the table of functions even where it is not known.
constexpr const char* kActivityFunction = "pgstat_report_activity";

// The attach points of `functions`, which are pieces of `code` of `image`: bytes in the file.
std::vector<std::uint64_t> attach_offsets(const std::vector<Extent>& functions,
                                          const ElfImage& image, const Code& code) {
  std::vector<std::uint64_t> offsets = probe_points(functions, code, function_starts(image));
  for (std::size_t i = 0; i < functions.size(); ++i)
    offsets[i] += code.file_offset(functions[i].address).value_or(0);
  return offsets;
}

// Whether calls of a function are seen otherwise than its name says: only those that find work to
// do, or not those of its copies, where these are not `selected`, too.
bool needs_telling(const Diagnosis& diagnosis, const std::vector<Symbol>& selected) {
  const auto is_selected = [&](const std::string& copy) {
    return std::any_of(selected.begin(), selected.end(),
                       [&](const Symbol& symbol) { return symbol.name == copy; });
  };
  return diagnosis.verdict == Verdict::kPartial ||
         !std::all_of(diagnosis.copies.begin(), diagnosis.copies.end(), is_selected);
}

// Works out where the probes of the selected functions go. What turns out to be the same code as
// another is selected no more.
void place_probes(const ElfImage& image, const Code& code, RecordingPlan& plan) {
  const auto diagnoses = diagnose(plan.selection.functions, image, code);
  std::vector<Symbol> placed;
  std::vector<Extent> probed;
  std::map<std::uint64_t, std::string> names;  // by the address of what is probed
  for (std::size_t i = 0; i < diagnoses.size(); ++i) {
    const Symbol& function = plan.selection.functions[i];
    if (!code.file_offset(diagnoses[i].probed.address)) {
      plan.selection.not_probed.push_back({function.name, diagnoses[i].why});
      continue;
    }
    const auto [known, is_new] = names.emplace(diagnoses[i].probed.address, function.name);
    if (!is_new) {
      plan.selection.not_probed.push_back(
          {function.name, "what is probed of it is the same code as of " + known->second});
      continue;
    }
    placed.push_back(function);
    probed.push_back(diagnoses[i].probed);
    if (needs_telling(diagnoses[i], plan.selection.functions)) {
      plan.notes.push_back(function.name + ": " + name(diagnoses[i].verdict) + ": " +
                           diagnoses[i].why);
    }
  }
  if (placed.empty() && plan.selection.points.empty()) {
    throw Error(
        "nothing to record in " + plan.binary.name + ": " + to_text(plan.selection.not_probed),
        "pgrec list -x " + plan.binary.name + " NAME says what is the matter");
  }
  plan.selection.functions = std::move(placed);
  plan.attach_offsets = attach_offsets(probed, image, code);
}

// Fills in what the plan says of the server: `server`, which `image` is.
void add_server(const ServerBinary& server, const ElfImage& image, const RecordOptions& options,
                RecordingPlan& plan) {
  auto hooks = find_server_hooks(image, read_code(server.path));
  if (!hooks) return;
  plan.activity = RecordingPlan::Activity{server, image, std::move(*hooks)};
  plan.server_version = image.server_version;
  plan.server_settings = read_server_settings(server.path, image, options.pids);
  const std::string missing = missing_to_read_processes();
  const std::string name = std::filesystem::path(server.name).filename();
  if (plan.server_settings.empty() && !missing.empty() && is_running(name))
    plan.not_known = "the settings of a server of another user: " + missing;
}

}  // namespace

std::vector<std::optional<std::uint64_t>> attach_points(const std::string& path,
                                                        const ElfImage& image,
                                                        const std::vector<Symbol>& functions) {
  const Code code = read_code(path);
  std::vector<Extent> probed;
  for (const Diagnosis& diagnosis : diagnose(functions, image, code))
    probed.push_back(diagnosis.probed);
  const auto offsets = attach_offsets(probed, image, code);
  std::vector<std::optional<std::uint64_t>> points(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < probed.size(); ++i) {
    if (!code.file_offset(probed[i].address)) points[i].reset();
  }
  return points;
}

std::vector<AttachSite> attach_sites(const UsdtProbe& point, const UsdtArguments& arguments,
                                     std::uint32_t probe) {
  std::vector<AttachSite> sites;
  for (std::size_t i = 0; i < point.sites.size(); ++i) {
    wire_site site = arguments.sites[i];
    site.probe = probe;
    sites.push_back({point.sites[i].file_offset, point.sites[i].semaphore_offset, site});
  }
  return sites;
}

RecordingPlan make_plan(const RecordOptions& options) {
  RecordingPlan plan;
  plan.binary = find_server_binary(options.exec, options.pids);
  ElfImage image = read_elf(plan.binary.path);
  const Code code = read_code(plan.binary.path);
  image.add(read_debug_symbols(plan.binary.path, code).functions);
  std::vector<std::string> names = options.functions;
  for (std::string& name : names_of_presets(options.presets, major_version(image.server_version)))
    names.push_back(std::move(name));
  if (!names.empty()) {
    plan.selection = select_probes(names, image, plan.binary.name);
    place_probes(image, code, plan);
  }
  for (const UsdtProbe& point : plan.selection.points)
    plan.arguments.push_back(usdt_arguments(point, image));
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
  for (std::size_t i = 0; i < selection.functions.size(); ++i) {
    table.push_back({FunctionId{static_cast<std::uint32_t>(i)}, Function::Role::kCalls,
                     selection.functions[i].name, binary.name, build_id, attach_offsets[i]});
  }
  for (const UsdtProbe& point : selection.points) {
    table.push_back({FunctionId{static_cast<std::uint32_t>(table.size())}, Function::Role::kEvents,
                     point.name, binary.name, build_id, point.sites.front().file_offset});
  }
  Function reporter{FunctionId{static_cast<std::uint32_t>(table.size())},
                    Function::Role::kActivity,
                    kActivityFunction,
                    "",
                    "",
                    0};
  if (activity) {
    reporter.binary = activity->server.name;
    reporter.build_id = activity->image.build_id;
    reporter.file_offset = activity->point().place.offset;
  }
  table.push_back(reporter);
  return table;
}

std::vector<EventClass> RecordingPlan::classes() const {
  auto all = activity ? execution_classes(activity->hooks.known) : std::vector<EventClass>{};
  const auto points = point_classes();
  all.insert(all.end(), points.begin(), points.end());
  return all;
}

std::vector<EventClass> RecordingPlan::point_classes() const {
  std::vector<EventClass> classes;
  for (std::size_t i = 0; i < selection.points.size(); ++i) {
    classes.push_back({ClassId{kFirstOtherClass + static_cast<std::uint32_t>(i)},
                       EventClass::Subject::kThread, selection.points[i].name, arguments[i].types});
  }
  return classes;
}

std::vector<AttachSite> RecordingPlan::sites() const {
  std::vector<AttachSite> all;
  for (std::size_t i = 0; i < selection.points.size(); ++i) {
    const auto sites = attach_sites(selection.points[i], arguments[i],
                                    static_cast<std::uint32_t>(selection.functions.size() + i));
    all.insert(all.end(), sites.begin(), sites.end());
  }
  return all;
}

Metadata RecordingPlan::metadata(const RecordOptions& options, std::int64_t realtime_ns) const {
  const auto number_text = [](std::uint32_t pid) { return std::to_string(pid); };
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
  const std::string& server_build_id = activity ? activity->image.build_id : build_id;
  if (!server_build_id.empty()) add({{"server.build_id", server_build_id}});
  add(server_settings);
  if (!not_known.empty()) add({{"record.not_known", not_known}});
  // A command may be the workload itself, with its queries.
  const bool tells_command = options.text == TextMode::kFull;
  add({{"record.arguments", own_command_line(tells_command)},
       {"record.functions", join(options.functions, ",")},
       {"record.presets", join(options.presets, ",")},
       {"record.pids", join(options.pids, ",", number_text)},
       {"record.buffer_bytes", std::to_string(options.ring_bytes)},
       {"record.min_duration_ns",
        options.min_duration > Duration{} ? std::to_string(options.min_duration.count()) : ""},
       {"record.sample",
        options.sample_every > 1 ? "1/" + std::to_string(options.sample_every) : ""},
       {"record.max_overhead",
        options.max_overhead > 0 ? fixed_text(100 * options.max_overhead, 2) + " %" : ""},
       {"record.notes", join(notes, "; ")},
       {"record.text", activity ? name(options.text) : name(TextMode::kNone)},
       {"record.command", tells_command ? join(options.command, " ") : ""}});
  add(options.labels);
  return facts;
}

}  // namespace pgrec
