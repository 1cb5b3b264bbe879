#include "format/print/name_list.h"

#include <fnmatch.h>

#include <fmt/core.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "format/error.h"
#include "format/frame/file.h"

namespace pgrec {
namespace {

constexpr std::size_t kLongestFileBytes = 1u << 20;
constexpr const char* kBlanks = " \t\r\f\v";

// Where the item that begins at `start` ends: at one of `separators` that is in no parentheses, for
// those of a C++ function have commas and blanks of their own. `open`: becomes how many are open.
std::size_t end_of_item(std::string_view list, std::size_t start, std::string_view separators,
                        int* open = nullptr) {
  int depth = 0;
  std::size_t at = start;
  for (; at < list.size() && (separators.find(list[at]) == separators.npos || depth > 0); ++at) {
    if (list[at] == '(') ++depth;
    if (list[at] == ')' && depth > 0) --depth;
  }
  if (open) *open = depth;
  return at;
}

std::string read_text(const std::string& path, std::string_view option) {
  const auto fail = [&](const std::string& why) {
    throw UsageError(fmt::format("{}: cannot read the list {}: {}", option, path, why),
                     "@FILE stands for the names in a file, which are separated by commas or "
                     "blanks");
  };
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text(kLongestFileBytes + 1, '\0');
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) fail(reason_of(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLongestFileBytes) fail("it is longer than a list can be");
  return text;
}

void add_names_of_line(std::string_view line, const std::string& place, std::string_view option,
                       NameList& all) {
  const auto fail = [&](const std::string& what) {
    throw UsageError(fmt::format("{}: {}: {}", option, place, what),
                     "a list has names, separated by commas or blanks, and remarks behind #");
  };
  static const std::string kSeparators = std::string(",") + kBlanks;
  line = line.substr(0, line.find('#'));
  if (line.find('\0') != line.npos) fail("it is no text");
  for (std::size_t start = 0; start < line.size();) {
    int open = 0;
    const std::size_t end = end_of_item(line, start, kSeparators, &open);
    const std::string name(line.substr(start, end - start));
    if (open > 0) fail(fmt::format("'{}' has a parenthesis that is not closed", name));
    if (name.starts_with('@')) fail(fmt::format("'{}': a list cannot name another", name));
    if (!name.empty()) {
      all.names.push_back(name);
      all.places.emplace(name, place);
    }
    start = end + 1;
  }
}

void add_names_of_file(const std::string& path, std::string_view option, NameList& all) {
  const std::size_t before = all.names.size();
  std::istringstream lines(read_text(path, option));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);)
    add_names_of_line(line, fmt::format("{}:{}", path, ++number), option, all);
  if (all.names.size() == before) {
    throw UsageError(fmt::format("{}: the list {} names nothing", option, path),
                     "write names into it, one a line");
  }
}

}  // namespace

bool is_glob(const std::string& name) {
  return name.find_first_of("*?[") != std::string::npos;
}

bool matches_glob(const std::string& glob, const std::string& name) {
  return ::fnmatch(glob.c_str(), name.c_str(), 0) == 0;
}

std::vector<std::string> split_at_commas(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) {
    std::size_t start = 0;
    while (start <= list.size()) {
      const std::size_t comma = end_of_item(list, start, ",");
      std::string name = list.substr(start, comma - start);
      name.erase(0, name.find_first_not_of(" \t"));
      name.erase(name.find_last_not_of(" \t") + 1);
      if (!name.empty()) names.push_back(name);
      start = comma + 1;
    }
  }
  return names;
}

std::string place_text(const NamePlaces& places, const std::string& name) {
  const auto place = places.find(name);
  return place == places.end() ? "" : fmt::format(" ({})", place->second);
}

NameList read_names(const std::vector<std::string>& lists, std::string_view option) {
  NameList all;
  for (const std::string& part : split_at_commas(lists)) {
    if (part.starts_with('@')) {
      add_names_of_file(part.substr(1), option, all);
    } else {
      all.names.push_back(part);
    }
  }
  return all;
}

}  // namespace pgrec
