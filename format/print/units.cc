#include "format/print/units.h"

#include <fmt/core.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>

#include "format/error.h"

namespace pgrec {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr std::array<Unit, 4> kDurationUnits = {{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};
constexpr std::array<Unit, 4> kByteUnits = {
    {{"B", 1}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0}}};

// Three significant digits in the largest unit that keeps the number at or above 1. The comparison
// is made on the rounded number, so that 999,999 ns is "1.00 ms" and never "1000 us".
std::string in_units(double amount, std::span<const Unit> units) {
  std::size_t u = 0;
  while (u + 1 < units.size() && std::abs(amount) >= units[u + 1].size * 0.9995)
    ++u;
  const double scaled = amount / units[u].size;
  const double magnitude = std::abs(scaled);
  const int digits = u == 0 ? 0 : magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", scaled, digits, units[u].name);
}

// A number with a unit out of `units`, times the unit's size; throws UsageError otherwise.
double parse(std::string_view text, std::string_view option, std::span<const Unit> units,
             std::string_view example) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (error == std::errc() && number >= 0) {
    for (const Unit& known : units) {
      if (unit == known.name) return number * known.size;
    }
  }
  throw UsageError(fmt::format("{}: cannot read '{}'", option, text),
                   fmt::format("write it like {}", example));
}

}  // namespace

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3;) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::string plural(std::uint64_t count, std::string_view noun) {
  const char* ending = count == 1            ? ""
                       : noun.ends_with("s") ? "es"
                       : noun.ends_with("y") ? "ies"
                                             : "s";
  if (count != 1 && noun.ends_with("y")) noun.remove_suffix(1);
  return fmt::format("{} {}{}", count_text(count), noun, ending);
}

std::string duration_text(Duration duration) {
  return in_units(static_cast<double>(duration.count()), kDurationUnits);
}

std::string at_most_text(Duration duration) {
  return "\u2264" + duration_text(duration);
}

std::string bytes_text(std::uint64_t bytes) {
  return in_units(static_cast<double>(bytes), kByteUnits);
}

std::optional<BytesEach> bytes_each(std::uint64_t bytes, std::uint64_t calls,
                                    std::uint64_t executions, std::uint64_t events) {
  const auto of = [bytes](std::uint64_t count, const char* what) {
    return BytesEach{static_cast<double>(bytes) / static_cast<double>(count), what};
  };
  constexpr std::uint64_t kFew = 100;
  if (calls >= kFew && calls >= executions) return of(calls, "call");
  if (executions >= kFew) return of(executions, "execution");
  return events > 0 ? std::optional(of(events, "event")) : std::nullopt;
}

std::string fingerprint_text(std::uint64_t number) {
  return fmt::format("{:016x}", number);
}

std::string fixed_text(double value, int digits) {
  return fmt::format("{:.{}f}", value, digits);
}

Duration parse_duration(std::string_view text, std::string_view option) {
  static constexpr std::array<Unit, 7> kUnits = {
      {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"m", 60e9}, {"h", 3600e9}}};
  constexpr double kTenYears = 10 * 365.25 * 86400e9;
  const double ns = parse(text, option, kUnits, "30s, 100ms or 2m");
  if (ns > kTenYears) {
    throw UsageError(fmt::format("{}: '{}' is too long", option, text),
                     "write it like 30s, 100ms or 2m");
  }
  return Duration(std::llround(ns));
}

std::uint64_t parse_bytes(std::string_view text, std::string_view option) {
  static constexpr std::array<Unit, 7> kUnits = {{{"", 1},
                                                  {"K", 1024.0},
                                                  {"KB", 1024.0},
                                                  {"M", 1048576.0},
                                                  {"MB", 1048576.0},
                                                  {"G", 1073741824.0},
                                                  {"GB", 1073741824.0}}};
  const double bytes = parse(text, option, kUnits, "8M or 512K");
  if (bytes > 1e15) {
    throw UsageError(fmt::format("{}: '{}' is too much", option, text), "write it like 8M or 512K");
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace pgrec
