// An event as the recorder handles it between the rings and the trace: a wire record taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "bpf/wire.h"
#include "format/arguments.h"
#include "format/event.h"
#include "format/tables.h"

namespace pgrec {

// The last argument of a class of USDT events, where any may stand in memory that cannot be read:
// bits, which arguments those are.
inline constexpr std::string_view kUnreadable = "unreadable";

struct Hit {
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  std::uint64_t sp = 0;     // stack pointer; of WIRE_GONE the thread's CPU time, ns
  std::uint32_t probe = 0;
  wire_kind kind = WIRE_ENTER;
  bool chained = false;         // of WIRE_ENTER: see WIRE_CHAINED
  bool straddles = false;       // of WIRE_EXIT: see WIRE_STRADDLES
  bool odd = false;             // of enters and exits: see WIRE_ODD
  bool waited = false;          // of WIRE_ENTER: see WIRE_WAITED
  bool text_continues = false;  // of WIRE_BEGIN and WIRE_MORE: another piece follows
  std::unique_ptr<Text> text;   // of WIRE_BEGIN and WIRE_MORE: this piece
  // Of WIRE_POINT; none where its class has none.
  std::unique_ptr<ArgumentValues> arguments;
};

struct ThreadHit {
  ThreadKey thread;
  Hit hit;
};

// These are the only readers of wire structs.

// An event of an event ring.
inline ThreadHit decode_hit(const wire_hit& wire) {
  ThreadHit decoded;
  decoded.thread = {static_cast<std::uint32_t>(wire.pid_tgid >> 32),
                    static_cast<std::uint32_t>(wire.pid_tgid)};
  decoded.hit.ts_ns = wire.ts_ns;
  decoded.hit.sp = wire.sp;
  decoded.hit.probe = static_cast<std::uint16_t>(wire.stamp >> WIRE_STAMP_PROBE);
  decoded.hit.kind = static_cast<wire_kind>(wire.stamp >> WIRE_STAMP_KIND & 0xff);
  decoded.hit.chained = (wire.stamp >> WIRE_STAMP_FLAGS & WIRE_CHAINED) != 0;
  decoded.hit.straddles = (wire.stamp >> WIRE_STAMP_FLAGS & WIRE_STRADDLES) != 0;
  decoded.hit.waited = (wire.stamp >> WIRE_STAMP_FLAGS & WIRE_WAITED) != 0;
  decoded.hit.odd = (wire.stamp >> WIRE_STAMP_FLAGS & WIRE_ODD) != 0;
  return decoded;
}

// A record of a text ring, a report by `activity_probe`. Nothing for one that is too short for what
// it says it is: the kernel side of another build.
std::optional<ThreadHit> decode_text(std::span<const std::byte> record,
                                     std::uint32_t activity_probe);

// The same of a USDT probe that was reached. `points`: the classes of the USDT probes' events; the
// first is that of the probe `first_point`.
std::optional<ThreadHit> decode_point(std::span<const std::byte> record, std::uint32_t first_point,
                                      std::span<const EventClass> points);

}  // namespace pgrec
