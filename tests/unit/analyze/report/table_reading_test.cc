// Covers analyze/report/table.h: CSV and JSON read back as what was printed, whatever the texts
// are.
#include <gtest/gtest.h>

#include <random>
#include <sstream>
#include <stdexcept>

#include "analyze/report/table.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

using Records = std::vector<std::vector<std::string>>;

// RFC 4180, but for its line ends, which are \n here; throws at what it does not allow.
Records read_csv(std::string_view text) {
  Records records(1);
  std::string field;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"') {
      for (++at;; ++at) {
        if (at == text.size()) throw std::runtime_error("a quote is not closed");
        if (text[at] != '"') {
          field += text[at];
        } else if (at + 1 < text.size() && text[at + 1] == '"') {
          field += text[at++];
        } else {
          break;
        }
      }
      ++at;
    } else {
      while (at < text.size() && text[at] != ',' && text[at] != '\n') {
        if (text[at] == '"' || text[at] == '\r') throw std::runtime_error("a bare quote or \\r");
        field += text[at++];
      }
    }
    if (at == text.size()) throw std::runtime_error("the last line has no end");
    if (text[at] != ',' && text[at] != '\n') throw std::runtime_error("text behind a quote");
    records.back().push_back(std::exchange(field, {}));
    if (text[at] == ',' && at + 1 == text.size()) throw std::runtime_error("no end");
    if (text[at++] == '\n' && at < text.size()) records.emplace_back();
  }
  return records;
}

// RFC 8259, of {"t": [{"a": TEXT, ...}, ...]}: the texts of each object. Throws at all else.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : text_(text) {}

  Records read() {
    Records records;
    expect("{");
    if (string() != "t") throw std::runtime_error("another table");
    expect(":");
    expect("[");
    while (!comes("]")) {
      if (!records.empty()) expect(",");
      expect("{");
      auto& record = records.emplace_back();
      while (!comes("}")) {
        if (!record.empty()) expect(",");
        string();
        expect(":");
        record.push_back(string());
      }
      expect("}");
    }
    expect("]");
    expect("}");
    skip();
    if (!text_.empty()) throw std::runtime_error("more behind the end");
    return records;
  }

 private:
  void skip() { text_.remove_prefix(std::min(text_.find_first_not_of(" \n\r\t"), text_.size())); }
  bool comes(std::string_view what) {
    skip();
    return text_.starts_with(what);
  }
  void expect(std::string_view what) {
    if (!comes(what)) throw std::runtime_error("no " + std::string(what));
    text_.remove_prefix(what.size());
  }
  char next() {
    if (text_.empty()) throw std::runtime_error("the text ends");
    const char c = text_.front();
    text_.remove_prefix(1);
    return c;
  }

  // Of U+0000 to U+FFFF, no halves of pairs: these are never escaped.
  static std::string utf8(unsigned code) {
    const auto byte = [](unsigned value) { return static_cast<char>(value); };
    if (code < 0x80) return {byte(code)};
    if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
    if (code >= 0xD800 && code < 0xE000) throw std::runtime_error("half of a pair");
    return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  }

  std::string escape() {
    constexpr std::string_view kLetters = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
    const char letter = next();
    if (letter != 'u') {
      const std::size_t at = kLetters.find(letter);
      if (at == kLetters.npos) throw std::runtime_error("an unknown escape");
      return {kMeant[at]};
    }
    unsigned code = 0;
    for (int i = 0; i < 4; ++i) {
      const std::size_t digit = std::string_view("0123456789abcdef").find(next());
      if (digit == std::string_view::npos) throw std::runtime_error("no digit");
      code = code * 16 + static_cast<unsigned>(digit);
    }
    return utf8(code);
  }

  std::string string() {
    expect("\"");
    std::string read;
    for (;;) {
      const Character character = first_character(text_.empty() ? "\xFF" : text_);
      if (!character.is_utf8 || character.code < 0x20) throw std::runtime_error("a bad character");
      text_.remove_prefix(character.bytes.size());
      if (character.code == '"') return read;
      read += character.code == '\\' ? escape() : std::string(character.bytes);
    }
  }

  std::string_view text_;
};

