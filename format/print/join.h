// Lists as text, for messages and facts: their parts with a separator between them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// join({"a", "b"}, ", ") -> "a, b"; empty for no parts. `text` makes the text of a part; without
// it the parts are texts.
template <typename Parts, typename Text>
std::string join(const Parts& parts, std::string_view separator, Text text) {
  std::string joined;
  bool first = true;
  for (const auto& part : parts) {
    if (!first) joined += separator;
    first = false;
    joined += text(part);
  }
  return joined;
}

template <typename Parts>
std::string join(const Parts& parts, std::string_view separator) {
  return join(parts, separator, [](std::string_view part) { return part; });
}

// With a word before the last name: enumerate({"a", "b", "c"}, "or") -> "a, b or c".
std::string enumerate(const std::vector<std::string>& names, std::string_view word);

// The first `most` names and how many there are beyond them: "a, b and 3 more".
std::string join_first(const std::vector<std::string>& names, std::size_t most);

}  // namespace pgrec
