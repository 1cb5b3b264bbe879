#include "format/table/log_histogram.h"

#include <algorithm>
#include <span>

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

void LogHistogram::subtract(const LogHistogram& other) {
  for (unsigned index = 0; index < kBlocks; ++index) {
    const Block* from = other.find_block(index);
    if (!from) continue;
    Block& of = block_of(index);
    for (unsigned i = 0; i <= kInBlock; ++i)
      of.counts[i] -= from->counts[i];
    of.total_ns -= from->total_ns;
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

void put_histogram(Bytes& out, const LogHistogram& histogram) {
  Bytes rows, totals;
  std::uint64_t count = 0;
  unsigned before = 0;
  unsigned done = LogHistogram::kFirstSummedOctave;
  histogram.for_each_row([&](unsigned row, std::uint64_t in_row) {
    ++count;
    put_varint(rows, row - before);
    put_varint(rows, in_row);
    before = row;
    const unsigned octave = LogHistogram::octave_of(LogHistogram::from_ns(row));
    if (octave < done) return;
    put_varint(totals, histogram.total_ns(octave));
    done = octave + 1;
  });
  put_varint(out, count);
  put_bytes(out, rows.data(), rows.size());
  put_bytes(out, totals.data(), totals.size());
}

bool get_histogram(ByteReader& in, LogHistogram& histogram) {
  const std::uint64_t count = in.varint_below(LogHistogram::kRows + 1);
  std::array<unsigned, LogHistogram::kRows> rows{};
  std::uint64_t row = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t step = in.varint_below(LogHistogram::kRows);
    row += step;
    if (!in.ok() || row >= LogHistogram::kRows || (i > 0 && step == 0)) return false;
    const std::uint64_t in_row = in.varint();
    if (in_row == 0) return false;
    rows[i] = static_cast<unsigned>(row);
    histogram.add_row(rows[i], in_row);
  }
  unsigned done = LogHistogram::kFirstSummedOctave;
  for (const unsigned filled : std::span(rows).first(count)) {
    const unsigned octave = LogHistogram::octave_of(LogHistogram::from_ns(filled));
    if (octave < done) continue;
    histogram.add_total(octave, in.varint());
    done = octave + 1;
  }
  return in.ok();
}

}  // namespace pgrec
