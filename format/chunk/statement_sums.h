// Adds up what a chunk's executions come to, statement by statement. Of the calls it is told when
// an execution ends, function by function (SummaryBuilder::end_run); a statement's sums are found
// by a hash of their key. Knows what an execution said of itself in the chunks before; what it does
// not know of them (a chunk is missing, a text has no id that it knows) makes the chunk's sums
// unknown.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/table/execution_roles.h"
#include "format/table/statement_summary.h"
#include "format/table/summary.h"
#include "format/table/text_fingerprints.h"
#include "format/thread_state.h"

namespace pgrec {

// What the sums are made with.
struct StatementSource {
  ExecutionRoles roles;
  const TextFingerprints* texts = nullptr;  // borrowed, of the trace; never null
};

class StatementSums {
 public:
  // Of more statements in a chunk the rest is not summed.
  static constexpr std::size_t kMost = 1024;
  // Of which so many can be texts without a fingerprint, which are hardly met twice.
  static constexpr std::size_t kMostTexts = 64;

  explicit StatementSums(StatementSource source) : source_(std::move(source)) {}

  const ExecutionRoles& roles() const { return source_.roles; }

  // A chunk is missing before the next one.
  void forget();
  // What follows is of this thread, which has `state` open at the start of the chunk. It must be
  // there, as the events change it, until leave(). Each thread with something open must be named,
  // also without an event.
  void thread(const ThreadKey& key, const ThreadState& state);
  // The thread's events are over; nothing where none was named. What runs goes on in the next
  // chunk: the run of calls that has not ended in `calls` is its.
  void leave(SummaryBuilder& calls);
  // The execution that runs, or kNoExecution.
  ExecutionId running() const { return now_.id; }

  void execution_begun(const OpenExecution& execution);
  // An event of a class whose role tells something, with its arguments where it has some.
  void class_event(const ExecutionRole& role, std::span<const Argument> arguments);
  // The one that runs; the run of calls that has not ended in `calls` is its.
  void execution_ended(const Execution& execution, SummaryBuilder& calls);
  // A call ended whose execution is another than what runs.
  void late_call(const EndedCall& call, std::uint32_t number);

  // Puts the sums of the chunk into `summary`, and begins the next; `functions`: by their numbers.
  void take(Summary& summary, const std::vector<FunctionId>& functions);

 private:
  // What an execution has said so far.
  struct Running {
    ExecutionId id = kNoExecution;
    TextId text{};
    std::optional<std::uint64_t> fingerprint;  // of the text; none: not known
    std::uint64_t query_id = 0;
    bool whole = true;  // its beginning was seen, and all since
    bool only_prepared = false, of_leader = false, said = false, failed = false;
    std::uint32_t measured = 0;  // bits: which of these
    std::array<std::uint64_t, layout::kMaxStatementMeasures> measures{};
  };
  // One that has ended, with calls that have not.
  struct Late {
    ExecutionId id{};
    StatementKey key;
    TextId text{};
  };
  struct Kept {
    Running running;
    std::vector<Late> late;  // in the order in which they ran
  };
  struct KeyHash {
    std::size_t operator()(const StatementKey& key) const;
  };
  // Functions have numbers, as SummaryBuilder::end_run() gives them.
  struct Row {
    StatementSummary sums;                     // with the functions of higher numbers only
    std::vector<StatementFunction> functions;  // by number
    StatementFunction& of(std::uint32_t number, FunctionId function) {
      return number < functions.size() ? functions[number] : add(number, function);
    }
    StatementFunction& add(std::uint32_t number, FunctionId function);
  };
  static constexpr std::uint32_t kFew = 256;  // with lower ones functions are found by their number

  void say(const ExecutionRole& role, std::span<const Argument> arguments);
  StatementKey key_of(std::uint64_t query_id) const;
  Row* row_of(const StatementKey& key, TextId text);
  void add_run(SummaryBuilder& calls, const StatementKey& key, Row* row);
  void add_to(StatementSummary& sums, const Execution& execution) const;
  void add_long(const Execution& execution);

  StatementSource source_;
  std::unordered_map<StatementKey, Row, KeyHash> rows_;
  Row* last_ = nullptr;  // into rows_: the one found last
  StatementKey last_key_;
  std::size_t rows_of_texts_ = 0;  // of these, those without a fingerprint
  bool complete_ = true;
  bool texts_known_ = true;       // of the executions so far
  bool beginnings_known_ = true;  // what they said before the chunk
  std::vector<LongExecution> longest_;
  Duration long_from_{-1};  // what an execution has to last longer than to be among them

  ThreadKey key_;
  const ThreadState* state_ = nullptr;
  Running now_;
  std::vector<Late> late_;
  std::map<ThreadKey, Kept> before_, after_;  // at the start of the chunk, and at its end
};

}  // namespace pgrec
