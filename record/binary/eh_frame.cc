#include "record/binary/eh_frame.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>

namespace pgrec {
namespace {

// How a pointer is written: DW_EH_PE_… in its two halves.
enum : std::uint8_t {
  kAbsolute = 0x00,
  kUnsigned2 = 0x02,
  kUnsigned4 = 0x03,
  kUnsigned8 = 0x04,
  kSigned2 = 0x0a,
  kSigned4 = 0x0b,
  kSigned8 = 0x0c,
  kFormatMask = 0x0f,
  kRelativeToItself = 0x10,
  kMeaningMask = 0xf0,
};

// Reads the section from a position on; every answer is nothing behind its end.
class Cursor {
 public:
  Cursor(ByteView bytes, std::uint64_t address) : bytes_(bytes), address_(address) {}

  std::uint64_t position() const { return at_; }
  bool move_to(std::uint64_t position) {
    at_ = position;
    return position <= bytes_.size();
  }
  bool at_end() const { return at_ >= bytes_.size(); }

  template <typename Number>
  std::optional<Number> number() {
    if (at_ > bytes_.size() || bytes_.size() - at_ < sizeof(Number)) return std::nullopt;
    Number value;
    std::memcpy(&value, &bytes_[at_], sizeof value);
    at_ += sizeof value;
    return value;
  }
  // LEB128 of either kind, whose value is not wanted.
  bool pass_leb() {
    for (auto byte = number<std::uint8_t>(); byte; byte = number<std::uint8_t>()) {
      if ((*byte & 0x80) == 0) return true;
    }
    return false;
  }
  std::optional<std::string> text() {
    std::string text;
    for (auto byte = number<std::uint8_t>(); byte; byte = number<std::uint8_t>()) {
      if (*byte == 0) return text;
      text.push_back(static_cast<char>(*byte));
    }
    return std::nullopt;
  }
  std::optional<std::uint64_t> pointer(std::uint8_t encoding) {
    const std::uint64_t here = address_ + at_;
    const auto value = pointer_value(encoding & kFormatMask);
    switch (encoding & kMeaningMask) {
      case 0:
        return value;
      case kRelativeToItself:
        return value ? std::optional(*value + here) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  template <typename Number>
  std::optional<std::uint64_t> widened() {
    const auto value = number<Number>();
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(*value));
  }
  std::optional<std::uint64_t> pointer_value(int format) {
    switch (format) {
      case kUnsigned2:
        return widened<std::uint16_t>();
      case kUnsigned4:
        return widened<std::uint32_t>();
      case kAbsolute:
      case kUnsigned8:
      case kSigned8:
        return widened<std::uint64_t>();
      case kSigned2:
        return widened<std::int16_t>();
      case kSigned4:
        return widened<std::int32_t>();
      default:
        return std::nullopt;
    }
  }

  ByteView bytes_;
  std::uint64_t address_;
  std::uint64_t at_ = 0;
};

// How the addresses are written of the entries that share the common information `cursor` stands
// at, behind its id.
std::optional<std::uint8_t> address_encoding(Cursor cursor) {
  const auto version = cursor.number<std::uint8_t>();
  const auto augmentation = cursor.text();
  if (!version || !augmentation) return std::nullopt;
  if (augmentation->empty()) return kAbsolute;
  if (augmentation->front() != 'z' || !cursor.pass_leb() || !cursor.pass_leb()) return std::nullopt;
  if (*version == 1 ? !cursor.number<std::uint8_t>() : !cursor.pass_leb()) return std::nullopt;
  if (!cursor.pass_leb()) return std::nullopt;
  for (const char kind : augmentation->substr(1)) {
    if (kind == 'R') return cursor.number<std::uint8_t>();
    if (kind == 'L') {
      if (!cursor.number<std::uint8_t>()) return std::nullopt;
    } else if (kind == 'P') {
      const auto encoding = cursor.number<std::uint8_t>();
      if (!encoding || !cursor.pointer(*encoding & kFormatMask)) return std::nullopt;
    } else if (kind != 'S' && kind != 'B') {
      return std::nullopt;
    }
  }
  return kAbsolute;
}

}  // namespace

std::vector<Extent> frame_extents(ByteView section, std::uint64_t address) {
  std::vector<Extent> found;
  std::map<std::uint64_t, std::optional<std::uint8_t>> encodings;  // by where the information is
  Cursor cursor(section, address);
  while (!cursor.at_end()) {
    const std::uint64_t entry = cursor.position();
    const auto short_length = cursor.number<std::uint32_t>();
    std::optional<std::uint64_t> length = short_length;
    if (short_length == 0xffffffffu) length = cursor.number<std::uint64_t>();
    if (!length) break;
    if (*length == 0) continue;  // the end of what one object file had
    const std::uint64_t body = cursor.position();
    if (*length > section.size() - body) break;
    const auto id = cursor.number<std::uint32_t>();
    if (!id) break;
    if (*id == 0) {
      encodings[entry] = address_encoding(cursor);
    } else if (const auto encoding = encodings.find(body - *id);
               encoding != encodings.end() && encoding->second) {
      const auto begin = cursor.pointer(*encoding->second);
      const auto bytes = cursor.pointer(*encoding->second & kFormatMask);
      if (begin && bytes && *bytes > 0 && *begin > 0) found.push_back({*begin, *bytes});
    }
    if (!cursor.move_to(body + *length)) break;
  }
  std::sort(found.begin(), found.end(), [](const Extent& a, const Extent& b) {
    return a.address < b.address || (a.address == b.address && a.bytes < b.bytes);
  });
  found.erase(std::unique(found.begin(), found.end(),
                          [](const Extent& a, const Extent& b) { return a.address == b.address; }),
              found.end());
  return found;
}

}  // namespace pgrec
