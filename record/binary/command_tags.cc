#include "record/binary/command_tags.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace pgrec {
namespace {

// CommandTagBehavior: a name, then some flags.
constexpr std::uint64_t kRowBytes = 16;
constexpr std::size_t kMostTags = 1024;
constexpr std::size_t kLongestTag = 64;
// The first rows; the others are in ascending order.
constexpr std::string_view kNone = "???";
constexpr std::string_view kFirst = "ALTER ACCESS METHOD";

std::optional<std::uint64_t> pointer_at(const LoadedData& data, std::uint64_t address) {
  if (const auto found = data.relocated.find(address); found != data.relocated.end())
    return found->second;
  for (const auto& [begin, bytes] : data.sections) {
    if (address < begin || bytes.size() < sizeof(std::uint64_t) ||
        address - begin > bytes.size() - sizeof(std::uint64_t))
      continue;
    std::uint64_t pointer = 0;
    std::memcpy(&pointer, bytes.data() + (address - begin), sizeof pointer);
    return pointer;
  }
  return std::nullopt;
}

std::string string_at(const LoadedData& data, std::uint64_t address) {
  for (const auto& [begin, bytes] : data.sections) {
    if (address < begin || address - begin >= bytes.size()) continue;
    const ByteView rest =
        bytes.subspan(address - begin)
            .first(std::min<std::size_t>(kLongestTag, bytes.size() - (address - begin)));
    const auto end = std::find(rest.begin(), rest.end(), 0);
    return end == rest.end() ? std::string() : std::string(rest.begin(), end);
  }
  return {};
}

std::string name_in(const LoadedData& data, std::uint64_t row) {
  const auto name = pointer_at(data, row);
  return name ? string_at(data, *name) : std::string();
}

// The table whose second row stands at `row`.
std::vector<std::string> table_around(const LoadedData& data, std::uint64_t row) {
  if (row < kRowBytes || name_in(data, row - kRowBytes) != kNone || name_in(data, row) != kFirst)
    return {};
  std::vector<std::string> tags = {std::string(kNone), std::string(kFirst)};
  while (tags.size() < kMostTags) {
    row += kRowBytes;
    std::string name = name_in(data, row);
    if (name <= tags.back()) break;
    tags.push_back(std::move(name));
  }
  return tags;
}

}  // namespace

std::vector<std::string> find_command_tags(const LoadedData& data) {
  std::vector<std::uint64_t> names;
  for (const auto& [begin, bytes] : data.sections) {
    const auto end_of_name = std::string(kFirst) + '\0';
    for (auto at = bytes.begin();
         (at = std::search(at, bytes.end(), end_of_name.begin(), end_of_name.end())) != bytes.end();
         ++at)
      names.push_back(begin + static_cast<std::uint64_t>(at - bytes.begin()));
  }
  const auto is_name = [&](std::uint64_t pointer) {
    return std::find(names.begin(), names.end(), pointer) != names.end();
  };
  if (names.empty()) return {};
  for (const auto& [row, pointer] : data.relocated) {
    if (!is_name(pointer)) continue;
    if (auto tags = table_around(data, row); !tags.empty()) return tags;
  }
  for (const auto& [begin, bytes] : data.sections) {
    for (std::uint64_t at = 0; at + sizeof(std::uint64_t) <= bytes.size();
         at += sizeof(std::uint64_t)) {
      std::uint64_t pointer = 0;
      std::memcpy(&pointer, bytes.data() + at, sizeof pointer);
      if (!is_name(pointer)) continue;
      if (auto tags = table_around(data, begin + at); !tags.empty()) return tags;
    }
  }
  return {};
}

}  // namespace pgrec
