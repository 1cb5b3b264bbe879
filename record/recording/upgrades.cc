#include "record/recording/upgrades.h"

#include <algorithm>
#include <map>

#include "format/error.h"
#include "format/print/units.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/elf_image.h"

namespace pgrec {
namespace {

// A file that is being copied to its place cannot be read yet; after so many looks that is said.
constexpr int kPatience = 3;

// Where the new file of a running binary would stand: "/proc/12/exe" stays the old one.
std::string place_of(const ServerBinary& binary) {
  static const std::string kExe = "/exe";
  if (!binary.path.starts_with("/proc/") || !binary.path.ends_with(kExe)) return binary.path;
  return binary.path.substr(0, binary.path.size() - kExe.size()) + "/root" +
         without_deleted(binary.name);
}

}  // namespace

Upgrades::Upgrades(KernelSession& session, const RecordingPlan& plan)
    : session_(session), plan_(plan), probes_(plan.probes()) {
  const bool same = plan.activity && plan.activity->server.path == plan.binary.path;
  watch(plan.binary, !probes_.chosen().empty(), same);
  if (plan.activity && !same) watch(plan.activity->server, false, true);
}

void Upgrades::watch(const ServerBinary& binary, bool functions, bool activity) {
  Watched file;
  file.name = without_deleted(binary.name);
  file.path = place_of(binary);
  file.has_functions = functions;
  file.has_activity = activity;
  if (const auto now = identity(binary.path)) file.probed.insert(*now);
  watched_.push_back(std::move(file));
}

// A file of which nothing is probed is looked at again and again, and told once: it may become
// another, even under the same identity.
std::vector<std::string> Upgrades::look() {
  std::vector<std::string> news;
  for (Watched& file : watched_) {
    const auto now = identity(file.path);
    if (!now || file.probed.contains(*now)) continue;
    std::string words;
    try {
      const Probed probed = probe(file);
      if (probed.any) {
        file.probed.insert(*now);
        file.told.clear();
      }
      words = "replaced while recording, and probed too: " + probed.what;
      if (words != file.told) probed_.push_back(probed.what);
      file.failures = 0;
    } catch (const Error& error) {
      if (++file.failures < kPatience) continue;
      words = "replaced while recording, and not probed: " + file.name + ": " + error.what();
    }
    if (words == file.told) continue;
    file.told = words;
    news.push_back(std::move(words));
  }
  return news;
}

Upgrades::Probed Upgrades::probe(const Watched& file) {
  ElfImage image = read_elf(file.path);
  image.add(read_debug_symbols(file.path, read_code(file.path)).functions);
  std::string what = file.name;
  if (!image.server_version.empty()) what += ", PostgreSQL " + image.server_version;
  if (!image.build_id.empty()) what += ", build id " + image.build_id;
  std::string missing;
  bool any = false;
  if (file.has_functions) {
    const ProbeRange functions = probes_.functions();
    const std::size_t probed = probe_functions(file, image, missing);
    any = probed > 0;
    if (!functions.empty())
      what += ": " + count_text(probed) + " of " + plural(functions.size(), "function");
    if (!probes_.points().empty()) {
      const std::size_t reached = probe_points(file, image, missing);
      any = any || reached > 0;
      what += (functions.empty() ? ": " : ", ") + count_text(reached) + " of " +
              plural(probes_.points().size(), "USDT probe");
    }
  }
  if (file.has_activity) {
    const auto refused = probe_hooks(file, image);
    if (refused) missing += "; no queries of it: " + *refused;
    any = any || !refused;
  }
  return {what + missing, any};
}

// Several functions can have one name: they are taken for the same in the order of the file.
std::size_t Upgrades::probe_functions(const Watched& file, const ElfImage& image,
                                      std::string& missing) {
  std::vector<Symbol> symbols;
  std::vector<std::uint64_t> probes;
  std::map<std::string, std::size_t> met;
  for (const std::uint32_t probe : probes_.functions()) {
    const std::string& name = probes_.name(probe);
    const auto found = image.find(name);
    const std::size_t which = met[name]++;
    if (which < found.size()) {
      symbols.push_back(found[which]);
      probes.push_back(probe);
    } else {
      missing += "; not in it: " + name;
    }
  }
  std::vector<std::uint64_t> offsets;
  const auto sites = attach_offsets(file.path, image, symbols);
  for (std::size_t i = sites.size(); i-- > 0;) {
    if (sites[i]) {
      offsets.insert(offsets.begin(), *sites[i]);
    } else {
      missing += "; cannot be probed in it: " + symbols[i].name;
      probes.erase(probes.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::size_t probed = offsets.size();
  if (offsets.empty()) return probed;
  const auto refused = session_.attachments().attach_functions(file.path, offsets, probes);
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (!refused[i]) continue;
    --probed;
    missing += "; " + probes_.name(static_cast<std::uint32_t>(probes[i])) + ": " + *refused[i];
  }
  return probed;
}

std::optional<std::string> Upgrades::probe_hooks(const Watched& file, const ElfImage& image) {
  const auto hooks = find_server_hooks(image, read_code(file.path));
  if (!hooks) return "not in it";
  if (hooks->known != plan_.known_of_executions())
    return "it tells other things of them than the first";
  return session_.attachments().attach_hooks(file.path, hooks->server, hooks->sites()).front();
}

// A probe whose arguments are others in the new file is left out: its class has been described.
std::size_t Upgrades::probe_points(const Watched& file, const ElfImage& image,
                                   std::string& missing) {
  const auto all = usdt_probes(image);
  std::size_t probed = 0;
  for (const std::uint32_t probe : probes_.points()) {
    const std::string& name = probes_.name(probe);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const UsdtProbe& one) { return one.name == name; });
    if (found == all.end()) {
      missing += "; not in it: " + name;
      continue;
    }
    const UsdtArguments arguments = usdt_arguments(*found, image);
    if (arguments.types != probes_.classes()[probe - probes_.points().first].arguments) {
      missing += "; with other arguments in it: " + name;
      continue;
    }
    const auto refused =
        session_.attachments().attach_sites(file.path, attach_sites(*found, arguments, probe));
    const auto reason = std::find_if(refused.begin(), refused.end(),
                                     [](const auto& one) { return one.has_value(); });
    if (reason == refused.end()) {
      ++probed;
    } else {
      missing += "; " + name + ": " + **reason;
    }
  }
  return probed;
}

Metadata Upgrades::facts() const {
  Metadata facts;
  for (std::size_t i = 0; i < probed_.size(); ++i)
    facts.emplace_back("record.upgraded." + std::to_string(i + 1), probed_[i]);
  return facts;
}

}  // namespace pgrec
