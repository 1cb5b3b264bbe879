#include "format/print/json_line.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/printable.h"

namespace pgrec {

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const Character character = first_character(text);
    text.remove_prefix(character.bytes.size());
    if (!character.is_utf8) {
      quoted += "\\ufffd";
    } else if (character.code == '"' || character.code == '\\') {
      quoted += '\\';
      quoted += character.bytes;
    } else if (character.code == '\n') {
      quoted += "\\n";
    } else if (character.code == '\t') {
      quoted += "\\t";
    } else if (character.code == '\r') {
      quoted += "\\r";
    } else if (acts_on_terminals(character.code)) {
      quoted += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(character.code));
    } else {
      quoted += character.bytes;
    }
  }
  return quoted + '"';
}

bool parse_is_json(std::string_view format) {
  if (format == "text" || format == "json") return format == "json";
  throw UsageError(fmt::format("--format: there is no format '{}'", format), "text or json");
}

JsonLine& JsonLine::add_raw(std::string_view key, std::string_view json) {
  if (!members_.empty()) members_ += ", ";
  members_ += json_string(key);
  members_ += ": ";
  members_ += json;
  return *this;
}

JsonLine& JsonLine::add(std::string_view key, std::uint64_t number) {
  return add_raw(key, std::to_string(number));
}

JsonLine& JsonLine::add(std::string_view key, std::int64_t number) {
  return add_raw(key, std::to_string(number));
}

JsonLine& JsonLine::add(std::string_view key, double number) {
  if (!std::isfinite(number)) return add_null(key);
  std::array<char, 32> text{};  // the shortest that reads back as the same number
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return add_raw(key, std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
}

JsonLine& JsonLine::add(std::string_view key, std::string_view text) {
  return add_raw(key, json_string(text));
}

JsonLine& JsonLine::add_array(std::string_view key, const std::vector<std::string>& elements) {
  return add_raw(key, "[" + join(elements, ", ") + "]");
}

}  // namespace pgrec
