#include "record/host/process_status.h"

#include <algorithm>
#include <fstream>

#include "format/print/number.h"

namespace pgrec {

namespace {

// What stands behind the key and blanks.
std::optional<std::string> value_of(std::istream& status, std::string_view key) {
  for (std::string line; std::getline(status, line);) {
    std::string_view rest = line;
    if (!rest.starts_with(key) || !rest.substr(key.size()).starts_with(':')) continue;
    rest.remove_prefix(key.size() + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    return std::string(rest);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> status_number(std::istream& status, std::string_view key) {
  const auto value = value_of(status, key);
  if (!value) return std::nullopt;
  return parse_number<std::uint32_t>(leading_digits(*value));
}

std::optional<std::uint32_t> last_status_number(std::istream& status, std::string_view key) {
  const auto value = value_of(status, key);
  if (!value) return std::nullopt;
  return parse_number<std::uint32_t>(
      leading_digits(std::string_view(*value).substr(value->find_last_of(" \t") + 1)));
}

std::optional<std::uint32_t> status_number(const std::string& path, std::string_view key) {
  std::ifstream status(path);
  return status_number(status, key);
}

std::optional<std::uint32_t> last_status_number(const std::string& path, std::string_view key) {
  std::ifstream status(path);
  return last_status_number(status, key);
}

}  // namespace pgrec
