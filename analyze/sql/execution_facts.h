// What a trace says of an execution beside its begin and its end: the classes of events of
// format/postgres/execution_classes.h, put together. Traces of earlier recorders, and of other
// programs, have none of them or describe them otherwise; what they do not say is not there.
//
// Of the classes that say how an execution ended the last one counts: an ERROR at commit comes
// after the completion. Where it is silent (how many rows, when it ran), those before it count.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/postgres/execution_classes.h"
#include "format/postgres/measures.h"

namespace pgrec {

struct ExecutionFacts {
  // Values are those of execution_rows.kind.
  enum class Kind : std::uint8_t { kRun = 0, kPreparation = 1, kWorkerRun = 2 };
  enum class End : std::uint8_t { kNotSaid, kCompleted, kFailed, kSuspended };

  Kind kind = Kind::kRun;
  End end = End::kNotSaid;
  std::optional<Timestamp> reported;     // when prepare_ns was said
  std::optional<std::int64_t> query_id;  // as PostgreSQL shows it
  std::optional<std::string> sqlstate;   // of kFailed
  std::optional<std::int64_t> prepare_ns;
  std::optional<std::int64_t> running_ns;  // for how long it had run when the trace began
  std::optional<std::int64_t> leader_pid;
  std::optional<Session> session;  // none: as its process's row says
  std::optional<TextId> text;      // in place of the one it began with
  std::array<std::optional<std::int64_t>, kMeasures.size()> measures;  // as kMeasures
  bool operator==(const ExecutionFacts&) const = default;
};

// Reads events of the classes that tell of executions, which it knows by their names.
class ExecutionFactReader {
 public:
  explicit ExecutionFactReader(const std::vector<EventClass>& classes);

  // Whether events of the class begin an idle time in a transaction.
  bool is_idle_in_transaction(ClassId event_class) const;
  // Of such an event: whether the transaction has failed; and for how long it had been idle when
  // the trace began.
  struct IdleFacts {
    std::optional<bool> aborted;
    std::optional<std::int64_t> running_ns;
    bool operator==(const IdleFacts&) const = default;
  };
  IdleFacts idle_facts(ClassId event_class, const ArgumentValues& arguments) const;

  // Whether events of the class tell of executions.
  bool tells_of_executions(ClassId event_class) const;
  // Adds what such an event tells of the execution that runs.
  void add(const Event& event, const ArgumentValues& arguments, ExecutionFacts& facts) const;

 private:
  enum class Tells { kEnd, kNotRun, kOfLeader, kRunning, kSession, kOfText, kIdle };
  struct Known {
    Tells tells;
    ExecutionFacts::End end = ExecutionFacts::End::kNotSaid;
    // Where each argument that is looked for stands.
    std::map<std::string_view, std::size_t> places;
  };
  const Known* known(ClassId event_class) const;

  std::map<ClassId, Known> classes_;
};

}  // namespace pgrec
