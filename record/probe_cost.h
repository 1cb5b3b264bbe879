// What a probe costs on this machine: the time that a call of an empty function takes longer with
// pgrec's own entry and return programs on it. It is measured on a function of pgrec's own, with
// programs, rings and counters apart from the recording's, so that nothing of it can come into the
// trace or its counts.
#pragma once

#include <cstdint>
#include <optional>

#include "format/clock.h"
#include "record/bpf_session.h"

namespace pgrec {

// Where `code`, a function of the running program, stands in its file, in bytes.
std::optional<std::uint64_t> offset_in_own_file(void (*code)());

// Attaches by the method and filters by process as `recording` does. The measurement itself takes
// a few milliseconds; loading, attaching and detaching take as long as for a recording of one
// function. Nothing where the kernel refuses, or an event was lost meanwhile. `verbose` is for
// BpfSession.
std::optional<Duration> measure_probe_cost(const BpfConfig& recording, bool verbose);

}  // namespace pgrec
