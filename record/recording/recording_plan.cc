#include "record/recording/recording_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "format/error.h"
#include "format/postgres/execution_classes.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/diagnosis.h"
#include "record/binary/elf_image.h"
#include "record/binary/probe_point.h"
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
    if (diagnoses[i].verdict == Verdict::kUnprobeable) {
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

// What stands for the hooks in the table of functions.
Function activity_function(const std::optional<RecordingPlan::Activity>& activity) {
  Function function;
  function.name = kActivityFunction;
  if (activity) {
    function.binary = activity->server.name;
    function.build_id = activity->image.build_id;
    function.file_offset = activity->hook().site.offset;
  }
  return function;
}

// Fills in what the plan says of the server: `server`, which `image` is.
void add_server(const ServerBinary& server, const ElfImage& image, RecordingPlan& plan) {
  auto hooks = find_server_hooks(image, read_code(server.path));
  if (!hooks) return;
  plan.activity = RecordingPlan::Activity{server, image, std::move(*hooks)};
  plan.server_version = image.server_version;
  plan.server_settings = read_server_settings(server.path, image, plan.pids);
  const std::string missing = missing_to_read_processes();
  const std::string name = std::filesystem::path(server.name).filename();
  if (plan.server_settings.empty() && !missing.empty() && is_running(name))
    plan.not_known = "the settings of a server of another user: " + missing;
}

}  // namespace

std::vector<std::optional<std::uint64_t>> attach_offsets(const std::vector<Symbol>& functions,
                                                         const ElfImage& image, const Code& code) {
  const auto diagnoses = diagnose(functions, image, code);
  std::vector<Extent> probed;
  for (const Diagnosis& diagnosis : diagnoses)
    probed.push_back(diagnosis.probed);
  const auto offsets = attach_offsets(probed, image, code);
  std::vector<std::optional<std::uint64_t>> sites(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < probed.size(); ++i) {
    if (diagnoses[i].verdict == Verdict::kUnprobeable) sites[i].reset();
  }
  return sites;
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

RecordingPlan make_plan(const PlanRequest& request) {
  RecordingPlan plan;
  plan.binary = find_server_binary(request.exec, request.pids);
  plan.pids = request.pids;
  ElfImage image = read_elf(plan.binary.path);
  const Code code = read_code(plan.binary.path);
  image.add(read_debug_symbols(plan.binary.path, code).functions);
  std::vector<std::string> names = request.functions;
  for (std::string& name : names_of_presets(request.presets, major_version(image.server_version)))
    names.push_back(std::move(name));
  if (!names.empty()) {
    plan.selection = select_probes(names, image, plan.binary.name, request.places);
    place_probes(image, code, plan);
  }
  for (const UsdtProbe& point : plan.selection.points)
    plan.arguments.push_back(usdt_arguments(point, image));
  plan.build_id = image.build_id;
  plan.server_version = image.server_version;
  add_server(plan.binary, image, plan);
  if (plan.activity) return plan;
  if (const auto server = find_server_of_library(plan.binary.path, request.pids))
    add_server(*server, read_elf(server->path), plan);
  return plan;
}

ProbeTable RecordingPlan::probes() const {
  const auto row = [this](const std::string& name, std::uint64_t file_offset) {
    Function function;
    function.name = name;
    function.binary = binary.name;
    function.build_id = build_id;
    function.file_offset = file_offset;
    return function;
  };
  std::vector<Function> functions;
  for (std::size_t i = 0; i < selection.functions.size(); ++i)
    functions.push_back(row(selection.functions[i].name, attach_offsets[i]));
  std::vector<ProbeTable::Point> points;
  for (std::size_t i = 0; i < selection.points.size(); ++i) {
    const UsdtProbe& point = selection.points[i];
    const EventClass events{ClassId{kFirstOtherClass + static_cast<std::uint32_t>(i)},
                            EventClass::Subject::kThread, point.name, arguments[i].types};
    points.push_back({row(point.name, point.sites.front().file_offset), events});
  }
  return {std::move(functions), points, activity_function(activity)};
}

std::vector<EventClass> RecordingPlan::classes() const {
  auto all = activity ? execution_classes(activity->hooks.known) : std::vector<EventClass>{};
  const ProbeTable table = probes();
  all.insert(all.end(), table.classes().begin(), table.classes().end());
  return all;
}

std::vector<AttachSite> RecordingPlan::sites() const {
  const ProbeRange points = probes().points();
  std::vector<AttachSite> all;
  for (const std::uint32_t probe : points) {
    const std::size_t i = probe - points.first;
    const auto sites = attach_sites(selection.points[i], arguments[i], probe);
    all.insert(all.end(), sites.begin(), sites.end());
  }
  return all;
}

}  // namespace pgrec
