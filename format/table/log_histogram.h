// A histogram of durations whose rows are at most a sixteenth of an octave wide, so that a value
// read back from it is wrong by at most 3.2 %: the row's middle is at most 1/32 off. The layout is
// that of HdrHistogram (Tene, 2012) with 4 bits below the leading one, without a bound at the top.
//
// Values below 32 have a row each. Above, a value v with its leading one at bit e falls into row
// (e - 4) * 16 + (v >> (e - 4)): 1000 = 0b1111101000 (e = 9) into 5 * 16 + 31 = 111, which holds
// 992 to 1023.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "format/clock.h"
#include "format/frame/bytes.h"
#include "format/layout.h"

namespace pgrec {

class LogHistogram {
 public:
  static constexpr unsigned kSubBits = 4;
  // Durations are below 2^60 ns.
  static constexpr unsigned kOctaves = 60;
  static constexpr unsigned kRows = (kOctaves - kSubBits + 1) << kSubBits;
  static_assert(layout::kMaxNs == 1ull << kOctaves);

  // The row of `ns`, which is below layout::kMaxNs.
  static unsigned row_of(std::uint64_t ns) {
    if (ns < 2u << kSubBits) return static_cast<unsigned>(ns);
    const unsigned shift = static_cast<unsigned>(std::bit_width(ns)) - 1 - kSubBits;
    return (shift << kSubBits) + static_cast<unsigned>(ns >> shift);
  }
  // The smallest value of `row`, and how many it holds.
  static std::uint64_t from_ns(unsigned row) {
    if (row < 2u << kSubBits) return row;
    return std::uint64_t{(row & 15u) | 16u} << shift_of(row);
  }
  static std::uint64_t width_ns(unsigned row) {
    return row < 2u << kSubBits ? 1 : 1ull << shift_of(row);
  }
  // The octave of `ns`: 0 for 0 and 1, else the position of its leading one.
  static unsigned octave_of(std::uint64_t ns) {
    return static_cast<unsigned>(std::bit_width(ns | 1)) - 1;
  }

  void add(Duration duration) {
    const auto ns = static_cast<std::uint64_t>(duration.count());
    const unsigned row = row_of(ns);
    Block& block = block_of(row >> kSubBits);
    ++block.counts[row & kInBlock];
    block.total_ns += ns;
  }
  // Sums that do not fit 64 bits stay at the largest number; only a forged trace has them.
  void add_row(unsigned row, std::uint64_t count);
  // Adds to total_ns() of an octave from kFirstSummedOctave on: a lower one's follows from its
  // rows.
  void add_total(unsigned octave, std::uint64_t ns);
  void merge(const LogHistogram& other);
  // Takes away `other`, which was merged into this one.
  void subtract(const LogHistogram& other);

  static constexpr unsigned kFirstSummedOctave = kSubBits;

  std::uint64_t count(unsigned row) const;
  // In all rows of an octave.
  std::uint64_t count_in(unsigned octave) const;
  // Of all durations in an octave: exact.
  std::uint64_t total_ns(unsigned octave) const;
  std::uint64_t count() const;
  Duration total() const;

  // Calls visit(row, count) for each row that is not empty, in ascending order.
  template <typename Visit>
  void for_each_row(Visit visit) const {
    for (unsigned index = 0; index < kBlocks; ++index) {
      const Block* block = find_block(index);
      for (unsigned i = 0; block && i <= kInBlock; ++i) {
        if (block->counts[i] > 0) visit((index << kSubBits) + i, block->counts[i]);
      }
    }
  }

  // The row in which the value of `rank` (from 1) stands, and how many values are in the rows
  // before it. `rank` is at most count().
  struct Position {
    unsigned row = 0;
    std::uint64_t before = 0;
  };
  Position position(std::uint64_t rank) const;

  // What it takes of memory, in pieces of 136 bytes: a reader bounds it.
  std::size_t blocks() const { return blocks_.size(); }

  bool operator==(const LogHistogram& other) const;

 private:
  static constexpr unsigned kInBlock = (1u << kSubBits) - 1;
  static constexpr unsigned kBlocks = kRows >> kSubBits;

  // Sixteen rows: an octave, but for the first block, which has the octaves below 16 ns.
  struct Block {
    std::array<std::uint64_t, 1u << kSubBits> counts{};
    std::uint64_t total_ns = 0;
  };

  static unsigned shift_of(unsigned row) { return (row >> kSubBits) - 1; }
  Block& block_of(unsigned index) {
    if (places_[index] == 0) add_block(index);
    return blocks_[places_[index] - 1u];
  }
  const Block* find_block(unsigned index) const {
    return places_[index] == 0 ? nullptr : &blocks_[places_[index] - 1u];
  }
  void add_block(unsigned index);

  std::array<std::uint8_t, kBlocks> places_{};  // place in blocks_, from 1; 0: not there
  std::vector<Block> blocks_;
};

// The histogram as it stands in a trace: rows that are not empty, as their distance to the row
// before and their count; then the total of each octave that has one of them and is not told by its
// rows, in ascending order.
void put_histogram(Bytes& out, const LogHistogram& histogram);
// Adds one to `histogram`. False where the bytes are none.
bool get_histogram(ByteReader& in, LogHistogram& histogram);

// The rank, from 1, of the nearest-rank percentile among `count` values: the smallest value that
// at least `percent` of them do not exceed.
inline std::uint64_t percentile_rank(std::uint64_t count, std::uint64_t percent) {
  return count / 100 * percent + (count % 100 * percent + 99) / 100;
}

}  // namespace pgrec
