// Text that came from elsewhere (a trace, a file's name, a process) as a terminal may be given it.
// Whoever made it may have put bytes there that a terminal acts on: escape sequences, and
// characters that turn the order of what is shown. Every screen and message is made printable by
// this, and once more where it is written (format/print/printable_stream.h).
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace pgrec {

// A character at the start of a text.
struct Character {
  std::string_view bytes;  // of a byte that is no part of UTF-8: that byte
  char32_t code = 0;
  bool is_utf8 = false;
};

// `text` is not empty. The bytes are a view of it.
Character first_character(std::string_view text);

// Of a text that ends in the middle of a character: how many of its last bytes are the beginning of
// it; else 0.
std::size_t unfinished_bytes(std::string_view text);

// Whether a terminal may act on the character: control characters (ASCII's, DEL, U+0080 to U+009F),
// ends of lines and paragraphs (U+2028, U+2029), and what turns the direction of writing (U+202A to
// U+202E, U+2066 to U+2069).
bool acts_on_terminals(char32_t code);

// `text` on one line, with nothing in it that a terminal acts on and in valid UTF-8. What may not
// be there is written out: `\n`, `\t` and `\r`; `\x1B`, the byte, for another control byte and for
// one that is no part of UTF-8; `\u202E`, the code point, for the rest. A text without such is as
// it was, backslashes too; so it is for people, not to be read back. Of what is printable already
// it changes nothing.
std::string printable(std::string_view text);

// How many columns printable text takes: one for each character.
std::size_t columns_of(std::string_view text);

constexpr std::size_t kAnyWidth = std::string_view::npos;

// `text` printable, and without the blanks around it: runs of blanks and ends of lines become one
// blank. What is longer than `columns` is cut there, and ends with "..." behind them.
std::string one_line(std::string_view text, std::size_t columns);

// `text` printable, in at most `columns`, which is 1 or more: what is longer is cut, and ends with
// "…", which is one of them.
std::string cut_to(std::string_view text, std::size_t columns);

// Writes `line` printable, and the end of the line: whatever is in it, it stays one line.
void print_line(std::ostream& out, std::string_view line);

}  // namespace pgrec
