// The statements of a set, and of which of them an execution is.
//
// Executions with one query id are one statement: so the server tells statements apart. Without one
// (the server computes none, or the execution ended before it told) what its text says does
// (analyze/calls/set_texts.h); where all executions of such a text that have a query id have the
// same one, those that have none belong to these. A statement that PostgreSQL does not plan, such
// as SET, goes by its text: its query id is of its literals too.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/execution_record.h"
#include "analyze/calls/set_texts.h"

namespace pgrec {

struct StatementRow {
  std::int64_t id = 0;                   // from 1, in the order of the first text
  std::optional<std::int64_t> query_id;  // by which it is known
  Said said = kNothingSaid;              // what its first text says that says anything
  std::uint32_t file = 0;                // of the text that names it
  TextId text{};                         // the first
};

// Which texts and query ids executions have; what a table is made of. Pieces add up.
class StatementsSeen {
 public:
  explicit StatementsSeen(const SetTexts& texts) : texts_(&texts) {}

  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind != ExecutionFacts::Kind::kRun) return;
    add(*execution.file, execution.own_text(), execution.facts.query_id);
  }
  void add(const TraceSet::File& file, TextId text, std::optional<std::int64_t> query_id);
  void merge(const StatementsSeen& other);

 private:
  friend class StatementTable;
  using Key = std::pair<Said, std::optional<std::int64_t>>;
  using First = std::pair<std::uint32_t, TextId>;  // file and text
  const SetTexts* texts_;
  std::map<Key, First> all_;
  Key last_{};  // added, and there
  First last_first_{};
};

class StatementTable {
 public:
  // Borrows the texts.
  StatementTable(const SetTexts& texts, const StatementsSeen& seen);

  const std::vector<StatementRow>& rows() const { return rows_; }
  const SetTexts& texts() const { return texts_; }

  // Place in rows() of the statement that an execution ran; nothing where neither its text nor a
  // query id says which, or it is of a statement that no execution ran.
  std::optional<std::size_t> of(const ExecutionRecord& execution) const {
    return of(*execution.file, execution.own_text(), execution.facts.query_id);
  }
  std::optional<std::size_t> of(const TraceSet::File& file, TextId text,
                                std::optional<std::int64_t> query_id) const {
    return of(texts_.said(file, text), query_id);
  }
  std::optional<std::size_t> of(Said said, std::optional<std::int64_t> query_id) const;
  // Query ids with which the texts that say this are run.
  std::size_t query_ids_of(Said said) const;

  // Without literals; nothing where it is not known. Reads the text.
  std::optional<std::string> text(const StatementRow& statement) const;
  // "9a848d5e6672b3de"; nothing where it has none.
  std::optional<std::string> fingerprint(const StatementRow& statement) const;
  // What stands for it where it has no text: "query id 4711", "fingerprint 9a84…".
  std::string name(const StatementRow& statement) const;

 private:
  const SetTexts& texts_;
  std::vector<StatementRow> rows_;
  std::map<std::int64_t, std::size_t> by_query_id_;
  std::map<Said, std::size_t> by_said_;
  std::map<Said, std::vector<std::size_t>> links_;  // statements by query id, of a text
};

// By a pass over the executions of the set.
StatementsSeen statements_seen(TraceSet& set, const SetTexts& texts, const PassOptions& options);

}  // namespace pgrec
