// Writes the texts of a trace, and the statements that their executions are of.
//
// Executions with one query id are one statement: so the server tells statements apart. Without one
// (the server computes none, or the execution ended before it told) the fingerprint does, for which
// see format/postgres/statement_fingerprint.h; where all executions of a fingerprint that have a
// query id have the same one, those that have none belong to these. A statement that PostgreSQL
// does not plan, such as SET, goes by its fingerprint: its query id is of its literals too.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "analyze/sql/database.h"
#include "format/table/tables.h"

namespace pgrec {

class StatementRows {
 public:
  // Borrows the database, in which the relations are.
  explicit StatementRows(const Database& database);

  void add(const Text& text);

  // The key in the relation `statement_rows` of the statement that an execution ran, by its `text`
  // and PostgreSQL's query id. Adds the statement where it is new. Nothing where neither says which
  // statement it was.
  std::optional<std::int64_t> statement(TextId text, std::optional<std::int64_t> query_id);

  // After the pass: finds in `execution_rows` the statements of what has no query id.
  void finish(Database& database);

 private:
  // What a text says of its statement.
  struct Said {
    std::optional<std::string> key;  // in statement_rows, where there is no query id
    std::optional<std::string> shown, fingerprint;
    bool utility = false;
  };
  std::optional<Text> text_of(TextId id);
  Said said_by(TextId id);
  std::int64_t by_query_id(std::int64_t query_id, const Said& said);
  std::int64_t row(const std::string& key, const Said& said);

  Statement add_text_, find_text_, add_statement_, find_statement_, add_link_, name_statement_;
  // By text and query id; begun anew at a bound.
  std::map<std::pair<TextId, std::optional<std::int64_t>>, std::optional<std::int64_t>> met_;
  bool any_link_ = false;
};

}  // namespace pgrec
