// Reads whole numbers out of text: of a command line, of /proc, of a trace's facts.
#pragma once

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace pgrec {

// The decimal digits that `text` begins with; maybe none. A view of `text`.
inline std::string_view leading_digits(std::string_view text) {
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

// `text` as a decimal number. Nothing unless it is digits from end to end, without sign and
// blanks, and a Number holds it.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (leading_digits(text) != text) return std::nullopt;
  Number number{};
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc())
    return std::nullopt;
  return number;
}

}  // namespace pgrec
