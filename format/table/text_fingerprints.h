// The fingerprints of a trace's texts by their ids. Holds those of the last so many ids: executions
// are of texts that got their ids right before them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "format/event.h"

namespace pgrec {

class TextFingerprints {
 public:
  static constexpr std::size_t kWindow = 1u << 18;  // 4 MB

  // `window`: of how many ids, a power of two; 16 bytes each, as they come.
  explicit TextFingerprints(std::size_t window = kWindow) : mask_(window - 1) {}

  // Of two rows with one id the first holds.
  void add(TextId id, std::uint64_t fingerprint) {
    const std::size_t place = value(id) & mask_;
    if (place >= rows_.size()) rows_.resize(place + 1);
    Row& row = rows_[place];
    if (row.id_and_1 != value(id) + std::uint64_t{1})
      row = {value(id) + std::uint64_t{1}, fingerprint};
  }
  // 0: the text has none. Nothing where the text is not known, or forgotten.
  std::optional<std::uint64_t> find(TextId id) const {
    const std::size_t place = value(id) & mask_;
    if (place >= rows_.size() || rows_[place].id_and_1 != value(id) + std::uint64_t{1})
      return std::nullopt;
    return rows_[place].fingerprint;
  }

 private:
  struct Row {
    std::uint64_t id_and_1 = 0;  // 0: none
    std::uint64_t fingerprint = 0;
  };
  std::size_t mask_;
  std::vector<Row> rows_;  // by the id's low bits
};

}  // namespace pgrec
