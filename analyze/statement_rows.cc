#include "analyze/statement_rows.h"

#include <algorithm>

#include "format/statement_text.h"
#include "format/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kMostMet = 1u << 16;

// Values of texts.kind.
enum TextKind : std::int64_t { kVerbatim = 0, kUnreadable = 1, kWithheld = 2, kNormalized = 3 };

// A number below 2^64 as SQLite's integers hold it.
std::int64_t as_stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

std::string_view trimmed(std::string_view text) {
  constexpr const char* kAround = " \t\r\n\f\v;";
  const std::size_t from = text.find_first_not_of(kAround);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(kAround) + 1 - from);
}

// Whether `text` holds the bytes of the query, so that places in the query are places in it.
bool is_verbatim(const Text& text) {
  return !text.withheld && !text.normalized && !text.unreadable;
}

std::optional<std::int64_t> query_bytes(const Text& text) {
  if (text.query_bytes != 0) return as_stored(text.query_bytes);
  if (text.cut || !is_verbatim(text)) return std::nullopt;
  return static_cast<std::int64_t>(text.text.size());
}

}  // namespace

std::optional<std::string> statement_in(const Text& text, std::uint64_t from, std::uint64_t bytes) {
  const std::string_view whole = text.text;
  if (!is_verbatim(text) || (from == 0 && bytes == 0) || from >= whole.size()) return std::nullopt;
  const std::uint64_t room = whole.size() - from;
  if (bytes > room && !text.cut) return std::nullopt;
  const std::string_view part =
      trimmed(whole.substr(from, bytes == 0 ? room : std::min(bytes, room)));
  if (part.empty() || part == whole) return std::nullopt;
  return std::string(part);
}

std::size_t StatementRows::Hash::operator()(const Key& key) const {
  const auto& [text, from, bytes, query_id] = key;
  std::uint64_t hash = text;
  for (const std::uint64_t more : {from, bytes, static_cast<std::uint64_t>(query_id)})
    hash = (hash ^ (hash >> 29)) * 0x9E3779B97F4A7C15 + more;
  return hash;
}

StatementRows::StatementRows(const Database& database)
    : add_text_(database.prepare("INSERT OR IGNORE INTO texts VALUES (?,?,?,?,?,?)")),
      find_text_(database.prepare(
          "SELECT text, cut, kind, query_bytes, fingerprint FROM texts WHERE text_id = ?")),
      add_part_(database.prepare("INSERT INTO parts (text_id, part_from, part_bytes, query_id, "
                                 "statement_id, text, cut) VALUES (?,?,?,?,?,?,?)")),
      find_part_(database.prepare("SELECT part_id FROM parts WHERE text_id = ? AND part_from = ? "
                                  "AND part_bytes = ? AND query_id = ?")),
      add_statement_(database.prepare(
          "INSERT OR IGNORE INTO statement_rows (key, text, fingerprint) VALUES (?,?,?)")),
      find_statement_(database.prepare("SELECT statement_id FROM statement_rows WHERE key = ?")) {}

void StatementRows::add(const Text& text) {
  std::optional<std::string_view> content;
  if (!text.unreadable && !text.withheld) content = text.text;
  std::optional<std::int64_t> print;
  if (text.fingerprint != 0) print = as_stored(text.fingerprint);
  add_text_.bind(1, std::int64_t{value(text.id)}).bind(2, content);
  add_text_.bind(3, std::int64_t{text.cut});
  add_text_.bind(4, std::int64_t{text.unreadable   ? kUnreadable
                                 : text.withheld   ? kWithheld
                                 : text.normalized ? kNormalized
                                                   : kVerbatim});
  add_text_.bind(5, query_bytes(text)).bind(6, print).run();
}

