#include "record/kernel/probe_cost.h"

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/error.h"
#include "record/host/clocks.h"

namespace pgrec {
namespace {

// The functions that are probed, on x86-64 like the kernel side. The one begins as most functions
// do: the kernel emulates a push. The other with what it lets the processor step through.
__attribute__((naked, noinline)) void empty_function() {
  asm("push %rbp\n\tpop %rbp\n\tret");
}
__attribute__((naked, noinline)) void stepped_function() {
  asm("mov %rsi, %rdx\n\tret");
}

// A batch lasts long against reading the clock, and short against the time slices of others.
constexpr std::size_t kCallsOfBatch = 500;
constexpr std::size_t kBatches = 21;
constexpr std::uint64_t kRingBytes = 64u << 10;

// Of several batches of so many calls the median of the time one took, in ns; the rings are emptied
// after each.
std::uint64_t median_of_batches(void (*function)(), std::size_t calls,
                                std::vector<EventRing>& rings) {
  std::array<std::uint64_t, kBatches> took{};
  for (std::uint64_t& of_batch : took) {
    const std::uint64_t start = monotonic_ns();
    for (std::size_t i = 0; i < calls; ++i)
      function();
    of_batch = monotonic_ns() - start;
    for (EventRing& ring : rings)
      ring.drain([](const wire_hit&) {});
  }
  std::nth_element(took.begin(), took.begin() + kBatches / 2, took.end());
  return took[kBatches / 2];
}

// What the probes add to a call of `function`. As measure_probe_cost().
std::optional<Duration> measure(KernelSession& session, void (*function)()) {
  const auto offset = offset_in_own_file(reinterpret_cast<const void*>(function));
  if (!offset) return std::nullopt;
  std::vector<EventRing>& rings = session.rings().events;
  if (rings.empty()) return std::nullopt;
  // The events of a batch, two a call, are to fit.
  const std::size_t calls = std::min(kCallsOfBatch, rings.front().slots() / 2);
  const std::uint64_t without = median_of_batches(function, calls, rings);
  if (!session.begin_trial("/proc/self/exe", *offset)) return std::nullopt;
  session.start();
  const std::uint64_t with = median_of_batches(function, calls, rings);
  session.stop();
  const wire_counts counts = session.end_trial();
  // Only if every call was recorded does the time mean what it says.
  const std::uint64_t all = kBatches * calls;
  if (session.counters().lost_events() > 0 || counts.fired[WIRE_ENTER] < all ||
      counts.fired[WIRE_EXIT] < all || with <= without) {
    return std::nullopt;
  }
  return Duration((with - without) / calls);
}

}  // namespace

std::optional<std::uint64_t> offset_in_own_file(const void* address) {
  struct Search {
    std::uint64_t address;
    std::optional<std::uint64_t> offset;
  } search{reinterpret_cast<std::uintptr_t>(address), std::nullopt};
  const auto look = [](dl_phdr_info* image, std::size_t /*bytes*/, void* data) {
    auto& wanted = *static_cast<Search*>(data);
    for (int i = 0; i < image->dlpi_phnum; ++i) {
      const auto& segment = image->dlpi_phdr[i];
      const std::uint64_t start = image->dlpi_addr + segment.p_vaddr;
      if (segment.p_type != PT_LOAD || wanted.address < start) continue;
      if (wanted.address - start < segment.p_filesz)
        wanted.offset = wanted.address - start + segment.p_offset;
    }
    return 1;  // the program itself comes first, and only it is wanted
  };
  ::dl_iterate_phdr(look, &search);
  return search.offset;
}

std::optional<ProbeCost> measure_probe_cost(KernelSession& session, bool steps) {
  const auto call = measure(session, empty_function);
  if (!call || !steps) return call ? std::optional(ProbeCost{*call}) : std::nullopt;
  const auto stepped = measure(session, stepped_function);
  if (!stepped) return std::nullopt;
  return ProbeCost{*call, std::max(*stepped - *call, Duration{})};
}

std::optional<Duration> measure_call_cost() {
  SessionConfig config;
  config.probes = 1;
  config.ring_bytes = kRingBytes;
  try {
    KernelSession session(config, false);
    return measure(session, empty_function);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace pgrec
