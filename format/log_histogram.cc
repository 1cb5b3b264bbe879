#include "format/log_histogram.h"

#include <algorithm>

namespace pgrec {

void LogHistogram::add_block(unsigned index) {
  blocks_.emplace_back();
  places_[index] = static_cast<std::uint8_t>(blocks_.size());
}

void LogHistogram::add_row(unsigned row, std::uint64_t count) {
  std::uint64_t& sum = block_of(row >> kSubBits).counts[row & kInBlock];
  sum = add_capped(sum, count);
}

void LogHistogram::add_total(unsigned octave, std::uint64_t ns) {
  std::uint64_t& sum = block_of(octave - kFirstSummedOctave + 1).total_ns;
  sum = add_capped(sum, ns);
}

void LogHistogram::merge(const LogHistogram& other) {
  for (unsigned index = 0; index < kBlocks; ++index) {
    const Block* from = other.find_block(index);
    if (!from) continue;
    Block& to = block_of(index);
    for (unsigned i = 0; i <= kInBlock; ++i)
      to.counts[i] = add_capped(to.counts[i], from->counts[i]);
    to.total_ns = add_capped(to.total_ns, from->total_ns);
  }
}

std::uint64_t LogHistogram::count(unsigned row) const {
  const Block* block = find_block(row >> kSubBits);
  return block ? block->counts[row & kInBlock] : 0;
}

std::uint64_t LogHistogram::count_in(unsigned octave) const {
  const unsigned from = octave == 0 ? 0 : row_of(1ull << octave);
  const unsigned to = octave < kFirstSummedOctave ? 2u << octave : from + kInBlock + 1;
  std::uint64_t all = 0;
  for (unsigned row = from; row < to; ++row)
    all = add_capped(all, count(row));
  return all;
}

std::uint64_t LogHistogram::total_ns(unsigned octave) const {
  if (octave >= kFirstSummedOctave) {
    const Block* block = find_block(octave - kFirstSummedOctave + 1);
    return block ? block->total_ns : 0;
  }
  std::uint64_t total = 0;
  for (unsigned ns = octave == 0 ? 0 : 1u << octave; ns < 2u << octave; ++ns)
    total += ns * count(ns);
  return total;
}

std::uint64_t LogHistogram::count() const {
  std::uint64_t all = 0;
  for (const Block& block : blocks_) {
    for (const std::uint64_t count : block.counts)
      all = add_capped(all, count);
  }
  return all;
}

Duration LogHistogram::total() const {
  std::uint64_t all = 0;
  for (unsigned octave = 0; octave < kOctaves; ++octave)
    all = add_capped(all, total_ns(octave));
  return Duration(static_cast<std::int64_t>(std::min<std::uint64_t>(all, INT64_MAX)));
}

LogHistogram::Position LogHistogram::position(std::uint64_t rank) const {
  Position at;
  while (at.row + 1 < kRows && at.before + count(at.row) < rank)
    at.before += count(at.row++);
  return at;
}

bool LogHistogram::operator==(const LogHistogram& other) const {
  for (unsigned row = 0; row < kRows; ++row) {
    if (count(row) != other.count(row)) return false;
  }
  for (unsigned octave = 0; octave < kOctaves; ++octave) {
    if (total_ns(octave) != other.total_ns(octave)) return false;
  }
  return true;
}

}  // namespace pgrec
