// Gives every distinct query text an id, so that a trace holds it once. Remembers texts up to a
// bound of memory, with what an entry takes beside its text; past it the dictionary begins anew,
// and a text seen again gets a second id.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "format/table/tables.h"

namespace pgrec {

class TextDictionary {
 public:
  // What an entry takes beside its text, about: its node, its place, and two blocks of the heap.
  static constexpr std::size_t kEntryBytes = 96;

  // `bound_bytes`: of texts remembered and their entries. `last`: the highest id.
  explicit TextDictionary(std::size_t bound_bytes, std::uint32_t last = UINT32_MAX)
      : bound_bytes_(bound_bytes), last_(last) {}

  // The id of `text`, whose own id is not looked at; a new one is pending until take_new(). Where
  // all others are used up it is the last one, that of a text that could not be read.
  TextId id(const Text& text);

  // Few ids are left: an id is below 2^32.
  bool is_nearly_full() const { return last_ - next_ < kSpareIds; }

  // The texts that got an id since the last call, and how many and how long they are before it.
  std::vector<Text> take_new();
  std::size_t new_texts() const { return new_.size(); }
  const Text& newest() const { return new_.back(); }  // of these, where there are some
  std::size_t new_bytes() const { return new_bytes_; }

 private:
  static constexpr std::uint32_t kSpareIds = 1u << 20;

  TextId last_id();

  std::size_t bound_bytes_;
  std::uint32_t last_;
  std::size_t held_bytes_ = 0;
  std::size_t new_bytes_ = 0;
  std::uint32_t next_ = 0;
  bool last_given_ = false;
  std::unordered_map<std::string, TextId> ids_;
  std::vector<Text> new_;
};

}  // namespace pgrec
