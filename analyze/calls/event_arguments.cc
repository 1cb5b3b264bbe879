#include "analyze/calls/event_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <variant>

#include "format/postgres/execution_classes.h"
#include "format/print/json_line.h"

namespace pgrec {
namespace {

// PostgreSQL's LWLockMode and LOCKMODE.
constexpr std::array<std::string_view, 3> kLwlockModes = {"exclusive", "shared", "wait-until-free"};
constexpr std::array<std::string_view, 9> kLockModes = {
    "none",  "AccessShare",       "RowShare",  "RowExclusive",   "ShareUpdateExclusive",
    "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"};

std::optional<std::uint64_t> number_of(const Argument& argument) {
  if (const auto* number = std::get_if<std::uint64_t>(&argument)) return *number;
  const auto* number = std::get_if<std::int64_t>(&argument);
  if (!number || *number < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*number);
}

template <std::size_t kSize>
std::string word(const std::array<std::string_view, kSize>& words, std::uint64_t number) {
  return number < kSize ? std::string(words[number]) : std::to_string(number);
}

void add_argument(JsonLine& line, const std::string& key, const Argument& argument) {
  if (const auto* number = std::get_if<std::uint64_t>(&argument)) {
    line.add(key, *number);
  } else if (const auto* signed_number = std::get_if<std::int64_t>(&argument)) {
    line.add(key, *signed_number);
  } else if (const auto* real = std::get_if<double>(&argument)) {
    line.add(key, *real);
  } else if (const auto* text = std::get_if<std::string>(&argument)) {
    line.add(key, *text);
  } else {
    line.add_null(key);
  }
}

}  // namespace

const EventClass* find_class(const std::vector<EventClass>& classes, ClassId id) {
  const auto found = std::find_if(classes.begin(), classes.end(),
                                  [&](const EventClass& one) { return one.id == id; });
  return found == classes.end() ? nullptr : &*found;
}

std::string class_name(const EventClass* described, ClassId id) {
  return described ? described->name : fmt::format("class {}", value(id));
}

bool is_execution_class(std::string_view name) {
  static const auto kNames = [] {
    std::set<std::string, std::less<>> names;
    for (const EventClass& one : execution_classes({}))
      names.insert(one.name);
    return names;
  }();
  return kNames.contains(name);
}

std::string value_text(const EventClass& described, std::size_t place, const Argument& argument) {
  if (described.arguments[place].name == "mode") {
    const auto number = number_of(argument);
    if (number && described.name.starts_with("usdt:lwlock__")) return word(kLwlockModes, *number);
    if (number && described.name.starts_with("usdt:lock__")) return word(kLockModes, *number);
  }
  if (const auto* number = std::get_if<std::uint64_t>(&argument)) return std::to_string(*number);
  if (const auto* number = std::get_if<std::int64_t>(&argument)) return std::to_string(*number);
  if (const auto* real = std::get_if<double>(&argument)) return fmt::format("{}", *real);
  if (const auto* text = std::get_if<std::string>(&argument)) return *text;
  return "-";
}

std::string arguments_text(const EventClass* described, const ArgumentValues& arguments) {
  std::string text;
  if (!described) return text;
  for (std::size_t i = 0; i < std::min(arguments.size(), described->arguments.size()); ++i) {
    const std::string& name = described->arguments[i].name;
    if (name == kUnreadableArguments) continue;
    if (!text.empty()) text += ", ";
    text += name + " " + value_text(*described, i, arguments[i]);
  }
  return text;
}

std::string arguments_json(const EventClass* described, const ArgumentValues& arguments) {
  std::vector<std::size_t> all(arguments.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = i;
  return arguments_json(described, arguments, all);
}

std::string arguments_json(const EventClass* described, const ArgumentValues& arguments,
                           const std::vector<std::size_t>& places) {
  JsonLine line;
  for (const std::size_t i : places) {
    if (described && i < described->arguments.size() && i < arguments.size())
      add_argument(line, described->arguments[i].name, arguments[i]);
  }
  return line.text();
}

}  // namespace pgrec
