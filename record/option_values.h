// Values of options that several commands have, read from the command line. Each throws UsageError that
// names the option.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/query_texts.h"

namespace pgrec {

// -p: {"12,13", "14"} -> 12, 13, 14.
std::vector<std::uint32_t> parse_pids(const std::vector<std::string>& lists);

// --text: "full", "normalized" or "none".
TextMode parse_text_mode(const std::string& text);

// --text-limit: bytes.
std::uint32_t parse_text_limit(const std::string& text);

}  // namespace pgrec
