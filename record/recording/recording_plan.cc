#include "record/recording/recording_plan.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <span>

#include "format/error.h"
#include "format/postgres/execution_classes.h"
#include "format/print/join.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/diagnosis.h"
#include "record/binary/elf_image.h"
#include "record/binary/probe_point.h"
#include "record/host/file_identity.h"
#include "record/host/privileges.h"
#include "record/probes/presets.h"
#include "record/server/error_reports.h"
#include "record/server/postmaster.h"
#include "record/server/server_settings.h"

namespace pgrec {
namespace {

// Named in the table of functions even where it is not known.
constexpr const char* kActivityFunction = "pgstat_report_activity";

// The attach points of `functions`, which are pieces of `code` of `image`: bytes in the file.
std::vector<std::uint64_t> attach_offsets(const std::vector<Extent>& functions,
                                          std::span<const std::uint64_t> points, const Code& code) {
  std::vector<std::uint64_t> offsets(points.begin(), points.end());
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

// A file that is to be probed, as it was read.
struct ReadFile {
  ServerBinary binary;
  ElfImage image;
  Code code;
};

ReadFile read_file(ServerBinary binary) {
  ElfImage image = read_elf(binary.path);
  Code code = read_code(binary.path);
  image.add(read_debug_symbols(binary.path, code).functions);
  return {std::move(binary), std::move(image), std::move(code)};
}

// Each file once, however often it is named.
std::vector<ReadFile> read_files(const PlanRequest& request) {
  std::vector<std::string> execs = request.execs;
  if (execs.empty()) execs.emplace_back();
  std::vector<ServerBinary> binaries;
  for (const std::string& exec : execs) {
    ServerBinary binary = find_server_binary(exec, request.pids, binaries);
    const auto same = [&](const ServerBinary& one) {
      return identity(one.path) == identity(binary.path);
    };
    if (std::none_of(binaries.begin(), binaries.end(), same)) binaries.push_back(std::move(binary));
  }
  std::vector<ReadFile> files;
  files.reserve(binaries.size());
  for (ServerBinary& binary : binaries)
    files.push_back(read_file(std::move(binary)));
  return files;
}

// Works out where the probes of the selected functions of `read` go. What turns out to be the same
// code as another is selected no more.
void place_probes(const ReadFile& read, const std::vector<Symbol>& selected, PlannedFile& file,
                  RecordingPlan& plan) {
  const auto diagnoses = diagnose(selected, read.image, read.code);
  std::vector<Extent> probed;
  std::map<std::uint64_t, std::string> names;  // by the address of what is probed
  for (std::size_t i = 0; i < diagnoses.size(); ++i) {
    const Symbol& function = selected[i];
    if (diagnoses[i].verdict == Verdict::kUnprobeable) {
      plan.not_probed.push_back({function.name, diagnoses[i].why});
      continue;
    }
    const auto [known, is_new] = names.emplace(diagnoses[i].probed.address, function.name);
    if (!is_new) {
      plan.not_probed.push_back(
          {function.name, "what is probed of it is the same code as of " + known->second, true});
      continue;
    }
    file.functions.push_back(function);
    probed.push_back(diagnoses[i].probed);
    if (needs_telling(diagnoses[i], selected)) {
      plan.notes.push_back(function.name + ": " + name(diagnoses[i].verdict) + ": " +
                           diagnoses[i].why);
    }
  }
  const auto points = probe_points(probed, read.code, function_starts(read.image));
  file.attach_offsets = attach_offsets(probed, points, read.code);
  for (std::size_t i = 0; i < probed.size(); ++i)
    file.stepped.push_back(is_stepped(probed[i].address + points[i], read.code));
}

// Throws Error where nothing of what was selected can be probed.
void place_all(const std::vector<ReadFile>& read, ProbeSelection selection, RecordingPlan& plan) {
  plan.not_probed = std::move(selection.not_probed);
  bool any = false;
  for (std::size_t i = 0; i < read.size(); ++i) {
    PlannedFile& file = plan.files[i];
    place_probes(read[i], selection.files[i].functions, file, plan);
    file.points = std::move(selection.files[i].points);
    for (const UsdtProbe& point : file.points)
      file.arguments.push_back(usdt_arguments(point, read[i].image));
    any = any || !file.functions.empty() || !file.points.empty();
  }
  if (any) return;
  const std::string name = read.size() == 1 ? read.front().binary.name : "FILE";
  throw Error("nothing to record in " + plan.files_text() + ": " + to_text(plan.not_probed),
              "pgrec list -x " + name + " NAME says what is the matter");
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

// Fills in what the plan says of the server, where the binary, which `image` is, is one.
void add_server(const ServerBinary& binary, const ElfImage& image, const Code& code,
                RecordingPlan& plan) {
  auto hooks = find_server_hooks(image, code);
  if (!hooks) return;
  if (plan.activity) {
    throw Error("two servers at once: " + plan.activity->server.name + " and " + binary.name,
                "a recording has the queries of one; name one, and libraries that it loads");
  }
  plan.activity = RecordingPlan::Activity{binary, image, std::move(*hooks)};
  plan.server_version = image.server_version;
  plan.server_settings = read_server_settings(binary.path, image, plan.pids);
  const std::string missing = missing_to_read_processes();
  const std::string name = std::filesystem::path(binary.name).filename();
  if (plan.server_settings.empty() && !missing.empty() && is_running(name))
    plan.not_known = "the settings of a server of another user: " + missing;
}

// The server that loads one of these libraries.
void add_server_of_library(const std::vector<ReadFile>& files, RecordingPlan& plan) {
  for (const ReadFile& file : files) {
    const auto server = find_server_of_library(file.binary.path, plan.pids);
    if (server) add_server(*server, read_elf(server->path), read_code(server->path), plan);
    if (plan.activity) return;
  }
}

// The version of the first that is one of PostgreSQL; empty where there is none.
std::string version_of(const std::vector<ReadFile>& files) {
  for (const ReadFile& file : files) {
    if (!file.image.server_version.empty()) return file.image.server_version;
  }
  return "";
}

// The numbers of the probes of a kind in a file; those in the first begin at `first`.
template <typename Probe>
ProbeRange range_of(std::vector<Probe> PlannedFile::*kind, const std::vector<PlannedFile>& files,
                    std::size_t file, std::uint32_t first) {
  for (std::size_t i = 0; i < file; ++i)
    first += static_cast<std::uint32_t>((files[i].*kind).size());
  return {first, first + static_cast<std::uint32_t>((files[file].*kind).size())};
}

}  // namespace

std::vector<std::optional<std::uint64_t>> attach_offsets(const std::vector<Symbol>& functions,
                                                         const ElfImage& image, const Code& code) {
  const auto diagnoses = diagnose(functions, image, code);
  std::vector<Extent> probed;
  probed.reserve(diagnoses.size());
  for (const Diagnosis& diagnosis : diagnoses)
    probed.push_back(diagnosis.probed);
  const auto points = probe_points(probed, code, function_starts(image));
  const auto offsets = attach_offsets(probed, points, code);
  std::vector<std::optional<std::uint64_t>> sites(offsets.begin(), offsets.end());
  for (std::size_t i = 0; i < probed.size(); ++i) {
    if (diagnoses[i].verdict == Verdict::kUnprobeable) sites[i].reset();
  }
  return sites;
}

std::uint32_t message_at(TextMode mode) {
  switch (mode) {
    case TextMode::kFull:
      return kMessageAt;
    case TextMode::kNormalized:
      return kMessageIdAt;
    case TextMode::kNone:
      break;
  }
  return 0;
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
  const std::vector<ReadFile> read = read_files(request);
  RecordingPlan plan;
  plan.pids = request.pids;
  plan.server_version = version_of(read);
  std::vector<NamedFile> named;
  for (const ReadFile& file : read) {
    plan.files.push_back({file.binary, file.image.build_id});
    named.push_back({file.binary.name, file.image});
  }
  NameList names = request.functions;
  for (std::string& name : names_of_presets(request.presets, major_version(plan.server_version)))
    names.names.push_back(std::move(name));
  if (!names.names.empty()) place_all(read, select_probes(names, named), plan);
  for (const ReadFile& file : read)
    add_server(file.binary, file.image, file.code, plan);
  if (!plan.activity) add_server_of_library(read, plan);
  return plan;
}

std::string RecordingPlan::files_text() const {
  std::vector<std::string> names;
  names.reserve(files.size());
  for (const PlannedFile& file : files)
    names.push_back(file.binary.name);
  return enumerate(names, "and");
}

ProbeTable RecordingPlan::probes() const {
  std::vector<Function> functions;
  std::vector<bool> stepped;
  std::vector<ProbeTable::Point> points;
  for (const PlannedFile& file : files) {
    stepped.insert(stepped.end(), file.stepped.begin(), file.stepped.end());
    const auto row = [&file](const std::string& name, std::uint64_t file_offset) {
      Function function;
      function.name = name;
      function.binary = file.binary.name;
      function.build_id = file.build_id;
      function.file_offset = file_offset;
      return function;
    };
    for (std::size_t i = 0; i < file.functions.size(); ++i)
      functions.push_back(row(file.functions[i].name, file.attach_offsets[i]));
    for (std::size_t i = 0; i < file.points.size(); ++i) {
      const UsdtProbe& point = file.points[i];
      const auto number = kFirstOtherClass + static_cast<std::uint32_t>(points.size());
      const EventClass events{ClassId{number}, EventClass::Subject::kThread, point.name,
                              file.arguments[i].types};
      points.push_back({row(point.name, point.sites.front().file_offset), events});
    }
  }
  return {std::move(functions), points, activity_function(activity), std::move(stepped)};
}

ProbeRange RecordingPlan::functions_of(std::size_t file) const {
  return range_of(&PlannedFile::functions, files, file, 0);
}

ProbeRange RecordingPlan::points_of(std::size_t file) const {
  const std::uint32_t first = functions_of(files.size() - 1).last;
  return range_of(&PlannedFile::points, files, file, first);
}

std::vector<EventClass> RecordingPlan::classes() const {
  auto all = activity ? execution_classes(activity->hooks.known) : std::vector<EventClass>{};
  const ProbeTable table = probes();
  all.insert(all.end(), table.classes().begin(), table.classes().end());
  return all;
}

std::vector<AttachSite> RecordingPlan::sites_of(std::size_t file) const {
  const PlannedFile& of = files[file];
  const ProbeRange points = points_of(file);
  std::vector<AttachSite> all;
  for (const std::uint32_t probe : points) {
    const std::size_t i = probe - points.first;
    const auto sites = attach_sites(of.points[i], of.arguments[i], probe);
    all.insert(all.end(), sites.begin(), sites.end());
  }
  return all;
}

}  // namespace pgrec
