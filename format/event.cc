#include "format/event.h"

#include <array>

namespace pgrec {

std::string_view name(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomes> kNames = {
      "open", "returned", "unwound", "depth-limit", "exit-lost", "headless"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::string_view name(EventKind kind) {
  static constexpr std::array<std::string_view, kEventKinds> kNames = {
      "enter",    "returned",        "unwound",       "depth-limit",    "exit-lost",
      "headless", "execution-begin", "execution-end", "execution-lost", "class"};
  return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace pgrec
