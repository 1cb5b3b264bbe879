#include "record/recording/probed_file.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "format/print/units.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/elf_image.h"
#include "record/kernel/probe_table.h"

namespace pgrec {
namespace {

// One file that is being probed.
class Probing {
 public:
  Probing(const NewFile& file, const RecordingPlan& plan, Attachments& attachments)
      : file_(file),
        plan_(plan),
        probes_(plan.probes()),
        attachments_(attachments),
        image_(read_elf(file.path)),
        code_(read_code(file.path)) {
    image_.add(read_debug_symbols(file.path, code_).functions);
  }

  ProbedFile all();

 private:
  // Put the probes of the functions, and of the USDT probes, into the file; how many. They add what
  // is missing, and why.
  std::size_t functions();
  std::size_t points();
  bool point(std::uint32_t probe, const std::vector<UsdtProbe>& in_file);
  // Puts the query hooks into the file. Nothing on success, else why not.
  std::optional<std::string> hooks();
  // Whether the probe was taken off, which is told then.
  bool is_off(std::uint32_t probe);
  void miss(const std::string& why, const std::string& what) {
    missing_ += "; " + why + ": " + what;
  }

  const NewFile& file_;
  const RecordingPlan& plan_;
  const ProbeTable probes_;
  Attachments& attachments_;
  ElfImage image_;
  const Code code_;
  std::string missing_;
  bool any_off_ = false;
};

ProbedFile Probing::all() {
  std::string what = file_.name;
  if (!image_.server_version.empty()) what += ", PostgreSQL " + image_.server_version;
  if (!image_.build_id.empty()) what += ", build id " + image_.build_id;
  bool any = false;
  if (!file_.functions.empty()) {
    const std::size_t probed = functions();
    any = probed > 0;
    what += ": " + count_text(probed) + " of " + plural(file_.functions.size(), "function");
  }
  if (!file_.points.empty()) {
    const std::size_t reached = points();
    any = any || reached > 0;
    what += (file_.functions.empty() ? ": " : ", ") + count_text(reached) + " of " +
            plural(file_.points.size(), "USDT probe");
  }
  if (file_.has_activity) {
    const auto refused = hooks();
    if (refused) miss("no queries of it", *refused);
    any = any || !refused;
  }
  return {what + missing_, any || any_off_};
}

bool Probing::is_off(std::uint32_t probe) {
  if (!attachments_.is_off(probe)) return false;
  any_off_ = true;
  miss("throttled", probes_.name(probe));
  return true;
}

// Several functions can have one name: they are taken for the same in the order of the file.
std::size_t Probing::functions() {
  std::vector<Symbol> symbols;
  std::vector<std::uint64_t> probes;
  std::map<std::string, std::size_t> met;
  for (const std::uint32_t probe : file_.functions) {
    const std::string& name = probes_.name(probe);
    const auto found = image_.find(name);
    const std::size_t which = met[name]++;
    if (which >= found.size()) {
      miss("not in it", name);
    } else if (!is_off(probe)) {
      symbols.push_back(found[which]);
      probes.push_back(probe);
    }
  }
  std::vector<std::uint64_t> offsets;
  const auto sites = attach_offsets(symbols, image_, code_);
  for (std::size_t i = sites.size(); i-- > 0;) {
    if (sites[i]) {
      offsets.insert(offsets.begin(), *sites[i]);
    } else {
      miss("cannot be probed in it", symbols[i].name);
      probes.erase(probes.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  std::size_t probed = offsets.size();
  if (offsets.empty()) return probed;
  const auto refused = attachments_.attach_functions(file_.path, offsets, probes);
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (!refused[i]) continue;
    --probed;
    miss(probes_.name(static_cast<std::uint32_t>(probes[i])), *refused[i]);
  }
  return probed;
}

std::size_t Probing::points() {
  const auto in_file = usdt_probes(image_);
  std::size_t probed = 0;
  for (const std::uint32_t probe : file_.points)
    probed += point(probe, in_file) ? 1 : 0;
  return probed;
}

// A probe whose arguments are others in the new file is left out: its class has been described.
bool Probing::point(std::uint32_t probe, const std::vector<UsdtProbe>& in_file) {
  const std::string& name = probes_.name(probe);
  const auto found = std::find_if(in_file.begin(), in_file.end(),
                                  [&](const UsdtProbe& one) { return one.name == name; });
  if (found == in_file.end()) {
    miss("not in it", name);
    return false;
  }
  if (is_off(probe)) return false;
  const UsdtArguments arguments = usdt_arguments(*found, image_);
  if (arguments.types != probes_.classes()[probe - probes_.points().first].arguments) {
    miss("with other arguments in it", name);
    return false;
  }
  const auto refused =
      attachments_.attach_sites(file_.path, attach_sites(*found, arguments, probe));
  const auto reason =
      std::find_if(refused.begin(), refused.end(), [](const auto& one) { return one.has_value(); });
  if (reason == refused.end()) return true;
  miss(name, **reason);
  return false;
}

std::optional<std::string> Probing::hooks() {
  const auto hooks = find_server_hooks(image_, code_);
  if (!hooks) return "not in it";
  if (hooks->known != plan_.known_of_executions())
    return "it tells other things of them than the first";
  return attachments_.attach_hooks(file_.path, hooks->server, hooks->sites()).front();
}

}  // namespace

ProbedFile probe_file(const NewFile& file, const RecordingPlan& plan, Attachments& attachments) {
  return Probing(file, plan, attachments).all();
}

}  // namespace pgrec
