#include "analyze/sql/statement_rows.h"

#include "format/postgres/statement_text.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kMostMet = 1u << 16;

// Values of texts.kind.
enum TextKind : std::int64_t { kVerbatim = 0, kUnreadable = 1, kWithheld = 2, kNormalized = 3 };

// A number below 2^64 as SQLite's integers hold it.
std::int64_t as_stored(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

// Whether `text` holds the bytes of the query.
bool is_verbatim(const Text& text) {
  return !text.withheld && !text.normalized && !text.unreadable;
}

std::optional<std::int64_t> query_bytes(const Text& text) {
  if (text.query_bytes != 0) return as_stored(text.query_bytes);
  if (text.cut || !is_verbatim(text)) return std::nullopt;
  return static_cast<std::int64_t>(text.text.size());
}

}  // namespace

StatementRows::StatementRows(const Database& database)
    : add_text_(database.prepare("INSERT OR IGNORE INTO texts VALUES (?,?,?,?,?,?)")),
      find_text_(database.prepare(
          "SELECT text, cut, kind, query_bytes, fingerprint FROM texts WHERE text_id = ?")),
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

std::optional<std::int64_t> StatementRows::statement(TextId text,
                                                     std::optional<std::int64_t> query_id) {
  auto known = met_.find(text);
  if (known == met_.end()) {
    if (met_.size() == kMostMet) met_.clear();
    known = met_.emplace(text, look_at(text)).first;
  }
  if (!known->second.by_query_id) return known->second.statement;
  if (!query_id) return std::nullopt;
  return row("query " + std::to_string(*query_id), std::nullopt, std::nullopt);
}

StatementRows::Known StatementRows::look_at(TextId id) {
  const auto text = text_of(id);
  if (!text) return {};
  std::optional<std::string> shown;
  if (is_verbatim(*text)) shown = statement_text(text->text);
  if (text->normalized) shown = text->text;
  std::optional<std::uint64_t> print;
  if (text->fingerprint != 0) {
    print = text->fingerprint;
  } else if (is_verbatim(*text) && !text->cut) {
    print = statement_fingerprint(text->text);
  }
  if (print) {
    const std::string fingerprint = fingerprint_text(*print);
    return {false, row("fingerprint " + fingerprint, shown, fingerprint)};
  }
  if (shown) return {false, row("text " + *shown, shown, std::nullopt)};
  return {text->withheld, std::nullopt};
}

std::int64_t StatementRows::row(const std::string& key, const std::optional<std::string>& text,
                                const std::optional<std::string>& fingerprint) {
  const auto find = [&]() -> std::optional<std::int64_t> {
    find_statement_.bind(1, key);
    std::optional<std::int64_t> id;
    if (find_statement_.step()) id = find_statement_.integer(0);
    find_statement_.run();
    return id;
  };
  if (const auto known = find()) return *known;
  add_statement_.bind(1, key).bind(2, text).bind(3, fingerprint).run();
  return find().value_or(0);
}

}  // namespace pgrec
