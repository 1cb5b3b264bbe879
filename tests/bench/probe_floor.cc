// What pgrec's programs add to the floor: the time that a call of an empty function takes longer
// with empty BPF programs on its entry and its return, and with pgrec's own, interleaved in one
// run. Prints medians in ns and their ratio.
//
//   probe_floor [ROUNDS]

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "format/error.h"
#include "record/host/clocks.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/session.h"
#include "record/kernel/uprobe_multi.h"

namespace {

using namespace pgrec;

__attribute__((naked, noinline)) void empty_function() {
  asm("push %rbp\n\tpop %rbp\n\tret");
}

constexpr int kCalls = 20'000;

double ns_per_call() {
  const std::uint64_t start = monotonic_ns();
  for (int i = 0; i < kCalls; ++i)
    empty_function();
  return static_cast<double>(monotonic_ns() - start) / kCalls;
}

double with_empty_programs(std::uint64_t offset) {
  const Descriptor program = load_empty_program();
  const Descriptor exit = attach_uprobe_multi(program.get(), "/proc/self/exe", {offset}, {0}, true);
  const Descriptor enter =
      attach_uprobe_multi(program.get(), "/proc/self/exe", {offset}, {0}, false);
  if (!exit.is_open() || !enter.is_open()) std::exit(1);
  return ns_per_call();
}

double with_pgrec(std::uint64_t offset) {
  SessionConfig config;
  config.probes = 1;
  config.ring_bytes = 4u << 20;
  KernelSession session(config, false);
  if (session.attachments().attach_functions("/proc/self/exe", {offset}, {0}).front()) std::exit(1);
  session.start();
  const double took = ns_per_call();
  session.stop();
  session.attachments().detach();
  if (session.counters().lost_events() > 0) std::printf("lost events\n");
  return took;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2),
                   values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 11;
  const std::uint64_t offset =
      offset_in_own_file(reinterpret_cast<const void*>(empty_function)).value();
  std::vector<double> bare, empty, ours;
  for (int i = 0; i < rounds; ++i) {
    bare.push_back(ns_per_call());
    empty.push_back(with_empty_programs(offset));
    ours.push_back(with_pgrec(offset));
  }
  const double base = median(bare);
  std::printf("empty %.0f ns (min %.0f), pgrec %.0f ns (min %.0f), ratio %.2f\n",
              median(empty) - base, *std::min_element(empty.begin(), empty.end()),
              median(ours) - base, *std::min_element(ours.begin(), ours.end()),
              (median(ours) - base) / (median(empty) - base));
}
