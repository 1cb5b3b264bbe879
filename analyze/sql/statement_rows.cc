#include "analyze/sql/statement_rows.h"

#include "format/postgres/statement_fingerprint.h"
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

constexpr const char* kFindStatements =
    "UPDATE execution_rows AS e SET statement_id = ("
    "  SELECT l.statement_id FROM statement_rows s JOIN statement_links l USING (key) "
    "  WHERE s.statement_id = e.statement_id) "
    "WHERE query_id IS NULL AND statement_id IN ("
    "  SELECT s.statement_id FROM statement_rows s JOIN statement_links l USING (key) "
    "  GROUP BY s.statement_id HAVING count(*) = 1)";

}  // namespace

StatementRows::StatementRows(const Database& database)
    : add_text_(database.prepare("INSERT OR IGNORE INTO texts VALUES (?,?,?,?,?,?)")),
      find_text_(database.prepare(
          "SELECT text, cut, kind, query_bytes, fingerprint FROM texts WHERE text_id = ?")),
      add_statement_(database.prepare(
          "INSERT OR IGNORE INTO statement_rows (key, text, fingerprint) VALUES (?,?,?)")),
      find_statement_(database.prepare("SELECT statement_id FROM statement_rows WHERE key = ?")),
      add_link_(database.prepare("INSERT OR IGNORE INTO statement_links VALUES (?,?)")),
      name_statement_(
          database.prepare("UPDATE statement_rows SET text = ?2, fingerprint = ?3 "
                           "WHERE statement_id = ?1 AND text IS NULL AND fingerprint IS NULL")) {}

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
  const auto known = met_.find({text, query_id});
  if (known != met_.end()) return known->second;
  if (met_.size() == kMostMet) met_.clear();
  const Said said = said_by(text);
  std::optional<std::int64_t> statement;
  if (query_id && !said.utility)
    statement = by_query_id(*query_id, said);
  else if (said.key)
    statement = row(*said.key, said);
  met_.emplace(std::pair(text, query_id), statement);
  return statement;
}

StatementRows::Said StatementRows::said_by(TextId id) {
  Said said;
  const auto text = text_of(id);
  if (!text || text->unreadable) return said;
  std::uint64_t print = text->fingerprint;
  if (is_verbatim(*text) && text->text.starts_with(kAutovacuumText)) {
    said.shown = text->text;
  } else if (is_verbatim(*text)) {
    said.shown = text_without_literals(text->text, text->cut, Doubt::kTakesTheLikely);
    said.utility = is_utility(text->text);
    if (print == 0) print = statement_fingerprint(text->text, text->cut);
  } else if (text->normalized) {
    said.shown = text->text;
    said.utility = is_utility(text->text);
  }
  if (print != 0) said.fingerprint = fingerprint_text(print);
  if (said.fingerprint)
    said.key = "fingerprint " + *said.fingerprint;
  else if (said.shown)
    said.key = "text " + *said.shown;
  return said;
}

// The first text that is known of it names it.
std::int64_t StatementRows::by_query_id(std::int64_t query_id, const Said& said) {
  const std::int64_t id = row("query " + std::to_string(query_id), said);
  if (!said.key) return id;
  name_statement_.bind(1, id).bind(2, said.shown).bind(3, said.fingerprint).run();
  add_link_.bind(1, *said.key).bind(2, id).run();
  any_link_ = true;
  return id;
}

std::int64_t StatementRows::row(const std::string& key, const Said& said) {
  const auto find = [&]() -> std::optional<std::int64_t> {
    find_statement_.bind(1, key);
    std::optional<std::int64_t> id;
    if (find_statement_.step()) id = find_statement_.integer(0);
    find_statement_.run();
    return id;
  };
  if (const auto known = find()) return *known;
  add_statement_.bind(1, key).bind(2, said.shown).bind(3, said.fingerprint).run();
  return find().value_or(0);
}

void StatementRows::finish(Database& database) {
  if (any_link_) database.execute(kFindStatements);
}

}  // namespace pgrec
