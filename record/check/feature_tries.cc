#include "record/check/feature_tries.h"

#include <unistd.h>

#include <fmt/core.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/error.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/session.h"

namespace pgrec {
namespace {

// What is probed. Its semaphore says how many look at it, as that of a USDT probe does; it is in
// the file because it does not begin as 0.
__attribute__((naked, noinline)) void probed_function() {
  asm("push %rbp\n\tpop %rbp\n\tret");
}
constexpr unsigned short kNobodyLooks = 1;
volatile unsigned short semaphore = kNobodyLooks;

constexpr std::uint64_t kCalls = 100;
constexpr std::uint64_t kRingBytes = 64u << 10;
constexpr const char* kOwnFile = "/proc/self/exe";

// Thrown where a feature is there and does not do what it should.
void expect(bool holds, const std::string& otherwise) {
  if (!holds) throw Error(otherwise, "please report it with what pgrec check -v says");
}

void expect_attached(const Refusals& refusals) {
  for (const auto& reason : refusals)
    expect(!reason, reason.value_or(""));
}

std::uint64_t own_offset(const void* address) {
  const auto offset = offset_in_own_file(address);
  expect(offset.has_value(), "pgrec cannot find itself in memory");
  return *offset;
}

std::uint64_t probed_offset() {
  return own_offset(reinterpret_cast<const void*>(probed_function));
}

// The hits at the probe while it is called.
wire_counts count_calls(KernelSession& session) {
  session.start();
  for (std::uint64_t i = 0; i < kCalls; ++i)
    probed_function();
  session.stop();
  return session.counters().counts().front().sum;
}

void expect_all_seen(const wire_counts& counts, wire_kind kind) {
  const std::uint64_t seen = counts.fired[kind] - counts.foreign[kind];
  expect(seen >= kCalls, fmt::format("of {} calls its probes saw {}", kCalls, seen));
}

SessionConfig config_of(std::uint32_t probes) {
  SessionConfig config;
  config.probes = probes;
  config.ring_bytes = kRingBytes;
  return config;
}

void try_calls_with(const SessionConfig& config, bool verbose) {
  KernelSession session(config, verbose);
  expect_attached(session.attachments().attach_functions(kOwnFile, {probed_offset()}, {0}));
  const wire_counts counts = count_calls(session);
  expect_all_seen(counts, WIRE_ENTER);
  expect_all_seen(counts, WIRE_EXIT);
}

// The hooks are not called: their programs would look for a server's variables.
void try_hooks(const std::optional<SlowStatementsOnly>& slow, bool verbose) {
  SessionConfig config = config_of(0);
  config.queries = true;
  config.slow = slow;
  KernelSession session(config, verbose);
  std::vector<HookSite> sites;
  sites.reserve(WIRE_HOOKS);
  for (int hook = 0; hook < WIRE_HOOKS; ++hook)
    sites.push_back({static_cast<wire_hook>(hook), probed_offset()});
  expect_attached(session.attachments().attach_hooks(kOwnFile, wire_server{}, sites));
}

}  // namespace

void try_calls(bool verbose) {
  try_calls_with(config_of(1), verbose);
}

void try_filters(bool verbose) {
  SessionConfig config = config_of(1);
  config.pids = {static_cast<std::uint32_t>(::getpid())};
  config.min_duration = Duration(1);
  config.sample_every = 2;
  try_calls_with(config, verbose);
}

void try_points(bool verbose) {
  SessionConfig config = config_of(1);
  config.usdt = true;
  KernelSession session(config, verbose);
  const std::uint64_t at = own_offset(const_cast<const unsigned short*>(&semaphore));
  expect_attached(session.attachments().attach_sites(kOwnFile, {{probed_offset(), at, {}}}));
  expect(semaphore > kNobodyLooks, "the kernel does not raise semaphores");
  expect_all_seen(count_calls(session), WIRE_POINT);
}

void try_query_hooks(bool verbose) {
  try_hooks({}, verbose);
}

void try_slowlog_hooks(bool verbose) {
  try_hooks(SlowStatementsOnly{Duration(1), true}, verbose);
}

void try_kernel_events(bool verbose) {
  SessionConfig config = config_of(0);
  config.pids = {static_cast<std::uint32_t>(::getpid())};
  KernelSession session(config, verbose);
  expect_attached({session.follow_processes()});
}

}  // namespace pgrec
