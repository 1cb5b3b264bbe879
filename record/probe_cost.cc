#include "record/probe_cost.h"

#include <link.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "format/error.h"
#include "record/clocks.h"

namespace pgrec {
namespace {

// The function that is probed, on x86-64 like the kernel side. It begins as most functions do: the
// kernel emulates a push, where it has to single-step many other instructions, which costs more.
__attribute__((naked, noinline)) void empty_function() {
  asm("push %rbp\n\tpop %rbp\n\tret");
}

// A batch lasts long against reading the clock, and short against the time slices of others.
constexpr int kCallsOfBatch = 500;
constexpr int kBatches = 21;
// Room for the events of a batch: two a call.
constexpr std::uint64_t kRingBytes = 64u << 10;
static_assert(std::uint64_t{kCallsOfBatch} * 2 * sizeof(wire_hit) <= kRingBytes);

// Of several batches the median of the time one took, in ns; the rings are emptied after each.
std::uint64_t median_of_batches(std::vector<EventRing>& rings) {
  std::array<std::uint64_t, kBatches> took{};
  for (std::uint64_t& of_batch : took) {
    const std::uint64_t start = monotonic_ns();
    for (int i = 0; i < kCallsOfBatch; ++i)
      empty_function();
    of_batch = monotonic_ns() - start;
    for (EventRing& ring : rings)
      ring.drain([](const wire_hit&) {});
  }
  std::nth_element(took.begin(), took.begin() + kBatches / 2, took.end());
  return took[kBatches / 2];
}

}  // namespace

std::optional<std::uint64_t> offset_in_own_file(void (*code)()) {
  struct Search {
    std::uint64_t address;
    std::optional<std::uint64_t> offset;
  } search{reinterpret_cast<std::uintptr_t>(code), std::nullopt};
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

std::optional<Duration> measure_probe_cost(const BpfConfig& recording, bool verbose) {
  const auto offset = offset_in_own_file(empty_function);
  if (!offset) return std::nullopt;
  BpfConfig config;
  config.probes = 1;
  if (!recording.pids.empty()) config.pids = {static_cast<std::uint32_t>(::getpid())};
  config.ring_bytes = kRingBytes;
  config.attach = recording.attach;
  try {
    BpfSession session(config, verbose);
    const std::uint64_t without = median_of_batches(session.event_rings());
    if (session.attach_functions("/proc/self/exe", {*offset}).front()) return std::nullopt;
    session.start();
    const std::uint64_t with = median_of_batches(session.event_rings());
    session.stop();
    session.detach();
    // Only if every call was recorded does the time mean what it says.
    const wire_counts counts = session.counts().front().sum;
    constexpr std::uint64_t kCalls = std::uint64_t{kBatches} * kCallsOfBatch;
    if (session.lost_events() > 0 || counts.fired[WIRE_ENTER] < kCalls ||
        counts.fired[WIRE_EXIT] < kCalls || with <= without) {
      return std::nullopt;
    }
    return Duration((with - without) / kCallsOfBatch);
  } catch (const Error&) {
    return std::nullopt;  // no reason not to record
  }
}

}  // namespace pgrec
