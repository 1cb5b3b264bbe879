#include "record/kernel/counters.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <span>
#include <utility>

#include "bpf/pgrec.skel.h"
#include "record/kernel/features.h"
#include "record/kernel/load_error.h"

namespace pgrec {
namespace {

std::uint64_t current(const __u64& counter) {
  return __atomic_load_n(&counter, __ATOMIC_RELAXED);
}

}  // namespace

Counters::Counters(const LoadedPrograms& programs, std::vector<std::uint32_t> cpus,
                   std::uint32_t probes)
    : programs_(programs),
      cpus_(std::move(cpus)),
      probes_(probes),
      counts_missed_(counts_missed_hits()) {}

std::uint64_t Counters::lost_events() const {
  return current(programs_.skeleton->bss->lost_events);
}

std::uint64_t Counters::lost_thread_ends() const {
  return current(programs_.skeleton->bss->lost_thread_ends);
}

std::uint64_t Counters::lost_children() const {
  return current(programs_.skeleton->bss->lost_children);
}

std::optional<std::uint64_t> Counters::missed_hits() const {
  if (!counts_missed_) return std::nullopt;
  std::uint64_t all = 0;
  for (const bpf_program* program : programs_.of_probes) {
    bpf_prog_info info{};
    std::uint32_t bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &bytes) == 0)
      all += info.recursion_misses;
  }
  return all;
}

std::vector<ProbeCounts> Counters::counts() const {
  std::vector<ProbeCounts> all;
  for (std::uint32_t probe = 0; probe < probes_; ++probe)
    all.push_back(counts_of(probe));
  return all;
}

ProbeCounts Counters::counts_of(std::uint32_t probe) const {
  std::vector<wire_counts> per_cpu(cpus_.size());
  throw_if_failed(
      bpf_map_lookup_elem(bpf_map__fd(programs_.skeleton->maps.counters), &probe, per_cpu.data()));
  return sum_of_cpus(per_cpu, cpus_);
}

void Counters::forget(std::uint32_t probe) {
  const std::vector<wire_counts> none(cpus_.size());
  throw_if_failed(bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.counters), &probe,
                                      none.data(), BPF_ANY));
}

std::vector<LogHistogram> Counters::short_calls() const {
  const auto& skeleton = *programs_.skeleton;
  std::vector<LogHistogram> all(probes_);
  if (skeleton.rodata->min_duration_ns == 0) return all;
  const std::size_t words = WIRE_OCTAVES + skeleton.rodata->short_rows;
  std::vector<std::uint64_t> per_cpu(words * cpus_.size());
  for (std::uint32_t probe = 0; probe < probes_; ++probe) {
    throw_if_failed(
        bpf_map_lookup_elem(bpf_map__fd(skeleton.maps.short_calls), &probe, per_cpu.data()));
    for (std::size_t cpu = 0; cpu < cpus_.size(); ++cpu)
      add_short_calls(std::span(per_cpu).subspan(cpu * words, words), all[probe]);
  }
  return all;
}

std::vector<wire_thread> Counters::waiting() const {
  const int map = bpf_map__fd(programs_.skeleton->maps.threads);
  std::vector<wire_thread> all;
  std::uint32_t tid = 0;
  for (bool more = bpf_map_get_next_key(map, nullptr, &tid) == 0; more;
       more = bpf_map_get_next_key(map, &tid, &tid) == 0) {
    wire_thread thread{};
    if (bpf_map_lookup_elem(map, &tid, &thread) == 0 && thread.first != thread.end)
      all.push_back(thread);
  }
  return all;
}

}  // namespace pgrec
