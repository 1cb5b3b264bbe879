// Writes the texts of a trace, and the statements that their executions are of: those with one
// fingerprint; of texts without one, those with one text without literals, or where the text was
// not recorded, with one query id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

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

 private:
  // Of a text.
  struct Known {
    bool by_query_id = false;  // only that says of which statement it is
    std::optional<std::int64_t> statement;
  };
  Known look_at(TextId id);
  std::optional<Text> text_of(TextId id);
  std::int64_t row(const std::string& key, const std::optional<std::string>& text,
                   const std::optional<std::string>& fingerprint);

  Statement add_text_, find_text_, add_statement_, find_statement_;
  std::unordered_map<TextId, Known> met_;  // begun anew at a bound
};

}  // namespace pgrec
