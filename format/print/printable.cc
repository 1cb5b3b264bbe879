#include "format/print/printable.h"

#include <fmt/core.h>

#include <algorithm>
#include <ostream>

namespace pgrec {
namespace {

// Most of what is shown: ASCII that is printable as it is.
bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

constexpr std::string_view kBlanksAndNewlines = " \t\n\r\f\v";

// How many bytes a character has that begins with `lead`; 0 where none does.
std::size_t bytes_of(unsigned char lead) {
  return lead < 0x80                   ? 1
         : lead >= 0xC2 && lead < 0xE0 ? 2
         : lead >= 0xE0 && lead < 0xF0 ? 3
         : lead >= 0xF0 && lead < 0xF5 ? 4
                                       : 0;
}

// Neither longer than it need be, nor half of a pair of UTF-16, nor beyond Unicode.
bool is_second(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

// Whether the bytes, which are `bytes_of()` the first or less, go together.
bool goes_together(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    if ((byte(i) & 0xC0) != 0x80 || (i == 1 && !is_second(byte(0), byte(1)))) return false;
  }
  return true;
}

void add_printable(const Character& character, std::string& out) {
  if (!character.is_utf8) {
    out += fmt::format("\\x{:02X}", static_cast<unsigned char>(character.bytes[0]));
  } else if (!acts_on_terminals(character.code)) {
    out += character.bytes;
  } else if (character.code == '\n') {
    out += "\\n";
  } else if (character.code == '\t') {
    out += "\\t";
  } else if (character.code == '\r') {
    out += "\\r";
  } else if (character.code < 0x80) {
    out += fmt::format("\\x{:02X}", static_cast<std::uint32_t>(character.code));
  } else {
    out += fmt::format("\\u{:04X}", static_cast<std::uint32_t>(character.code));
  }
}

}  // namespace

Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = bytes_of(lead);
  if (length == 0 || length > text.size() || !goes_together(text.substr(0, length)))
    return {text.substr(0, 1), 0, false};
  char32_t code = length == 1 ? lead : lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3F);
  return {text.substr(0, length), code, true};
}

std::size_t unfinished_bytes(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= std::min<std::size_t>(3, text.size()); ++bytes) {
    const std::string_view end = text.substr(text.size() - bytes);
    if (bytes_of(static_cast<unsigned char>(end[0])) > bytes && goes_together(end)) return bytes;
  }
  return 0;
}

bool acts_on_terminals(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069);
}

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto* const other = std::find_if_not(text.begin(), text.end(), is_plain);
    shown.append(text.begin(), other);
    text.remove_prefix(static_cast<std::size_t>(other - text.begin()));
    if (text.empty()) break;
    const Character character = first_character(text);
    add_printable(character, shown);
    text.remove_prefix(character.bytes.size());
  }
  return shown;
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string one_line(std::string_view text, std::size_t columns) {
  std::string line;
  std::size_t taken = 0;
  while (!text.empty()) {
    const std::size_t blanks = std::min(text.find_first_not_of(kBlanksAndNewlines), text.size());
    text.remove_prefix(blanks);
    if (text.empty()) break;
    std::string piece = blanks > 0 && !line.empty() ? " " : "";
    const Character character = first_character(text);
    add_printable(character, piece);
    taken += columns_of(piece);
    if (taken > columns) {
      if (taken - columns_of(piece) < columns && piece[0] == ' ') line += ' ';
      return line + "...";
    }
    line += piece;
    text.remove_prefix(character.bytes.size());
  }
  return line;
}

std::string cut_to(std::string_view text, std::size_t columns) {
  std::string shown = printable(text);
  if (columns == kAnyWidth || columns_of(shown) <= columns) return shown;
  std::size_t bytes = 0;
  for (std::size_t left = columns - 1; left > 0; --left)
    bytes += first_character(std::string_view(shown).substr(bytes)).bytes.size();
  return shown.substr(0, bytes) + "\xE2\x80\xA6";
}

void print_line(std::ostream& out, std::string_view line) {
  out << printable(line) + '\n';
}

}  // namespace pgrec