std::optional<Text> StatementRows::text_of(TextId id) {
  find_text_.bind(1, std::int64_t{value(id)});
  std::optional<Text> found;
  if (find_text_.step()) {
    found.emplace();
    found->id = id;
    found->text = find_text_.text(0);
    found->cut = find_text_.integer(1) != 0;
    found->unreadable = find_text_.integer(2) == kUnreadable;
    found->withheld = find_text_.integer(2) == kWithheld;
    found->normalized = find_text_.integer(2) == kNormalized;
    found->query_bytes = static_cast<std::uint64_t>(find_text_.integer(3));
    found->fingerprint = static_cast<std::uint64_t>(find_text_.integer(4));
  }
  find_text_.run();
  return found;
}

std::int64_t StatementRows::part(const Part& part) {
  const Key key{value(part.text), part.from, part.bytes, part.query_id.value_or(0)};
  if (const auto met = met_.find(key); met != met_.end()) return met->second;
  if (met_.size() == kMostMet) met_.clear();
  const std::int64_t id = add_part(part);
  met_.emplace(key, id);
  return id;
}

// Executions of one text are mostly of one part, whatever their query ids; only what needs them to
// be told apart is kept apart by them.
std::int64_t StatementRows::add_part(Part part) {
  const auto text = text_of(part.text);
  const auto own = text ? statement_in(*text, part.from, part.bytes) : std::nullopt;
  if (text && is_verbatim(*text)) {
    part.query_id.reset();
    if (!own) part.from = part.bytes = 0;
  }
  const auto bind = [&](Statement& statement) {
    statement.bind(1, std::int64_t{value(part.text)}).bind(2, as_stored(part.from));
    statement.bind(3, as_stored(part.bytes)).bind(4, part.query_id.value_or(0));
  };
  const auto find = [&]() -> std::optional<std::int64_t> {
    bind(find_part_);
    std::optional<std::int64_t> id;
    if (find_part_.step()) id = find_part_.integer(0);
    find_part_.run();
    return id;
  };
  if (const auto known = find()) return *known;
  bind(add_part_);
  std::optional<std::int64_t> cut;
  if (text)
    cut = text->cut && (!own || part.bytes == 0 || part.bytes > text->text.size() - part.from);
  add_part_.bind(5, text ? statement(*text, part, own) : std::nullopt).bind(6, own);
  add_part_.bind(7, cut).run();
  return find().value_or(0);
}

std::optional<std::int64_t> StatementRows::find_statement(const std::string& key) {
  find_statement_.bind(1, key);
  std::optional<std::int64_t> id;
  if (find_statement_.step()) id = find_statement_.integer(0);
  find_statement_.run();
  return id;
}

std::optional<std::int64_t> StatementRows::statement(const Text& text, const Part& part,
                                                     const std::optional<std::string>& own) {
  const std::string& query = own ? *own : text.text;
  const auto shown = [&]() -> std::optional<std::string> {
    if (is_verbatim(text)) return statement_text(query);
    if (text.normalized) return text.text;
    return std::nullopt;
  };
  const bool whole = !own || *own == trimmed(text.text);
  std::optional<std::uint64_t> print;
  if (whole && text.fingerprint != 0) {
    print = text.fingerprint;
  } else if (is_verbatim(text) && !text.cut) {
    print = statement_fingerprint(query);
  }
  std::string key;
  if (print) {
    key = "fingerprint " + fingerprint_text(*print);
    // Of which of its statements it was, then nothing else tells.
    const bool in_part = part.from != 0 || part.bytes != 0;
    if (in_part && part.query_id) key += " query " + std::to_string(*part.query_id);
  } else if (const auto words = shown()) {
    key = "text " + *words;
  } else if (part.query_id && text.withheld) {
    key = "query " + std::to_string(*part.query_id);
  } else {
    return std::nullopt;
  }
  if (const auto known = find_statement(key)) return known;
  std::optional<std::string> fingerprint;
  if (print) fingerprint = fingerprint_text(*print);
  add_statement_.bind(1, key).bind(2, shown()).bind(3, fingerprint).run();
  return find_statement(key);
}

}  // namespace pgrec
