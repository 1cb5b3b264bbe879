// Puts a JSON object on one line, member by member, for commands that are asked for JSON.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// `text` as a JSON string with its quotes. Each byte that is no part of UTF-8 becomes `\ufffd`, so
// that it is always valid JSON; CSV and SQL have the bytes as they are. What a terminal acts on
// (format/print/printable.h) is written as an escape, which reads back as the same character.
std::string json_string(std::string_view text);

// --format of what is text or JSON: whether it is "json". Throws UsageError where it is neither.
bool parse_is_json(std::string_view format);

class JsonLine {
 public:
  JsonLine& add(std::string_view key, std::uint64_t number);
  JsonLine& add(std::string_view key, std::int64_t number);
  JsonLine& add(std::string_view key, double number);  // null where it is not finite
  JsonLine& add(std::string_view key, std::string_view text);
  JsonLine& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
  JsonLine& add(std::string_view key, const std::string& text) {
    return add(key, std::string_view(text));
  }
  JsonLine& add(std::string_view key, const JsonLine& object) {
    return add_raw(key, object.text());
  }
  JsonLine& add_null(std::string_view key) { return add_raw(key, "null"); }
  JsonLine& add_flag(std::string_view key, bool flag) {
    return add_raw(key, flag ? "true" : "false");
  }
  // An array of `elements`, which are JSON.
  JsonLine& add_array(std::string_view key, const std::vector<std::string>& elements);
  // Adds `json` as it is.
  JsonLine& add_raw(std::string_view key, std::string_view json);

  const std::string& members() const { return members_; }
  std::string text() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

}  // namespace pgrec
