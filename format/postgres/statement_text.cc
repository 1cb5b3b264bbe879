#include "format/postgres/statement_text.h"

#include <pg_query.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "format/frame/bytes.h"
#include "format/postgres/parsing_room.h"
#include "format/print/number.h"

namespace pgrec {
namespace {

// What parsing takes, by byte of the query, at least twice what was measured for queries that are
// all nesting or all constants. To normalize takes most: 4 KiB of memory a byte of "1,1,1,…".
constexpr std::size_t kStackPerByte = 2u << 10;
constexpr std::size_t kHeapPerByte = 1u << 10;
constexpr std::size_t kHeapToNormalizePerByte = 8u << 10;
constexpr std::size_t kLeastHeapBytes = 3u << 20;
// Longer texts are not parsed.
constexpr std::size_t kLongestBytes = 64u << 10;

// What `read` makes of `query`; nothing where that is too long, or there is no room for it, which
// `had_room` then says.
template <typename Result>
std::optional<Result> read_query(const std::string& query, std::size_t heap_per_byte,
                                 std::optional<Result> (*read)(const std::string&),
                                 bool* had_room = nullptr) {
  if (query.size() > kLongestBytes) return std::nullopt;
  std::optional<Result> result;
  const ParsingRoom room{kLeastHeapBytes + query.size() * heap_per_byte,
                         query.size() * kStackPerByte};
  const bool ran = run_in_room(room, [&] { result = read(query); });
  if (had_room) *had_room = ran;
  return result;
}

std::optional<std::string> normalized(const std::string& query) {
  const PgQueryNormalizeResult result = pg_query_normalize(query.c_str());
  std::optional<std::string> text;
  if (!result.error && result.normalized_query) text = result.normalized_query;
  pg_query_free_normalize_result(result);
  return text;
}

std::optional<std::uint64_t> fingerprint(const std::string& query) {
  const PgQueryFingerprintResult result = pg_query_fingerprint(query.c_str());
  std::optional<std::uint64_t> number;
  if (!result.error && result.fingerprint != 0) number = result.fingerprint;
  pg_query_free_fingerprint_result(result);
  return number;
}

// Of the tokens of pg_query.proto, those that matter here.
enum TokenKind : std::uint64_t {
  kIdentifier = 258,
  kUnicodeIdentifier = 259,
  kReal = 260,
  kString = 261,
  kUnicodeString = 262,
  kBits = 263,
  kHexBits = 264,
  kOperator = 265,
  kInteger = 266,
  kParameter = 267,
  kLineComment = 275,
  kComment = 276,
};

struct Lexeme {
  std::size_t from = 0;  // bytes in the query
  std::size_t to = 0;
  std::uint64_t kind = 0;  // TokenKind; a character that stands for itself, or a keyword
  bool keyword = false;
  std::string_view text;
};

bool is_comment(const Lexeme& lexeme) {
  return lexeme.kind == kLineComment || lexeme.kind == kComment;
}

bool is_number(const Lexeme& lexeme) {
  return lexeme.kind == kInteger || lexeme.kind == kReal;
}

bool is_literal(const Lexeme& lexeme) {
  return is_number(lexeme) || lexeme.kind == kString || lexeme.kind == kUnicodeString ||
         lexeme.kind == kBits || lexeme.kind == kHexBits;
}

bool is_word(const Lexeme& lexeme) {
  return lexeme.keyword || lexeme.kind == kIdentifier || lexeme.kind == kUnicodeIdentifier;
}

constexpr const char* kBlanks = " \t\n\r\f\v";

bool is_blank(std::string_view text) {
  return text.find_first_not_of(kBlanks) == text.npos;
}

std::string_view without_trailing_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Whether it is one of `words`, which are in lower case.
template <std::size_t kCount>
bool is_one_of(const Lexeme& lexeme, const std::array<std::string_view, kCount>& words) {
  const auto is = [&](std::string_view word) {
    return std::equal(lexeme.text.begin(), lexeme.text.end(), word.begin(), word.end(),
                      [](char a, char b) {
                        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
                      });
  };
  return std::any_of(words.begin(), words.end(), is);
}

// The tags of a protobuf's field: its number and how it is written.
constexpr std::uint64_t varint_field(unsigned number) {
  return number << 3;
}
constexpr std::uint64_t bytes_field(unsigned number) {
  return number << 3 | 2;
}

// A ScanToken of pg_query.proto: 1 start, 2 end, 4 token, 5 keyword kind, all of them varints.
Lexeme get_lexeme(ByteReader in) {
  Lexeme lexeme;
  while (!in.at_end()) {
    const std::uint64_t field = in.varint();
    const std::uint64_t number = in.varint();
    if (!in.ok()) break;
    if (field == varint_field(1)) lexeme.from = number;
    if (field == varint_field(2)) lexeme.to = number;
    if (field == varint_field(4)) lexeme.kind = number;
    if (field == varint_field(5)) lexeme.keyword = number != 0;
  }
  return lexeme;
}

// The lexemes of `query`, which is borrowed. Nothing where the lexer fails, or what it says does
// not account for every byte that is not blank: nothing of the query is then passed on unseen.
std::optional<std::vector<Lexeme>> lexemes_of(std::string_view query,
                                              const PgQueryScanResult& result) {
  if (result.error) return std::nullopt;
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(result.pbuf.data);
  ByteReader in(ByteView(bytes, result.pbuf.len));
  std::vector<Lexeme> lexemes;
  while (!in.at_end()) {
    const std::uint64_t field = in.varint();
    if (field == bytes_field(2)) {
      lexemes.push_back(get_lexeme(ByteReader(in.bytes(in.varint()))));
    } else {
      in.varint();  // the version
    }
    if (!in.ok()) return std::nullopt;
  }
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    Lexeme& lexeme = lexemes[i];
    const std::size_t next = i + 1 < lexemes.size() ? lexemes[i + 1].from : query.size();
    if (lexeme.from > next || next > query.size()) return std::nullopt;
    // The lexer does not tell where U&'…' and U&"…" end.
    if (lexeme.kind == kUnicodeString || lexeme.kind == kUnicodeIdentifier)
      lexeme.to = lexeme.from +
                  without_trailing_blanks(query.substr(lexeme.from, next - lexeme.from)).size();
    if (lexeme.to <= lexeme.from || lexeme.to > next ||
        !is_blank(query.substr(lexeme.to, next - lexeme.to)))
      return std::nullopt;
    lexeme.text = query.substr(lexeme.from, lexeme.to - lexeme.from);
  }
  if (!is_blank(query.substr(0, lexemes.empty() ? query.size() : lexemes[0].from)))
    return std::nullopt;
  return lexemes;
}

// With standard_conforming_strings off, \' does not end a string.
bool may_be_read_otherwise(const Lexeme& lexeme) {
  const bool plain = lexeme.text[0] == '\'' || lexeme.kind == kUnicodeString;
  return is_literal(lexeme) && plain && lexeme.text.find("\\'") != std::string_view::npos;
}

// A sign that stands before a number and belongs to it.
bool is_sign(const std::vector<Lexeme>& lexemes, std::size_t at) {
  static constexpr std::array<std::string_view, 20> kBefore = {
      "all", "and", "between",   "by",     "distinct", "else", "having", "limit",  "not",  "offset",
      "on",  "or",  "returning", "select", "set",      "then", "to",     "values", "when", "where"};
  if (lexemes[at].text != "-" || at + 1 == lexemes.size() || !is_number(lexemes[at + 1]))
    return false;
  if (at == 0) return false;
  const Lexeme& before = lexemes[at - 1];
  if (is_word(before)) return before.keyword && is_one_of(before, kBefore);
  return !is_literal(before) && before.kind != kParameter && before.text != ")" &&
         before.text != "]" && before.text != ";";
}

// Marks the words that stand for values in SET name = value, value…, also as a part of ALTER and
// CREATE.
std::vector<bool> values_of_settings(const std::vector<Lexeme>& lexemes) {
  static constexpr std::array<std::string_view, 1> kSet = {"set"};
  static constexpr std::array<std::string_view, 3> kWithSettings = {"set", "alter", "create"};
  static constexpr std::array<std::string_view, 2> kScope = {"session", "local"};
  static constexpr std::array<std::string_view, 1> kTo = {"to"};
  static constexpr std::array<std::string_view, 1> kDefault = {"default"};
  std::vector<bool> values(lexemes.size(), false);
  const auto has = [&](std::size_t at, const auto& words) {
    return at < lexemes.size() && is_one_of(lexemes[at], words);
  };
  const auto is = [&](std::size_t at, std::string_view text) {
    return at < lexemes.size() && lexemes[at].text == text;
  };
  std::size_t first = 0;  // of the statement
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    if (is(i, ";")) first = i + 1;
    if (!has(i, kSet) || !has(first, kWithSettings)) continue;
    std::size_t at = i + 1;
    if (has(at, kScope)) ++at;
    while (at + 1 < lexemes.size() && is_word(lexemes[at]) && is(at + 1, "."))
      at += 2;
    ++at;
    if (!is(at, "=") && !has(at, kTo)) continue;
    do {
      ++at;
      if (is(at, "-") || is(at, "+")) ++at;
      if (at < lexemes.size()) values[at] = is_word(lexemes[at]) && !has(at, kDefault);
      ++at;
    } while (is(at, ","));
  }
  return values;
}

