// A slow statement, or an error of none, as a line of the log: text for people and grep, or JSON
// for programs. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bpf/wire_slow.h"
#include "format/clock.h"
#include "format/postgres/measures.h"
#include "format/postgres/process_title.h"
#include "format/table/tables.h"

namespace pgrec {

struct SlowStatement {
  std::uint32_t pid = 0;
  ProcessIdentity who;
  std::string application;       // when it began; empty: unknown, or the client gave none
  std::string session_user;      // the same; `who.user` is as whom it ran
  std::int64_t ended_at_ns = 0;  // since 1970, UTC
  Duration duration{};           // from its first message to its end, with its transaction's where
                                 // that came with it
  std::optional<Duration> prepare;  // until it ran; nothing where it did not
  std::optional<Duration> commit;   // from its completion to its transaction's end, at a Sync
  wire_slow_outcome outcome = WIRE_SLOW_COMPLETED;
  // Empty: it did not fail, or not known.
  std::string severity, sqlstate, message;
  std::optional<std::uint64_t> rows;
  std::uint64_t query_id = 0;  // 0: the server computed none
  bool ran = false;            // what follows is measured
  std::uint64_t usage[WIRE_USAGES] = {};
  std::uint32_t statements = 1;  // of a message, told together
  bool found = false;            // it ran already when pgrec began
  Text text;
};

// What a process reported as an ERROR, a FATAL or a PANIC while it ran no statement.
struct ServerError {
  std::uint32_t pid = 0;
  ProcessIdentity who;
  std::string application;  // then, like the next
  std::string session_user;
  std::int64_t at_ns = 0;  // since 1970, UTC
  // Empty: not known.
  std::string severity, sqlstate, message;
};

// "completed", "error", "suspended", "not-run", "ended".
const char* name(wire_slow_outcome outcome);

// 2026-11-21T11:17:01.123+00:00, in the time zone of this process.
std::string time_text(std::int64_t realtime_ns);

// `text` printable (format/print/printable.h), and each backslash of it \\, so that it can be read
// back.
std::string on_one_line(std::string_view text);

// The line without its end. `known`: what the server's build tells; the rest is null.
std::string text_line(const SlowStatement& statement);
std::string json_line(const SlowStatement& statement, const KnownOfExecutions& known);
std::string text_line(const ServerError& error);
std::string json_line(const ServerError& error);

// A line about the log itself: `event` in a word, `message` in a sentence.
std::string text_line(std::int64_t at_ns, std::string_view message);
std::string json_line(std::int64_t at_ns, std::string_view event, std::string_view message);

}  // namespace pgrec
