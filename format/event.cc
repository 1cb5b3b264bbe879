#include "format/event.h"

#include <array>

namespace pgrec {

std::string_view name(Outcome outcome) {
  static constexpr std::array<std::string_view, kOutcomes> kNames = {
      "open", "returned", "unwound", "depth-limit", "exit-lost", "headless"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

}  // namespace pgrec
