#include "record/probes/probe_selection.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <map>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/units.h"
#include "record/binary/function_names.h"

namespace pgrec {
namespace {

// What of one file the patterns name.
class FileSelection {
 public:
  explicit FileSelection(const NamedFile& file)
      : name_(file.name), points_(usdt_probes(file.image)), functions_(file.image) {
    if (!file.image.functions.empty() || !points_.empty()) return;
    throw Error(fmt::format("cannot probe {}: it names no functions", name_),
                "it is stripped and exports none; use a build that exports its functions");
  }

  const std::string& name() const { return name_; }
  // Whether the pattern names anything in it. Adds what of that is not probed.
  bool select(const std::string& pattern, std::vector<NotProbed>& not_probed);
  std::string why_missing(const std::string& pattern);
  // Whether any pattern has named anything in it.
  bool is_named() const { return named_; }
  ProbeSelection::InFile take();

 private:
  bool select_points(const std::string& pattern);
  bool select_functions(const std::string& pattern, std::vector<NotProbed>& not_probed);

  std::string name_;
  std::vector<UsdtProbe> points_;
  FunctionNames functions_;
  std::map<std::uint64_t, std::string> chosen_;  // by file offset
  ProbeSelection::InFile selected_;
  bool named_ = false;
};

bool FileSelection::select(const std::string& pattern, std::vector<NotProbed>& not_probed) {
  const bool any =
      is_usdt(pattern) ? select_points(pattern) : select_functions(pattern, not_probed);
  named_ = named_ || any;
  return any;
}

// Each once.
bool FileSelection::select_points(const std::string& pattern) {
  const auto found = matching(points_, pattern);
  for (const UsdtProbe& probe : found) {
    const auto known = [&](const UsdtProbe& one) { return one.name == probe.name; };
    if (std::none_of(selected_.points.begin(), selected_.points.end(), known))
      selected_.points.push_back(probe);
  }
  return !found.empty();
}

bool FileSelection::select_functions(const std::string& pattern,
                                     std::vector<NotProbed>& not_probed) {
  const auto found = functions_.matching(pattern);
  for (const Symbol& symbol : found) {
    if (needs_its_return_address(symbol.name)) {
      not_probed.push_back({symbol.name, "a return probe in it would break the program"});
      continue;
    }
    const auto [known, is_new] = chosen_.emplace(symbol.file_offset, symbol.name);
    if (is_new) {
      selected_.functions.push_back(symbol);
    } else if (known->second != symbol.name) {
      not_probed.push_back({symbol.name, "it is the same code as " + known->second, true});
    }
  }
  return !found.empty();
}

std::string FileSelection::why_missing(const std::string& pattern) {
  return is_usdt(pattern) ? pgrec::why_missing(points_, pattern) : functions_.why_missing(pattern);
}

ProbeSelection::InFile FileSelection::take() {
  const auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
  std::sort(selected_.functions.begin(), selected_.functions.end(), by_name);
  std::sort(selected_.points.begin(), selected_.points.end(), by_name);
  return std::move(selected_);
}

// Why no file has what the pattern names: once where all say the same.
std::string why_missing(std::vector<FileSelection>& files, const std::string& pattern) {
  std::vector<std::string> reasons;
  reasons.reserve(files.size());
  for (FileSelection& file : files)
    reasons.push_back(file.why_missing(pattern));
  if (std::equal(reasons.begin() + 1, reasons.end(), reasons.begin())) return reasons.front();
  for (std::size_t i = 0; i < files.size(); ++i)
    reasons[i] = "in " + files[i].name() + ": " + reasons[i];
  return join(reasons, ", ");
}

[[noreturn]] void refuse_nothing(const std::vector<NotProbed>& not_probed,
                                 const std::vector<std::string>& files) {
  if (not_probed.empty())
    throw UsageError("-f names no function", "name some: -f heap_insert,heap_update");
  const std::string nothing =
      fmt::format("nothing to record in {}: {}", enumerate(files, "and"), to_text(not_probed));
  const std::string listed = files.size() == 1 ? files.front() : "FILE";
  const auto names_usdt = [](const NotProbed& one) { return is_usdt(one.name); };
  if (std::all_of(not_probed.begin(), not_probed.end(), names_usdt))
    throw Error(nothing, usdt_hint(listed));
  throw Error(nothing,
              fmt::format("a function that was inlined or is private to a stripped file has no "
                          "name to probe; pgrec list -x {} '*' lists those that do",
                          listed));
}

}  // namespace

std::string to_text(const std::vector<NotProbed>& not_probed) {
  return join(not_probed, "; ", [](const NotProbed& one) { return one.name + ": " + one.reason; });
}

std::string probes_text(std::size_t functions, std::size_t points) {
  if (points == 0) return plural(functions, "function");
  const std::string of_points = plural(points, "USDT probe");
  return functions == 0 ? of_points : plural(functions, "function") + " and " + of_points;
}

ProbeSelection select_probes(const NameList& patterns, const std::vector<NamedFile>& files) {
  std::vector<FileSelection> searched(files.begin(), files.end());
  ProbeSelection selection;
  for (const std::string& pattern : patterns.names) {
    bool any = false;
    for (FileSelection& file : searched)
      any = file.select(pattern, selection.not_probed) || any;
    if (any) continue;
    selection.not_probed.push_back(
        {pattern, why_missing(searched, pattern) + place_text(patterns.places, pattern)});
  }
  std::size_t functions = 0;
  std::size_t points = 0;
  std::vector<std::string> names;
  for (FileSelection& file : searched) {
    names.push_back(file.name());
    selection.files.push_back(file.take());
    functions += selection.files.back().functions.size();
    points += selection.files.back().points.size();
  }
  if (functions + points == 0) refuse_nothing(selection.not_probed, names);
  for (const FileSelection& file : searched) {
    if (!file.is_named()) selection.not_probed.push_back({file.name(), "it has none of the names"});
  }
  if (functions + points > kMaxProbes) {
    throw Error(fmt::format("-f matches {} of {}, more than {}", probes_text(functions, points),
                            enumerate(names, "and"), count_text(kMaxProbes)),
                "every probe costs the server about a microsecond a call; name fewer");
  }
  return selection;
}

}  // namespace pgrec
