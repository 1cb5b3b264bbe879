// An event as the recorder handles it between the rings and the trace: a wire record taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "bpf/wire.h"
#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/table/tables.h"

namespace pgrec {

// What a report of a query, or of what became of it, says.
struct QueryHit {
  wire_query query{};       // of WIRE_BEGIN
  bool text_lost = false;   // of WIRE_BEGIN: not all of the text got through
  bool unreadable = false;  // of WIRE_BEGIN
  bool fastpath = false;    // of WIRE_BEGIN
  bool client = false;      // of WIRE_BEGIN: its process serves a client
  // Of a WIRE_BEGIN that is not the kernel side's: it ran when recording began, for so long; 0: not
  // known for how long. The same of a WIRE_IDLE: it was idle in a transaction.
  std::optional<std::uint64_t> running_ns;
  wire_done done{};          // of WIRE_COMPLETED, WIRE_FAILED and WIRE_SUSPENDED
  bool in_pipeline = false;  // of WIRE_COMPLETED
};
struct Hit {
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  std::uint64_t sp = 0;     // stack pointer; of WIRE_GONE the thread's CPU time, ns
  std::uint32_t probe = 0;
  wire_kind kind = WIRE_ENTER;
  bool chained = false;                // of WIRE_ENTER: see WIRE_CHAINED
  bool no_return = false;              // of WIRE_ENTER: see WIRE_NO_RETURN
  bool straddles = false;              // of WIRE_EXIT: see WIRE_STRADDLES
  bool odd = false;                    // of enters and exits: see WIRE_ODD
  bool waited = false;                 // of WIRE_ENTER: see WIRE_WAITED
  bool in_transaction = false;         // of WIRE_IDLE
  bool in_failed_transaction = false;  // of WIRE_IDLE
  bool of_statement = false;           // of WIRE_ERROR: see WIRE_OF_STATEMENT
  std::uint8_t end = 0;                // of WIRE_GONE: enum wire_end_flags
  std::unique_ptr<QueryHit> query;     // of WIRE_BEGIN, WIRE_COMPLETED, WIRE_FAILED, WIRE_SUSPENDED
  // Of WIRE_POINT; none where its class has none. Of WIRE_ERROR severity, SQLSTATE and message,
  // each empty where it is not known.
  std::unique_ptr<ArgumentValues> arguments;

  // Whether it is among the events that the kernel side counted as fired. Of the events that are
  // made of a call's, fired() of format/event.h must say the same.
  bool fired() const { return kind != WIRE_GONE && !(query && query->running_ns); }
};

struct ThreadHit {
  ThreadKey thread;
  Hit hit;
};

// A piece of a text; borrows the bytes.
struct TextHit {
  ThreadKey thread;
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  wire_query query{};
  bool first = false;
  bool continues = false;
  bool client = false;  // a client may have written it
  std::string_view text;
};

// What a process says of itself; borrows the bytes.
struct NameHit {
  ThreadKey thread;
  std::uint64_t ts_ns = 0;      // CLOCK_MONOTONIC
  bool is_application = false;  // else the title
  std::string_view name;
  bool client = false;  // of the title: its process serves one
};

// As whom a process works, from here on; the first time, who it is.
struct IdentityHit {
  ThreadKey thread;
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  wire_users users{};
  std::optional<wire_identity> identity;
};

// The name of a role that a process is about to take; borrows the bytes.
struct RoleHit {
  ThreadKey thread;
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  std::uint32_t role = 0;   // OID
  std::string_view name;
};

// A slow statement that is over; borrows the bytes.
struct SlowHit {
  ThreadKey thread;
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  wire_slow slow{};
  std::uint32_t flags = 0;  // enum wire_slow_flags
  std::string_view kept;    // the beginning of its text, with WIRE_SLOW_TEXT_KEPT
};

// An SQLSTATE as the server packs it, in five characters; empty for 0 and for what is none.
std::string sqlstate_text(std::uint32_t packed);

// An event of an event ring.
inline ThreadHit decode_hit(const wire_hit& wire) {
  const auto has = [flags = wire.stamp >> WIRE_STAMP_FLAGS](wire_flags flag) {
    return (flags & flag) != 0;
  };
  ThreadHit decoded;
  decoded.thread = {static_cast<std::uint32_t>(wire.pid_tgid >> 32),
                    static_cast<std::uint32_t>(wire.pid_tgid)};
  decoded.hit.ts_ns = wire.ts_ns;
  decoded.hit.sp = wire.sp;
  decoded.hit.probe = static_cast<std::uint16_t>(wire.stamp >> WIRE_STAMP_PROBE);
  decoded.hit.kind = static_cast<wire_kind>(wire.stamp >> WIRE_STAMP_KIND & 0xff);
  decoded.hit.end = static_cast<std::uint8_t>(wire.stamp >> WIRE_STAMP_FLAGS);
  decoded.hit.chained = has(WIRE_CHAINED);
  decoded.hit.no_return = has(WIRE_NO_RETURN);
  decoded.hit.straddles = has(WIRE_STRADDLES);
  decoded.hit.waited = has(WIRE_WAITED);
  decoded.hit.odd = has(WIRE_ODD);
  decoded.hit.in_transaction = has(WIRE_IN_TRANSACTION);
  decoded.hit.in_failed_transaction = has(WIRE_IN_FAILED_TRANSACTION);
  return decoded;
}

// An end of a thread that is in no ring.
ThreadHit decode_late_end(const wire_late_end& end);

// What the records of a recording are about.
struct RecordContext {
  std::uint32_t hooks_probe = 0;  // of those of queries
  // The classes of the USDT probes' events; the first is that of the probe `first_point`. Borrowed.
  std::uint32_t first_point = 0;
  std::span<const EventClass> points = {};
};

// A record of a record ring. Nothing for one that is too short for what it says it is, or of a
// probe that is not there: the kernel side of another build.
using DecodedRecord =
    std::variant<std::monostate, ThreadHit, TextHit, NameHit, IdentityHit, RoleHit, SlowHit>;
DecodedRecord decode_record(std::span<const std::byte> bytes, const RecordContext& context);

}  // namespace pgrec
