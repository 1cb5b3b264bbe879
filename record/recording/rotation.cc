#include "record/recording/rotation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>

#include "format/error.h"
#include "format/print/name_list.h"
#include "format/print/number.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// Below these, a part would be little more than what it says of itself.
constexpr std::uint64_t kLeastBytes = 64u << 10;
constexpr Duration kLeastDuration = std::chrono::seconds(1);
constexpr const char* kEnding = ".pgt";

std::uint64_t parse_part_bytes(const std::string& text, const std::string& option) {
  const std::uint64_t bytes = parse_bytes(text, option);
  if (bytes < kLeastBytes)
    throw UsageError(option + ": '" + text + "' is too little", "at least 64K");
  return bytes;
}

Duration parse_part_duration(const std::string& text, const std::string& option) {
  const Duration duration = parse_duration(text, option);
  if (duration < kLeastDuration)
    throw UsageError(option + ": '" + text + "' is too little", "at least 1s");
  return duration;
}

// Sizes and times have units of their own, so the unit tells which it is: 10M is a size, 10m a
// time.
void add_limit(const std::string& text, Rotation& rotation) {
  const std::string unit =
      text.substr(std::min(text.find_first_not_of("0123456789."), text.size()));
  const bool is_size = !unit.empty() && std::string("KMG").find(unit[0]) != std::string::npos;
  const bool is_time = std::string(" ns us ms s m h ").find(" " + unit + " ") != std::string::npos;
  if (unit.empty() || unit == text || is_size == is_time) {
    throw UsageError("--rotate: '" + text + "' is neither a size nor a time",
                     "write it like 1G, 1h or 1G,1h");
  }
  if (is_size ? rotation.part_bytes.has_value() : rotation.part_duration.has_value()) {
    throw UsageError(std::string("--rotate: two ") + (is_size ? "sizes" : "times"),
                     "write it like 1G, 1h or 1G,1h");
  }
  if (is_size) {
    rotation.part_bytes = parse_part_bytes(text, "--rotate");
  } else {
    rotation.part_duration = parse_part_duration(text, "--rotate");
  }
}

std::uint64_t parse_keep(const std::string& text) {
  const std::uint64_t parts = parse_number<std::uint64_t>(text).value_or(0);
  if (parts == 0) {
    throw UsageError("--keep: '" + text + "' is not a number of files",
                     "at least 1, which is the one being written");
  }
  return parts;
}

// Where the number goes: before the ending, if it is that of a trace.
std::size_t number_place(const std::string& path) {
  const std::size_t ending = path.size() - std::min(path.size(), std::string(kEnding).size());
  const bool has_name = ending > 0 && path[ending - 1] != '/';
  return has_name && path.substr(ending) == kEnding ? ending : path.size();
}

}  // namespace

Rotation parse_rotation(const std::string& max_size, const std::string& rotate,
                        const std::string& keep) {
  Rotation rotation;
  if (!max_size.empty() && !rotate.empty()) {
    throw UsageError("--max-size and --rotate exclude each other",
                     "a full trace ends the recording with the one, and is followed by the next "
                     "with the other");
  }
  if (!keep.empty() && rotate.empty())
    throw UsageError("--keep is for --rotate", "say when a next trace begins: --rotate 1G");
  if (!max_size.empty()) rotation.part_bytes = parse_part_bytes(max_size, "--max-size");
  if (!rotate.empty()) {
    rotation.goes_on = true;
    for (const std::string& limit : split_at_commas({rotate}))
      add_limit(limit, rotation);
    if (!rotation.part_bytes && !rotation.part_duration) {
      throw UsageError("--rotate: '" + rotate + "' is neither a size nor a time",
                       "write it like 1G, 1h or 1G,1h");
    }
  }
  if (!keep.empty()) rotation.keep = parse_keep(keep);
  return rotation;
}

std::string part_path(const std::string& path, std::uint64_t part) {
  if (part == 1) return path;
  const std::size_t place = number_place(path);
  return path.substr(0, place) + "." + std::to_string(part) + path.substr(place);
}

std::vector<std::string> existing_later_parts(const std::string& path) {
  const std::filesystem::path directory = std::filesystem::path(path).parent_path();
  const std::string first = std::filesystem::path(path).filename();
  const std::string start = first.substr(0, number_place(first)) + ".";
  std::map<std::uint64_t, std::string> found;
  std::error_code error;
  const auto entries =
      std::filesystem::directory_iterator(directory.empty() ? "." : directory, error);
  if (error) return {};
  for (const auto& entry : entries) {
    const std::string name = entry.path().filename();
    if (name.compare(0, start.size(), start) != 0) continue;
    const std::string_view number = leading_digits(std::string_view(name).substr(start.size()));
    const std::uint64_t part = parse_number<std::uint64_t>(number).value_or(0);
    if (part > 1 && part_path(first, part) == name) found.emplace(part, part_path(path, part));
  }
  std::vector<std::string> paths;
  paths.reserve(found.size());
  for (auto& [part, one] : found)
    paths.push_back(std::move(one));
  return paths;
}

}  // namespace pgrec
