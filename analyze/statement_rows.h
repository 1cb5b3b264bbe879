// Writes the texts of a trace, and the statements that their executions are of. A text of several
// statements is taken apart into the parts that executions ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>

#include "analyze/database.h"
#include "format/tables.h"

namespace pgrec {

// The part of a text that is the statement itself: `bytes` from `from` on (0: to the end), without
// blanks and semicolons around it. Nothing where that is not in the text, or all of it.
std::optional<std::string> statement_in(const Text& text, std::uint64_t from, std::uint64_t bytes);

class StatementRows {
 public:
  // Borrows the database, in which the relations are.
  explicit StatementRows(const Database& database);

  void add(const Text& text);

  // The key in the relation `parts` of what an execution ran, which is added where it is new.
  struct Part {
    TextId text{};
    std::uint64_t from = 0;   // bytes in the text
    std::uint64_t bytes = 0;  // 0: to the end
    std::optional<std::int64_t> query_id;
  };
  std::int64_t part(const Part& part);

 private:
  std::int64_t add_part(Part part);
  std::optional<Text> text_of(TextId id);
  std::optional<std::int64_t> find_statement(const std::string& key);
  std::optional<std::int64_t> statement(const Text& text, const Part& part,
                                        const std::optional<std::string>& own);

  Statement add_text_, find_text_, add_part_, find_part_, add_statement_, find_statement_;
  using Key = std::tuple<std::uint32_t, std::uint64_t, std::uint64_t, std::int64_t>;
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  std::unordered_map<Key, std::int64_t, Hash> met_;  // begun anew at a bound
};

}  // namespace pgrec