// The greatest number of a parameter $n; nothing where one is no number or too large.
std::optional<unsigned long> last_parameter(const std::vector<Lexeme>& lexemes) {
  constexpr std::size_t kMostDigits = 9;
  unsigned long last = 0;
  for (const Lexeme& lexeme : lexemes) {
    if (lexeme.kind != kParameter) continue;
    const std::string_view digits = lexeme.text.substr(1);
    const auto number = parse_number<unsigned long>(digits);
    if (!number || digits.size() > kMostDigits) return std::nullopt;
    last = std::max(last, *number);
  }
  return last;
}

std::optional<std::string> without_literals(const std::string& query,
                                            const PgQueryScanResult& scanned) {
  const auto all = lexemes_of(query, scanned);
  if (!all) return std::nullopt;
  std::vector<Lexeme> lexemes;
  for (const Lexeme& lexeme : *all) {
    if (may_be_read_otherwise(lexeme)) return std::nullopt;
    if (!is_comment(lexeme)) lexemes.push_back(lexeme);
  }
  const auto numbered = last_parameter(lexemes);
  if (!numbered) return std::nullopt;
  unsigned long number = *numbered;
  const std::vector<bool> values = values_of_settings(lexemes);
  std::string text;
  std::size_t written = 0;  // of the query
  for (std::size_t i = 0; i < lexemes.size(); ++i) {
    const Lexeme& lexeme = lexemes[i];
    const std::string_view between = std::string_view(query).substr(written, lexeme.from - written);
    if (!text.empty()) text += is_blank(between) ? between : " ";  // else there was a comment
    written = lexeme.to;
    if (is_sign(lexemes, i)) written = lexemes[++i].to;
    if (is_literal(lexemes[i]) || values[i]) {
      text += "$" + std::to_string(++number);
    } else {
      text += lexeme.text;
    }
  }
  return text;
}

