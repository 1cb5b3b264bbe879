// --transactions: from the first execution of one, such as BEGIN, to its end.
#pragma once

#include "analyze/calls/transactions.h"
#include "analyze/report/view_result.h"

namespace pgrec {

struct TransactionViewOptions {
  std::size_t most = 20;
};

// The longest transactions (analyze/calls/transactions.h): the first execution of each, by whose id
// it can be asked for, when it began, how long it took, how long it was idle in that, statements,
// errors, how it ended, who, and the texts of its first and last statement. Text has these below
// each row.
ViewResult transaction_view(Analysis& analysis, const TransactionViewOptions& options);

}  // namespace pgrec
