#include "record/probes/presets.h"

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/name_list.h"
#include "format/print/nearest.h"

namespace pgrec {
namespace {

const Preset& preset(const std::string& name) {
  std::vector<std::string> names;
  for (const Preset& one : presets()) {
    if (one.name == name) return one;
    names.emplace_back(one.name);
  }
  const auto near = nearest(name, names);
  throw UsageError("--preset: there is no preset '" + name + "'",
                   near.empty() ? "pgrec list --presets shows what there is"
                                : "did you mean " + enumerate(near, "or") + "?");
}

}  // namespace

const PresetCalls& PresetProbe::calls(int version) const {
  constexpr int kNearerTo17 = 16;
  const bool on_15 = version == 0 ? !is_in(17) : version < kNearerTo17;
  return on_15 ? calls_15 : calls_17;
}

std::vector<std::string> names_of_presets(const std::vector<std::string>& lists, int version) {
  const std::vector<std::string> wanted = split_at_commas(lists);
  if (wanted.empty() && !lists.empty())
    throw UsageError("--preset names no preset", "name some: --preset wal,io");
  std::vector<std::string> names;
  for (const std::string& name : wanted) {
    for (const PresetProbe& probe : preset(name).probes) {
      if (version == 0 || probe.is_in(version)) names.emplace_back(probe.name);
    }
  }
  return names;
}

}  // namespace pgrec
