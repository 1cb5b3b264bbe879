// How quantities are written for people and read from a command line, the same in every command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/clock.h"

namespace pgrec {

// 1234567 -> "1,234,567".
std::string count_text(std::uint64_t count);

// "1 call", "1,234 calls", "2 processes": `noun` as it is for one.
std::string plural(std::uint64_t count, std::string_view noun);

// Three significant digits and a unit: "870 ns", "1.23 us", "45.6 ms", "7.89 s".
std::string duration_text(Duration duration);

// The same of a duration that is not known, but for the most that it can be: "≤1.23 us".
std::string at_most_text(Duration duration);

// Binary units: "512 B", "1.50 KiB", "3.25 MiB".
std::string bytes_text(std::uint64_t bytes);

// How long a file is for each of what it holds: of its calls, or of its executions where they are
// more; of its events where these are too few to say anything, because the file has a beginning.
struct BytesEach {
  double bytes = 0;
  const char* what = nullptr;  // "call", "execution", "event"
};
// Nothing where it holds none of them.
std::optional<BytesEach> bytes_each(std::uint64_t bytes, std::uint64_t calls,
                                    std::uint64_t executions, std::uint64_t events);

// A statement's fingerprint as people see it: sixteen hexadecimal digits.
std::string fingerprint_text(std::uint64_t number);

// `value` with `digits` digits after the point.
std::string fixed_text(double value, int digits);

// "30s", "100ms", "5us", "250ns", "2m", "1h"; a bare number is seconds. Throws UsageError that
// names `option`; nothing below zero or above ten years.
Duration parse_duration(std::string_view text, std::string_view option);

// "64K", "8M", "1G" or "1GB" (all binary), or a bare number of bytes. Throws UsageError that names
// `option`.
std::uint64_t parse_bytes(std::string_view text, std::string_view option);

}  // namespace pgrec
