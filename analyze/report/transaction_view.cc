#include "analyze/report/transaction_view.h"

#include <fmt/core.h>

#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

Table transaction_columns() {
  return {"transactions",
          "",
          {{"execution_id", "id"},
           {"ts_ns", "at", Unit::kDurationNs},
           {"duration_ns", "duration", Unit::kDurationNs},
           {"idle_ns", "idle", Unit::kDurationNs},
           {"statements", "statements", Unit::kCount},
           {"errors", "errors", Unit::kCount},
           {"outcome", "outcome"},
           {"pid", "pid"},
           {"database", "database", Unit::kPlain, Shown::kNever},
           {"user", "user", Unit::kPlain, Shown::kNever},
           {"application", "", Unit::kPlain, Shown::kNever},
           {"begin_seen", "", Unit::kPlain, Shown::kNever},
           {"last_execution_id", "", Unit::kPlain, Shown::kNever},
           {"first", "", Unit::kPlain, Shown::kNever},
           {"last", "", Unit::kPlain, Shown::kNever}},
          {}};
}

std::optional<std::string> text_of(const SetTexts& texts, const ExecutionRecord& execution) {
  const auto text = texts.find(*execution.file, execution.own_text());
  if (!text || text->withheld || text->unreadable) return std::nullopt;
  return text->text;
}

std::string shown(const std::optional<std::string>& text) {
  return text ? one_line(*text, 64) : std::string("(its text is not known)");
}

}  // namespace

ViewResult transaction_view(Analysis& analysis, const TransactionViewOptions& options) {
  const SetTexts& texts = analysis.texts();
  const Transactions found = find_transactions(wanted_executions(analysis), texts, options.most);
  Table table = transaction_columns();
  for (const Transaction& one : found.longest) {
    const bool any = one.statements > 0;
    const ProcessLives::Life* const process = process_of(one.first);
    const ProcessIdentity who = process ? process->identity : ProcessIdentity{};
    const Session session = session_of(one.first);
    const auto id = [any](const ExecutionRecord& execution) {
      return any ? as_value(value(execution.id)) : SqlValue();
    };
    const auto first = any ? text_of(texts, one.first) : std::nullopt;
    const auto last = any ? text_of(texts, one.last) : std::nullopt;
    table.rows.push_back({id(one.first), to_ns(one.begun), as_value(one.taken), as_value(one.idle),
                          as_value(one.statements), as_value(one.errors),
                          std::string(outcome_of(one, texts)), std::int64_t{one.first.thread.pid},
                          as_value(who.database), as_value(session.user),
                          as_value(session.application), std::int64_t{one.begin_seen}, id(one.last),
                          as_value(first), as_value(last)});
    auto& note = table.notes.emplace_back();
    if (!one.begin_seen) note.emplace_back("(it was open when the recording began)");
    if (any) note.push_back("first: " + shown(first));
    if (one.statements > 1) note.push_back("last:  " + shown(last));
  }
  ViewResult view;
  view.tables = {std::move(table)};
  view.nothing = "no transactions of several statements";
  if (found.count > 0) {
    view.below.push_back(fmt::format("{}, together {}, of which {} idle",
                                     plural(found.count, "transaction"), duration_text(found.taken),
                                     duration_text(found.idle)));
  }
  return view;
}

}  // namespace pgrec
