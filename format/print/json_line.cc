#include "format/print/json_line.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace pgrec {
namespace {

// Bytes of the UTF-8 sequence at the start of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool surrogate_or_beyond =
      (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || surrogate_or_beyond ? 0 : length;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) {
      quoted += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    const char c = text[0];
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c == '\t') {
      quoted += "\\t";
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (length == 1 && static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
      quoted += escaped.data();
    } else {
      quoted += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return quoted + '"';
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

}  // namespace pgrec
