#include "record/option_values.h"

#include <charconv>

#include "bpf/wire.h"
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

TextMode parse_text_mode(const std::string& text) {
  for (const TextMode mode : {TextMode::kFull, TextMode::kNormalized, TextMode::kNone}) {
    if (text == name(mode)) return mode;
  }
  throw UsageError("--text: '" + text + "' is none of full, normalized and none",
                   "write it like --text normalized");
}

std::uint32_t parse_text_limit(const std::string& text) {
  constexpr std::uint64_t kLeast = 64;
  const std::uint64_t bytes = parse_bytes(text, "--text-limit");
  if (bytes < kLeast || bytes > WIRE_TEXT_MOST_BYTES)
    throw UsageError("--text-limit: '" + text + "' is too little or too much", "from 64 to 1M");
  return static_cast<std::uint32_t>(bytes);
}

}  // namespace pgrec
