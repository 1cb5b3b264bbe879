// What the summaries of a set say of its executions: statement by statement, and the longest of
// them. From traces of format 1.4 on; by it a view of all executions reads no chunk but those that
// have what it shows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/calls/longest_executions.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/set_texts.h"
#include "analyze/calls/statement_sums.h"
#include "analyze/calls/statement_table.h"
#include "format/table/statement_summary.h"

namespace pgrec {

class StoredExecutions {
 public:
  // Nothing where the summaries do not say it, or not whole: of a file that is not closed, damaged
  // or from before format 1.4, or whose executions go on in the next part. Reads the last chunk of
  // each file, for what is open. Borrows the set.
  static std::optional<StoredExecutions> of(TraceSet& set, const PassOptions& options);

  // How many there are.
  std::uint64_t executions() const;
  // Which statements there are, as statements_seen() gives them by a pass.
  StatementsSeen seen(const SetTexts& texts) const;
  // What they come to, as sum_statements() gives it of all executions. With `functions`, nothing
  // where a text is of several statements, so that it is not known whose its calls were, and where
  // calls ended without a return: how long these can have taken is in no summary.
  std::optional<StatementTotals> sums(const StatementTable& table, const CallSelection& calls,
                                      bool functions) const;
  // The `most` longest, as longest_executions() gives them of all executions; nothing of more than
  // the summaries list.
  std::optional<std::vector<SlowExecution>> longest(std::size_t most) const;

 private:
  struct OfFile {
    TraceSet::File* file = nullptr;
    Statements statements;
    std::vector<LongExecution> longest;  // with the ids of the file
  };

  explicit StoredExecutions(TraceSet& set, const PassOptions& options)
      : set_(&set), options_(options) {}

  TraceSet* set_;
  PassOptions options_;
  std::vector<OfFile> files_;
  bool all_returned_ = true;           // calls that ended
  std::vector<ExecutionRecord> open_;  // executions, without what is told at their end
};

}  // namespace pgrec
