#include "record/host/process_status.h"

#include <algorithm>
#include <fstream>

#include "format/print/number.h"

namespace pgrec {

std::optional<std::uint32_t> status_number(std::istream& status, std::string_view key) {
  for (std::string line; std::getline(status, line);) {
    std::string_view rest = line;
    if (!rest.starts_with(key) || !rest.substr(key.size()).starts_with(':')) continue;
    rest.remove_prefix(key.size() + 1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    return parse_number<std::uint32_t>(leading_digits(rest));
  }
  return std::nullopt;
}

std::optional<std::uint32_t> status_number(const std::string& path, std::string_view key) {
  std::ifstream status(path);
  return status_number(status, key);
}

}  // namespace pgrec
