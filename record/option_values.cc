#include "record/option_values.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "format/error.h"
#include "format/units.h"
#include "record/probe_selection.h"

namespace pgrec {

std::vector<std::uint32_t> parse_pids(const std::vector<std::string>& lists) {
  std::vector<std::uint32_t> pids;
  for (const std::string& text : split_at_commas(lists)) {
    std::uint32_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (error != std::errc() || end != text.data() + text.size() || pid == 0) {
      throw UsageError("-p: '" + text + "' is not a process id",
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
    throw UsageError("--buffer: '" + text + "' is too much", "at most 1G for each CPU");
  return bytes;
}

Duration parse_interval(const std::string& text) {
  const Duration interval = parse_duration(text, "--interval");
  if (interval < kShortestInterval) {
    throw UsageError("--interval: '" + text + "' is too short",
                     "at least " + duration_text(kShortestInterval));
  }
  return interval;
}

}  // namespace pgrec
