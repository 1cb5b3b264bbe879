// The tables of a trace beside its chunks: what was recorded and where, the functions, the classes
// of events, the query texts, the processes, the clock, and the losses. Each becomes the payload of
// frames of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/event.h"
#include "format/frame/bytes.h"
#include "format/table/log_histogram.h"

namespace pgrec {

// Facts about the recording, in the order they were written; a later one of the same key wins. The
// keys are listed in docs/format.md.
using Metadata = std::vector<std::pair<std::string, std::string>>;

// A probed function and its attach point.
struct Function {
  enum class Role : std::uint8_t {
    kCalls = 0,  // its calls are in the trace
    kActivity =
        1,  // its calls told the recorder of executions; listed because events can be lost here
    kEvents = 2,  // a USDT probe: its hits are the events of the class of its name
  };
  FunctionId id{};
  Role role = Role::kCalls;
  std::string name;
  std::string binary;             // path, as the recorder saw it
  std::string build_id;           // hexadecimal; empty when the binary has none
  std::uint64_t file_offset = 0;  // bytes; of its probes
  bool operator==(const Function&) const = default;
};

// "calls", "executions" or "events"; of a role that is not known, "executions".
std::string_view recorded_as(Function::Role role);

// An argument that each event of a class carries.
struct ArgumentType {
  // Values are part of the file format; never renumber.
  enum class Kind : std::uint8_t {
    kUnsigned = 0,
    kSigned = 1,
    kReal = 2,
    kString = 3,  // bytes, in whatever encoding they came
    kText = 4,    // id in the dictionary of query texts
  };
  std::string name;
  Kind kind = Kind::kUnsigned;
  std::string unit;  // "ns", "bytes", "pages", …; empty: a plain number
  bool operator==(const ArgumentType&) const = default;
};

// A class of events beside calls and executions, described in the trace, so that a reader can show
// events that it has never heard of.
struct EventClass {
  // What an event of the class tells of. Values are part of the file format; never renumber.
  enum class Subject : std::uint8_t {
    kThread = 0,
    kCall = 1,       // the innermost open call of its thread
    kExecution = 2,  // the running execution of its thread
  };
  ClassId id{};
  Subject subject = Subject::kThread;
  std::string name;
  std::vector<ArgumentType> arguments;
  bool operator==(const EventClass&) const = default;
};

// The last argument of a class of USDT events, where any may stand in memory that cannot be read:
// bits, which arguments those are.
inline constexpr std::string_view kUnreadableArguments = "unreadable";

// A query text.
struct Text {
  TextId id{};
  bool cut = false;         // the query was longer than what was kept
  bool unreadable = false;  // the query could not be read; `text` is empty
  std::string text;         // as the server had it, in its encoding; no NUL
  bool withheld = false;    // the query was not to be recorded; `text` is empty
  bool normalized = false;  // the query's literals were not to be recorded, and are not in `text`
  std::uint64_t query_bytes = 0;  // of the whole query; 0: not known
  std::uint64_t fingerprint = 0;  // as docs/format.md makes it; 0: not known
  bool operator==(const Text&) const = default;
};

// Who a process is, in the words of pg_stat_activity. Empty: not known, or it has none.
struct ProcessWho {
  std::string backend_type = {};
  std::string database = {};
  std::string user = {};    // who logged in
  std::string client = {};  // "[local]" or "host(port)"
  bool operator==(const ProcessWho&) const = default;
};

// For which application and as whom an execution runs: the server's application_name, current_user
// and session_user when it begins. Empty: not known, or there is none.
struct Session {
  std::string application = {}, user = {}, session_user = {};
  bool operator==(const Session&) const = default;
};

// What is known of a recorded process. Of several rows of one pid, a later one with the same
// `started` replaces the earlier one, and any other is of another process that got its number.
struct Process {
  std::uint32_t pid = 0;
  std::string title;  // what it calls itself ("postgres: alice shop [local] idle"); empty: unknown
  // Of its executions whose own is not told; before format 1.3 the last one.
  std::string application = {};
  std::optional<Timestamp> started = std::nullopt;  // below 0: before the trace began
  std::optional<Timestamp> ended = std::nullopt;
  std::optional<ProcessWho> who = std::nullopt;  // none: what the title says is all there is
  // As `application`.
  std::string user = {};
  std::string session_user = {};
  bool operator==(const Process&) const = default;
};

// One moment on two clocks.
struct ClockSample {
  Timestamp at{};
  std::int64_t realtime_ns = 0;  // since 1970, UTC
  bool operator==(const ClockSample&) const = default;
};

// Events that fired between two moments and were not recorded.
struct Loss {
  Timestamp from{};
  Timestamp to{};
  std::string cause;                   // see docs/format.md, "Losses"
  std::optional<FunctionId> function;  // none: of any
  std::optional<std::uint32_t> cpu;    // where they fired; none: not known
  std::uint64_t events = 0;            // 0: not known how many
  bool operator==(const Loss&) const = default;
};

// What became of one function's events (enters and exits; for the activity function: reports and
// pieces of texts) since the account before: fired = recorded + filtered + lost, once a trace is
// closed and all its accounts and losses are added up.
struct Account {
  FunctionId function{};
  std::uint64_t fired = 0;     // counted in the kernel
  std::uint64_t recorded = 0;  // counted by the recorder
  std::uint64_t filtered = 0;  // left out as was asked for
  LogHistogram short_calls;    // durations of the calls that were filtered because of theirs
  bool operator==(const Account&) const = default;

  void merge(const Account& other);
};

Bytes encode(const Metadata& metadata);
Bytes encode(const std::vector<Function>& functions);
Bytes encode(const std::vector<EventClass>& classes);
Bytes encode(const std::vector<Text>& texts);
Bytes encode(const std::vector<Process>& processes);
Bytes encode(const std::vector<ClockSample>& samples);
Bytes encode(const std::vector<Loss>& losses);
Bytes encode(const std::vector<Account>& accounts);

// The table, or nothing when the bytes are not one or pass a bound.
std::optional<Metadata> decode_metadata(ByteView payload);
std::optional<std::vector<Function>> decode_functions(ByteView payload);
std::optional<std::vector<EventClass>> decode_classes(ByteView payload);
std::optional<std::vector<Text>> decode_texts(ByteView payload);
std::optional<std::vector<Process>> decode_processes(ByteView payload);
std::optional<std::vector<ClockSample>> decode_clocks(ByteView payload);
std::optional<std::vector<Loss>> decode_losses(ByteView payload);
std::optional<std::vector<Account>> decode_accounts(ByteView payload);

}  // namespace pgrec
