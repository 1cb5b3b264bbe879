// Turns what the server of one thread reports of its queries into the executions of a trace, with
// what became of each.
//
// A report of a query begins an execution. It ends
//   - in the simple protocol when it completes: the next statement of the same text then begins at
//     once;
//   - when it fails;
//   - else with the next report, of another query or that none runs, so that in the extended
//     protocol the end of its transaction, which comes with the Sync message, still belongs to it.
// One that neither completed, failed nor was suspended by then was no execution after all, but a
// Parse or Bind without an Execute; in a process without a client (autovacuum, a background worker)
// nobody reports completions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/postgres/execution_classes.h"
#include "record/kernel/hit.h"
#include "record/matching/query_texts.h"

namespace pgrec {

// Events of one thread, and the arguments of those that are of classes, both in order.
struct MatchedEvents {
  std::vector<Event> events;
  std::vector<ArgumentValues> arguments;
  void clear() {
    events.clear();
    arguments.clear();
  }
};

// What executions need from outside, the same for all threads.
struct QueryContext {
  KnownOfExecutions known;
  std::function<std::shared_ptr<const QueryText>(const QueryHit&, const ThreadKey&)> text_of;
  std::function<TextId(const Text&)> text_id;
  // The process for which another one, a parallel worker, works; none for others.
  std::function<std::optional<std::uint32_t>(std::uint32_t pid)> leader_of;
  // The session of a process at a time, CLOCK_MONOTONIC, where it is another than the trace says of
  // the process.
  std::function<std::optional<Session>(std::uint32_t pid, std::uint64_t at_ns)> other_session;
  std::uint64_t begin_ns = 0;  // of the trace, CLOCK_MONOTONIC
};

class ExecutionMatcher {
 public:
  // The hits of a kind each; `now` is the time of the event, `lost_reports` how many reports of the
  // server's were lost before it.
  void begin(const Hit& hit, const ThreadKey& thread, Timestamp now, std::uint64_t lost_reports,
             QueryContext& context, MatchedEvents& out);
  void done(const Hit& hit, const ThreadKey& thread, Timestamp now, std::uint64_t lost_reports,
            QueryContext& context, MatchedEvents& out);
  // Whether it fails what runs, done() says. One that is of no statement, behind one that completed
  // in a pipeline, ends that.
  void error(Hit& hit, Timestamp now, QueryContext& context, MatchedEvents& out);
  void idle(const Hit& hit, Timestamp now, std::uint64_t lost_reports, QueryContext& context,
            MatchedEvents& out);
  // `flags`: enum wire_end_flags.
  void thread_ended(std::uint8_t flags, Timestamp now, QueryContext& context, MatchedEvents& out);

  // Ends what runs, if reports that came since it began are lost.
  void doubt(std::uint64_t lost_reports, Timestamp now, MatchedEvents& out);
  // Whatever runs ends unseen.
  void lose(Timestamp now, MatchedEvents& out);
  // What runs, or is idle in a transaction, begins again at `now`, in another trace.
  void begin_again(const ThreadKey& thread, Timestamp now, QueryContext& context,
                   MatchedEvents& out);

  bool idle() const { return !running_ && !message_ && !transaction_; }

 private:
  struct Running {
    std::shared_ptr<const QueryText> text;
    std::size_t statement = 0;  // of it
    Timestamp begun{};
    std::uint64_t lost_reports = 0;  // before its begin
    bool client = false;
    bool said = false;  // what became of it
  };
  void start(const ThreadKey& thread, Timestamp now, QueryContext& context, MatchedEvents& out);
  void end(Timestamp now, QueryContext& context, MatchedEvents& out);
  void tell_message(Timestamp now, QueryContext& context, MatchedEvents& out);

  std::optional<Running> running_;
  // A text of the simple protocol of which a statement completed: another may follow.
  std::optional<Running> message_;
  // The thread is idle in one.
  struct Transaction {
    bool failed = false;
    std::uint64_t idle_from_ns = 0;  // CLOCK_MONOTONIC; 0: not known
    std::uint64_t lost_reports = 0;  // before its begin
  };
  std::optional<Transaction> transaction_;
};

}  // namespace pgrec
