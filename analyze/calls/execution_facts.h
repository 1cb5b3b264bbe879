// What a trace says of an execution beside its begin and its end: the classes of events of
// format/postgres/execution_classes.h, put together. Traces of earlier recorders, and of other
// programs, have none of them or describe them otherwise; what they do not say is not there.
//
// Of the classes that say how an execution ended the last one counts: an ERROR at commit comes
// after the completion. Where it is silent (how many rows, when it ran), those before it count.
#pragma once

#include <array>
#include <cstdint>
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
  bool is_idle_in_transaction(ClassId event_class) const {
    return known(event_class).tells == Tells::kIdle;
  }
  // Of such an event: whether the transaction has failed; and for how long it had been idle when
  // the trace began.
  struct IdleFacts {
    std::optional<bool> aborted;
    std::optional<std::int64_t> running_ns;
    bool operator==(const IdleFacts&) const = default;
  };
  IdleFacts idle_facts(ClassId event_class, const ArgumentValues& arguments) const;

  // Whether events of the class tell of executions.
  bool tells_of_executions(ClassId event_class) const {
    const Tells tells = known(event_class).tells;
    return tells != Tells::kNothing && tells != Tells::kIdle;
  }
  // Adds what such an event tells of the execution that runs.
  void add(const Event& event, const ArgumentValues& arguments, ExecutionFacts& facts) const;

 private:
  enum class Tells : std::uint8_t {
    kNothing,
    kEnd,
    kNotRun,
    kOfLeader,
    kRunning,
    kSession,
    kOfText,
    kIdle
  };
  // Arguments that are looked for: the measures, and behind them the others.
  enum Looked : std::size_t {
    kQueryId = kMeasures.size(),
    kPrepare,
    kSqlstate,
    kLeader,
    kRunningFor,
    kAborted,
    kApplication,
    kUser,
    kSessionUser,
    kText,
    kLookedFor
  };
  static constexpr std::uint8_t kNowhere = 0xFF;
  struct Known {
    Tells tells = Tells::kNothing;
    ExecutionFacts::End end = ExecutionFacts::End::kNotSaid;
    std::array<std::uint8_t, kLookedFor> places{};  // where each stands; kNowhere
  };
  static Known known_by_name(std::string_view name);
  static std::size_t looked_for(std::string_view name);
  static const Argument* find(const Known& known, const ArgumentValues& arguments,
                              std::size_t looked);
  const Known& known(ClassId event_class) const {
    static constexpr Known kNone;
    const std::size_t id = value(event_class);
    return id < classes_.size() ? classes_[id] : kNone;
  }

  std::vector<Known> classes_;  // by id
};

}  // namespace pgrec
