// What a session with the kernel side is to record, and how: decided before its programs are
// loaded, and the same as long as they are.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/clock.h"

namespace pgrec {

// How probes are attached.
enum class AttachMethod {
  kAuto,         // the first of these that the kernel has
  kUprobeMulti,  // one link for many probes (Linux 6.6)
  kPerfEvent,    // a perf event for each
};

// Instead of all events, only statements that are over and took long (bpf/slow.bpf.h).
struct SlowStatementsOnly {
  Duration threshold{};
  bool errors = false;  // and those that failed, however fast
};

struct SessionConfig {
  // Functions and USDT probes; the activity function's index comes after them.
  std::uint32_t probes = 0;
  std::vector<std::uint32_t> pids;  // record only these and their descendants; empty: all
  // Of each CPU's event ring, a power of two from 4,096 on; its record ring has a quarter of it.
  std::uint64_t ring_bytes = 8u << 20;
  std::uint64_t record_ring_bytes = 0;  // its own size for the record ring; 0: that quarter
  AttachMethod attach = AttachMethod::kAuto;
  Duration min_duration{};                     // filter calls that returned sooner; 0: none
  std::uint32_t sample_every = 1;              // record one of so many executions
  bool queries = false;                        // hooks of a server will be attached
  std::uint32_t text_limit_bytes = 64u << 10;  // kept of a query's text; at most 1 MiB
  // What of an error's text is recorded (record/server/error_reports.h); 0: nothing.
  std::uint32_t message_at = 0;
  bool usdt = false;  // USDT probes are among the probes
  std::optional<SlowStatementsOnly> slow;
};

}  // namespace pgrec
