// Values of options that several commands of the recording half take, read from the command line.
// Each throws UsageError that names the option.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/clock.h"
#include "record/matching/query_texts.h"

namespace pgrec {

// -p 12,34 -p 56.
std::vector<std::uint32_t> parse_pids(const std::vector<std::string>& lists);

// --buffer: rounded up to what a ring can be, a power of two of bytes and at least a page.
std::uint64_t parse_ring_bytes(const std::string& text);

// The shortest --interval: each costs a cut of a chunk and a reading of all counters.
constexpr Duration kShortestInterval = std::chrono::milliseconds(100);

// --interval: "3", "500ms".
Duration parse_interval(const std::string& text);

// --text: "full", "normalized" or "none".
TextMode parse_text_mode(const std::string& text);

// --text-limit: bytes.
std::uint32_t parse_text_limit(const std::string& text);

}  // namespace pgrec
