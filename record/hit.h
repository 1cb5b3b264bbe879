// An event as the recorder handles it between the rings and the trace: a wire record taken apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "bpf/wire.h"
#include "format/event.h"
#include "format/tables.h"

namespace pgrec {

struct Hit {
  std::uint64_t ts_ns = 0;  // CLOCK_MONOTONIC
  std::uint64_t sp = 0;     // stack pointer
  std::uint32_t probe = 0;
  wire_kind kind = WIRE_ENTER;
  bool chained = false;         // of WIRE_ENTER: see WIRE_CHAINED
  bool text_continues = false;  // of WIRE_BEGIN and WIRE_MORE: another piece follows
  std::unique_ptr<Text> text;   // of WIRE_BEGIN and WIRE_MORE: this piece
};

struct ThreadHit {
  ThreadKey thread;
  Hit hit;
};

// The only reader of wire structs. Nothing for a record that is too short for what it says it is:
// the kernel side of another build.
std::optional<ThreadHit> decode_wire(std::span<const std::byte> record);

}  // namespace pgrec
