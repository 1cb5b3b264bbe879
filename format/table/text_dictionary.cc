#include "format/table/text_dictionary.h"

#include <string>
#include <utility>

namespace pgrec {
namespace {

// What makes a text another one.
std::string key_of(const Text& text) {
  std::string key = text.text;
  key.push_back(text.cut ? 'c' : text.unreadable ? 'u' : text.withheld ? 'w' : '-');
  key.push_back(text.normalized ? 'n' : '-');
  key += std::to_string(text.query_bytes) + " " + std::to_string(text.fingerprint);
  return key;
}

}  // namespace

TextId TextDictionary::id(const Text& text) {
  std::string key = key_of(text);
  if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  const std::size_t bytes = key.size() + kEntryBytes;
  if (held_bytes_ + bytes > bound_bytes_) {
    ids_.clear();
    held_bytes_ = 0;
  }
  if (next_ == last_) return last_id();
  const TextId id{next_++};
  held_bytes_ += bytes;
  new_bytes_ += text.text.size();
  ids_.emplace(std::move(key), id);
  new_.push_back(text);
  new_.back().id = id;
  return id;
}

TextId TextDictionary::last_id() {
  if (!std::exchange(last_given_, true)) {
    Text& none = new_.emplace_back();
    none.id = TextId{last_};
    none.unreadable = true;
  }
  return TextId{last_};
}

std::vector<Text> TextDictionary::take_new() {
  new_bytes_ = 0;
  return std::exchange(new_, {});
}

}  // namespace pgrec