std::optional<std::string> parsed_without_literals(const std::string& query) {
  if (!normalized(query)) return std::nullopt;
  const PgQueryScanResult scanned = pg_query_scan(query.c_str());
  auto text = without_literals(query, scanned);
  pg_query_free_scan_result(scanned);
  return text;
}

// Whether anything but blanks stands behind a semicolon.
bool may_have_several(std::string_view query) {
  for (std::size_t at = query.find(';'); at != query.npos; at = query.find(';', at + 1)) {
    if (!is_blank(query.substr(at + 1))) return true;
  }
  return false;
}

std::optional<std::vector<std::string>> split(const std::string& query) {
  const PgQuerySplitResult result = pg_query_split_with_parser(query.c_str());
  std::vector<std::string> statements;
  bool inside = !result.error;
  for (int i = 0; inside && i < result.n_stmts; ++i) {
    const PgQuerySplitStmt& one = *result.stmts[i];
    const auto from = static_cast<std::size_t>(one.stmt_location);
    inside = one.stmt_location >= 0 && one.stmt_len >= 0 && from <= query.size();
    if (!inside) break;
    const std::string_view text =
        std::string_view(query).substr(from, static_cast<std::size_t>(one.stmt_len));
    const std::size_t first = std::min(text.find_first_not_of(kBlanks), text.size());
    statements.emplace_back(without_trailing_blanks(text.substr(first)));
  }
  pg_query_free_split_result(result);
  if (!inside || statements.size() < 2) return std::nullopt;
  return statements;
}

}  // namespace

std::vector<std::string> split_statements(const std::string& query) {
  if (!may_have_several(query)) return {query};
  auto statements = read_query(query, kHeapPerByte, split);
  if (!statements) return {query};
  return std::move(*statements);
}

std::string statement_text(const std::string& query) {
  return read_query(query, kHeapToNormalizePerByte, normalized).value_or(query);
}

std::optional<std::uint64_t> statement_fingerprint(const std::string& query) {
  return read_query(query, kHeapPerByte, fingerprint);
}

TextWithoutLiterals text_without_literals(const std::string& query) {
  TextWithoutLiterals result;
  result.text =
      read_query(query, kHeapToNormalizePerByte, parsed_without_literals, &result.had_room);
  return result;
}

}  // namespace pgrec
