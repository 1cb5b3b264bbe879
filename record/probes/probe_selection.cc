#include "record/probes/probe_selection.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/units.h"
#include "record/binary/function_names.h"

namespace pgrec {

std::string to_text(const std::vector<NotProbed>& not_probed) {
  return join(not_probed, "; ", [](const NotProbed& one) { return one.name + ": " + one.reason; });
}

std::string count_text(const ProbeSelection& selection) {
  std::string functions = plural(selection.functions.size(), "function");
  if (selection.points.empty()) return functions;
  const std::string points = plural(selection.points.size(), "USDT probe");
  return selection.functions.empty() ? points : functions + " and " + points;
}

namespace {

// Adds the USDT probes that a pattern names, each once.
void select_points(const std::string& pattern, const std::vector<UsdtProbe>& all,
                   const std::string& place, ProbeSelection& selection) {
  const auto found = matching(all, pattern);
  if (found.empty()) selection.not_probed.push_back({pattern, why_missing(all, pattern) + place});
  for (const UsdtProbe& probe : found) {
    const auto known = [&](const UsdtProbe& one) { return one.name == probe.name; };
    if (std::none_of(selection.points.begin(), selection.points.end(), known))
      selection.points.push_back(probe);
  }
}

}  // namespace

ProbeSelection select_probes(const NameList& patterns, const ElfImage& image,
                             const std::string& binary) {
  const std::vector<UsdtProbe> points = usdt_probes(image);
  if (image.functions.empty() && points.empty()) {
    throw Error(fmt::format("cannot probe {}: it names no functions", binary),
                "it is stripped and exports none; use a build that exports its functions");
  }
  ProbeSelection selection;
  FunctionNames function_names(image);
  std::map<std::uint64_t, std::string> chosen;  // by file offset
  for (const std::string& pattern : patterns.names) {
    const std::string place = place_text(patterns.places, pattern);
    if (is_usdt(pattern)) {
      select_points(pattern, points, place, selection);
      continue;
    }
    const auto found = function_names.matching(pattern);
    if (found.empty())
      selection.not_probed.push_back({pattern, function_names.why_missing(pattern) + place});
    for (const Symbol& symbol : found) {
      if (needs_its_return_address(symbol.name)) {
        selection.not_probed.push_back(
            {symbol.name, "a return probe in it would break the program"});
        continue;
      }
      const auto [known, is_new] = chosen.emplace(symbol.file_offset, symbol.name);
      if (is_new) {
        selection.functions.push_back(symbol);
      } else if (known->second != symbol.name) {
        selection.not_probed.push_back(
            {symbol.name, "it is the same code as " + known->second, true});
      }
    }
  }
  if (selection.empty()) {
    if (selection.not_probed.empty()) {
      throw UsageError("-f names no function", "name some: -f heap_insert,heap_update");
    }
    const std::string nothing =
        fmt::format("nothing to record in {}: {}", binary, to_text(selection.not_probed));
    const auto names_usdt = [](const NotProbed& one) { return is_usdt(one.name); };
    if (std::all_of(selection.not_probed.begin(), selection.not_probed.end(), names_usdt)) {
      throw Error(nothing, usdt_hint(binary));
    }
    throw Error(nothing,
                fmt::format("a function that was inlined or is private to a stripped file has no "
                            "name to probe; pgrec list -x {} '*' lists those that do",
                            binary));
  }
  if (selection.functions.size() + selection.points.size() > kMaxProbes) {
    throw Error(fmt::format("-f matches {} of {}, more than {}", count_text(selection), binary,
                            count_text(kMaxProbes)),
                "every probe costs the server about a microsecond a call; name fewer");
  }
  std::sort(selection.functions.begin(), selection.functions.end(),
            [](const Symbol& a, const Symbol& b) { return a.name < b.name; });
  std::sort(selection.points.begin(), selection.points.end(),
            [](const UsdtProbe& a, const UsdtProbe& b) { return a.name < b.name; });
  return selection;
}

}  // namespace pgrec
