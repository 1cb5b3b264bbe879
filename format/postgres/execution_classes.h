// The classes of events by which a trace tells what became of executions: what pgrec record writes
// and pgrec's reports know. To a reader that does not know them they are events like any other.
//
// Of the first five, the last in an execution says what became of it; an execution without any
// ended, and nobody knows how.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "format/event.h"
#include "format/postgres/measures.h"
#include "format/table/tables.h"

namespace pgrec {

namespace execution_class {
// Reported its completion. kQueryId, kPrepare, and the measures of measures.h.
inline constexpr std::string_view kCompleted = "execution.completed";
// Ended by an ERROR. kQueryId, kPrepare, the counters of measures.h, and kSqlstate.
inline constexpr std::string_view kFailed = "execution.failed";
// Its process ended in it, and had not said why. No arguments.
inline constexpr std::string_view kProcessEnded = "execution.process-ended";
// Its portal gave as many rows as were asked for, and waits for the next Execute. As kFailed, but
// for kSqlstate.
inline constexpr std::string_view kSuspended = "execution.suspended";
// No execution after all: the statement was only prepared (Parse, Bind), or there was none in the
// text. No arguments.
inline constexpr std::string_view kNotRun = "execution.not-run";
// At its beginning: a parallel worker's part of an execution. kLeader.
inline constexpr std::string_view kOfLeader = "execution.of-leader";
// At its beginning: it ran when the trace began. kRunningFor.
inline constexpr std::string_view kRunning = "execution.running";
// At its beginning: its session is another than its process's first execution had. kApplication,
// kUser, kSessionUser.
inline constexpr std::string_view kSession = "execution.session";
// Its text is another than it began with: that of a message of several statements which failed
// before any of them began. kText.
inline constexpr std::string_view kOfText = "execution.of-text";
// The thread is idle in a transaction from here to its next execution. kAborted, kRunningFor.
inline constexpr std::string_view kIdleInTransaction = "idle-in-transaction";
// The thread reported an ERROR, or what is worse, in an execution or not. kSeverity, kSqlstate,
// kMessage.
inline constexpr std::string_view kError = "error";
}  // namespace execution_class

namespace execution_argument {
inline constexpr std::string_view kQueryId = "query_id";  // PostgreSQL's; 0: it computed none
// From its beginning to when it ran: parsing, analysis, planning. Of one that never ran: all of it.
inline constexpr std::string_view kPrepare = "prepare_ns";
inline constexpr std::string_view kSqlstate = "sqlstate";  // five characters; empty: not known
inline constexpr std::string_view kLeader = "leader_pid";  // 0: not known
// For how long it had run, or been idle, when the trace began; 0: not known, or it was not.
inline constexpr std::string_view kRunningFor = "running_ns";
// The members of Session (format/table/tables.h).
inline constexpr std::string_view kApplication = "application";
inline constexpr std::string_view kUser = "user";
inline constexpr std::string_view kSessionUser = "session_user";
inline constexpr std::string_view kText = "text";
inline constexpr std::string_view kSeverity =
    "severity";  // "ERROR", "FATAL", "PANIC"; empty: not known
inline constexpr std::string_view kMessage = "message";  // empty: not known, or not to be recorded
inline constexpr std::string_view kAborted = "aborted";  // 1: the transaction has failed
}  // namespace execution_argument

// Their ids in the traces of this pgrec. Another's may differ: readers go by names.
enum class ExecutionClass : std::uint32_t {
  kCompleted = 0,
  kFailed = 1,
  kSuspended = 2,
  kNotRun = 3,
  kOfLeader = 4,
  kRunning = 5,
  kIdleInTransaction = 6,
  kProcessEnded = 7,
  kSession = 8,
  kOfText = 9,
  kError = 10,
};
// From here on ids are free for other classes.
inline constexpr std::uint32_t kFirstOtherClass = 16;

inline ClassId id_of(ExecutionClass one) {
  return ClassId{static_cast<std::uint32_t>(one)};
}

// The classes, in the order of their ids, each with the arguments that are known: in this order
// kQueryId, kPrepare, the counters, then the rows or kSqlstate.
std::vector<EventClass> execution_classes(const KnownOfExecutions& known);

}  // namespace pgrec
