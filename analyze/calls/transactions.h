// Transactions: from the first execution of one, such as BEGIN, to its end.
//
// An execution behind which its process was idle in a transaction is in one transaction with the
// next execution of the process. So is every execution behind a BEGIN, up to the one that ends the
// transaction, where the texts are known: those of one message have no idle time between them. An
// execution that is alone in its transaction is none here. What was prepared, but not run, is no
// statement of a transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/calls/execution_record.h"
#include "analyze/calls/set_texts.h"
#include "analyze/calls/wanted_executions.h"

namespace pgrec {

struct Transaction {
  ExecutionRecord first, last;  // of its executions that were seen; of none only the process
  bool begin_seen = true;       // false: it was open already when the trace began
  Timestamp begun{};
  std::optional<Timestamp> ended;  // none: it was open when recording stopped
  Duration taken{};                // until it ended, or recording stopped
  Duration idle{};                 // in it
  std::uint64_t statements = 0, errors = 0;
  bool failed = false;  // the last time that it was idle it had failed already
};

// How it ended, by what the last execution says: "committed", "rolled back", "prepared"; "open";
// "ended": nobody says how.
const char* outcome_of(const Transaction& transaction, const SetTexts& texts);

struct Transactions {
  std::vector<Transaction> longest;  // first the longest, then by when they began
  std::uint64_t count = 0;
  Duration taken{}, idle{};  // of all
};

// The `most` longest that began in the selection's range, took as long as it says, and have an
// execution that is wanted otherwise. By a pass over all executions; holds what is open.
Transactions find_transactions(const WantedExecutions& wanted, const SetTexts& texts,
                               std::size_t most);

}  // namespace pgrec
