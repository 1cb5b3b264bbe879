// What a probe costs on this machine: the time that a call of an empty function takes longer with
// pgrec's own entry and return programs on it. It is measured on functions of pgrec's own, with
// the recording's programs and rings, before anything else is probed and recorded; their events are
// thrown away, and counted with nobody's.
#pragma once

#include <cstdint>
#include <optional>

#include "format/clock.h"
#include "record/kernel/session.h"

namespace pgrec {

// Where what the running program has at `address`, a function or a variable that does not begin as
// 0, stands in its file, in bytes.
std::optional<std::uint64_t> offset_in_own_file(const void* address);

struct ProbeCost {
  Duration call{};  // what the probes add to a call where the kernel emulates the instruction
  Duration step{};  // what is added to that where it lets the processor step through it

  Duration of_call(bool stepped) const { return stepped ? call + step : call; }
};

// Measures it in `session`, in which nothing is attached yet, in some tens of milliseconds;
// attaching and detaching take as long as for a recording of one function. With the session's
// filters, of a call that is recorded unless it is too short. `steps`: also that of a step, which
// takes as long again and is 0 otherwise. Nothing where no functions are to be probed, the kernel
// refuses, or an event was lost meanwhile.
std::optional<ProbeCost> measure_probe_cost(KernelSession& session, bool steps);

// That of a call, in a session of its own. Nothing also where this process may not have one.
std::optional<Duration> measure_call_cost();

}  // namespace pgrec
