// Gives every distinct query text an id, so that a trace holds it once. Remembers texts up to a
// bound of memory; past it the dictionary begins anew, and a text seen again gets a second id.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "format/table/tables.h"

namespace pgrec {

class TextDictionary {
 public:
  // `bound_bytes`: of text remembered.
  explicit TextDictionary(std::size_t bound_bytes) : bound_bytes_(bound_bytes) {}

  // The id of `text`, whose own id is not looked at; a new one is pending until take_new().
  TextId id(const Text& text);

  // The texts that got an id since the last call, and how many and how long they are before it.
  std::vector<Text> take_new();
  std::size_t new_texts() const { return new_.size(); }
  std::size_t new_bytes() const { return new_bytes_; }

 private:
  std::size_t bound_bytes_;
  std::size_t held_bytes_ = 0;
  std::size_t new_bytes_ = 0;
  std::uint32_t next_ = 0;
  std::unordered_map<std::string, TextId> ids_;
  std::vector<Text> new_;
};

}  // namespace pgrec
