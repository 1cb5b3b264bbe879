#include "record/kernel/probe_counts.h"

#include <cassert>
#include <cstddef>

namespace pgrec {
namespace {

std::uint64_t sum_of(const __u64 (&of_kinds)[WIRE_KINDS]) {
  std::uint64_t all = 0;
  for (const std::uint64_t of_kind : of_kinds)
    all += of_kind;
  return all;
}

// Every member is a sum of its own.
void add(const wire_counts& of_cpu, wire_counts& sum) {
  constexpr std::size_t kWords = sizeof(wire_counts) / sizeof(std::uint64_t);
  const auto* words = reinterpret_cast<const std::uint64_t*>(&of_cpu);
  auto* sums = reinterpret_cast<std::uint64_t*>(&sum);
  for (std::size_t word = 0; word < kWords; ++word)
    sums[word] += words[word];
}

}  // namespace

std::uint64_t ProbeCounts::fired() const {
  return sum_of(sum.fired);
}

std::uint64_t ProbeCounts::filtered() const {
  return sum_of(sum.filtered) + sum_of(sum.foreign);
}

std::uint64_t ProbeCounts::lost() const {
  std::uint64_t all = 0;
  for (const auto& of_kinds : sum.lost)
    all += sum_of(of_kinds);
  return all;
}

std::uint64_t ProbeCounts::lost(wire_loss cause) const {
  return sum_of(sum.lost[cause]);
}

std::uint64_t ProbeCounts::foreign() const {
  return sum_of(sum.foreign);
}

ProbeCounts sum_of_cpus(std::span<const wire_counts> per_cpu, std::span<const std::uint32_t> cpus) {
  assert(per_cpu.size() == cpus.size());
  ProbeCounts counts;
  for (std::size_t i = 0; i < per_cpu.size(); ++i) {
    add(per_cpu[i], counts.sum);
    std::array<std::uint64_t, WIRE_LOSSES> lost{};
    for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause)
      lost[cause] = sum_of(per_cpu[i].lost[cause]);
    if (lost != decltype(lost){}) counts.lost_on.emplace(cpus[i], lost);
  }
  return counts;
}

void add_short_calls(std::span<const std::uint64_t> words, LogHistogram& calls) {
  for (unsigned octave = LogHistogram::kFirstSummedOctave; octave < LogHistogram::kOctaves;
       ++octave) {
    if (words[octave] > 0) calls.add_total(octave, words[octave]);
  }
  const auto rows = words.subspan(WIRE_OCTAVES);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    if (rows[row] > 0) calls.add_row(row, rows[row]);
  }
}

const char* name(wire_loss cause) {
  static constexpr std::array<const char*, WIRE_LOSSES> kNames = {"ring-full", "no-ring",
                                                                  "ring-busy", "map-full"};
  return kNames.at(cause);
}

}  // namespace pgrec
