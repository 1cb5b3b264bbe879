#include "record/option_values.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>

#include "bpf/wire_text.h"
#include "format/error.h"
#include "format/print/name_list.h"
#include "format/print/number.h"
#include "format/print/units.h"

namespace pgrec {

std::vector<std::uint32_t> parse_pids(const std::vector<std::string>& lists) {
  std::vector<std::uint32_t> pids;
  for (const std::string& text : split_at_commas(lists)) {
    const std::uint32_t pid = parse_number<std::uint32_t>(text).value_or(0);
    if (pid == 0) {
      throw UsageError(fmt::format("-p: '{}' is not a process id", text),
                       "write it like -p 1234 or -p 1234,1250");
    }
    pids.push_back(pid);
  }
  return pids;
}

std::uint64_t parse_ring_bytes(const std::string& text) {
  constexpr std::uint64_t kLeast = 4096;
  constexpr std::uint64_t kMost = 1ull << 30;
  const std::uint64_t bytes = std::bit_ceil(std::max(parse_bytes(text, "--buffer"), kLeast));
  if (bytes > kMost)
    throw UsageError(fmt::format("--buffer: '{}' is too much", text), "at most 1G for each CPU");
  return bytes;
}

Duration parse_interval(const std::string& text) {
  const Duration interval = parse_duration(text, "--interval");
  if (interval < kShortestInterval) {
    throw UsageError(fmt::format("--interval: '{}' is too short", text),
                     fmt::format("at least {}", duration_text(kShortestInterval)));
  }
  return interval;
}

TextMode parse_text_mode(const std::string& text) {
  for (const TextMode mode : {TextMode::kFull, TextMode::kNormalized, TextMode::kNone}) {
    if (text == name(mode)) return mode;
  }
  throw UsageError(fmt::format("--text: '{}' is none of full, normalized and none", text),
                   "write it like --text normalized");
}

std::uint32_t parse_text_limit(const std::string& text) {
  constexpr std::uint64_t kLeast = 64;
  const std::uint64_t bytes = parse_bytes(text, "--text-limit");
  if (bytes < kLeast || bytes > WIRE_TEXT_MOST_BYTES)
    throw UsageError(fmt::format("--text-limit: '{}' is too little or too much", text),
                     "from 64 to 1M");
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace pgrec