// What JSON has for `text`: a character for each byte that is no part of UTF-8.
std::string as_in_json(std::string_view text) {
  std::string in_json;
  while (!text.empty()) {
    const Character character = first_character(text);
    in_json += character.is_utf8 ? character.bytes : "\xEF\xBF\xBD";
    text.remove_prefix(character.bytes.size());
  }
  return in_json;
}

class AnyTexts {
 public:
  std::string text() {
    std::string made;
    for (std::size_t pieces = random_() % 8; pieces > 0; --pieces) {
      const std::size_t which = random_() % (kPieces.size() + 1);
      made += which < kPieces.size() ? std::string(kPieces[which])
                                     : std::string(1, static_cast<char>(random_() % 256));
    }
    return made;
  }

 private:
  static constexpr std::array<std::string_view, 20> kPieces = {"\"",
                                                               "\"\"",
                                                               ",",
                                                               "\n",
                                                               "\r\n",
                                                               "\t",
                                                               "\\",
                                                               "=1+1",
                                                               "'",
                                                               "\r",
                                                               "\xFF",
                                                               "\xC3",
                                                               "\xE2\x80\xAE",
                                                               "\x1B[2J",
                                                               "a b",
                                                               "ä",
                                                               "\x7F",
                                                               "\xF0\x9F\x90\x98",
                                                               "\xED\xA0\x80",
                                                               std::string_view("\0", 1)};
  std::mt19937 random_{4711};
};

// Tables of hostile texts, under hostile names.
std::vector<Table> tables() {
  std::vector<Table> made;
  AnyTexts texts;
  for (std::size_t i = 0; i < 300; ++i) {
    Table table{"t", "", {}, {}};
    const std::size_t columns = 1 + i % 4;
    for (std::size_t c = 0; c < columns; ++c)
      table.columns.push_back({texts.text(), ""});
    for (std::size_t r = 0; r < i % 7; ++r) {
      auto& row = table.rows.emplace_back();
      for (std::size_t c = 0; c < columns; ++c)
        row.emplace_back(texts.text());
    }
    made.push_back(std::move(table));
  }
  return made;
}

std::string printed(const Table& table, OutputFormat format) {
  std::ostringstream out;
  print(out, {table}, format);
  return out.str();
}

template <typename Text>
Records rows_of(const Table& table, Text text) {
  Records rows;
  for (const auto& row : table.rows) {
    auto& read = rows.emplace_back();
    for (const SqlValue& value : row)
      read.push_back(text(std::get<std::string>(value)));
  }
  return rows;
}

TEST(TableReading, GivesEveryByteBackFromCsv) {
  for (const Table& table : tables()) {
    Records expected(1);
    for (const Column& column : table.columns)
      expected[0].push_back(column.key);
    for (auto& row : rows_of(table, [](const std::string& text) { return text; }))
      expected.push_back(row);
    EXPECT_EQ(read_csv(printed(table, OutputFormat::kCsv)), expected);
  }
}

TEST(TableReading, GivesEveryCharacterBackFromJson) {
  for (const Table& table : tables()) {
    EXPECT_EQ(JsonReader(printed(table, OutputFormat::kJson)).read(), rows_of(table, as_in_json));
  }
}

TEST(TableReading, SeesWhatIsWrong) {
  EXPECT_THROW(read_csv("a,b"), std::runtime_error);
  EXPECT_THROW(read_csv("a\"b\n"), std::runtime_error);
  EXPECT_THROW(read_csv("\"a\n"), std::runtime_error);
  EXPECT_THROW(JsonReader("{\"t\": [{\"a\": \"\n\"}]}").read(), std::runtime_error);
  EXPECT_THROW(JsonReader("{\"t\": [{\"a\": \"\xFF\"}]}").read(), std::runtime_error);
  EXPECT_THROW(JsonReader("{\"t\": [{\"a\": \"\"},]}").read(), std::runtime_error);
}

}  // namespace
}  // namespace pgrec
