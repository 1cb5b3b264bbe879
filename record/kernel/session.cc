#include "record/kernel/session.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "bpf/pgrec.skel.h"
#include "record/host/cpus.h"
#include "record/host/proc_path.h"
#include "record/host/process_status.h"
#include "record/host/process_tree.h"
#include "record/kernel/load_error.h"

namespace pgrec {
namespace {

// Of this process, which has one thread that records.
std::uint32_t own_pid() {
  return static_cast<std::uint32_t>(::getpid());
}

void put(const bpf_map* rings, std::uint32_t cpu, const Descriptor& ring) {
  const int fd = ring.get();
  throw_if_failed(bpf_map_update_elem(bpf_map__fd(rings), &cpu, &fd, BPF_ANY));
}

}  // namespace

KernelSession::KernelSession(const SessionConfig& config, bool verbose)
    : KernelSession(config, possible_cpus(), verbose) {}

KernelSession::KernelSession(const SessionConfig& config, const std::vector<std::uint32_t>& cpus,
                             bool verbose)
    : config_(config),
      programs_(load_programs(config, cpus.back() + 1, verbose)),
      attachments_(programs_),
      counters_(programs_, cpus, config.probes + 1) {
  make_rings(cpus.back() + 1);
  for (const std::uint32_t pid : config_.pids)
    add_target(pid);
}

void KernelSession::make_rings(std::uint32_t cpus) {
  const auto& maps = programs_.skeleton->maps;
  rings_.positions = map_positions(bpf_map__fd(maps.positions), cpus);
  for (const std::uint32_t cpu : online_cpus()) {
    const Descriptor events = make_event_map(config_);
    put(maps.event_rings, cpu, events);
    rings_.events.emplace_back(events.get(), event_slots(config_), &rings_.positions.get()[cpu]);
    Descriptor records = make_record_map(config_);
    put(maps.record_rings, cpu, records);
    rings_.records.emplace_back(records.get(), record_bytes(config_));
    if (!barrier_ring_.is_open()) {
      barrier_ring_ = std::move(records);
      barrier_cpu_ = cpu;
    }
  }
}

bool KernelSession::filters() const {
  return !config_.pids.empty() || config_.min_duration > Duration{} || config_.sample_every > 1;
}

void KernelSession::start() {
  programs_.skeleton->bss->telling_ends = 1;
  programs_.skeleton->bss->recording = 1;
}

std::vector<ThreadHit> KernelSession::take_late_ends() {
  std::vector<ThreadHit> ends;
  if (__atomic_load_n(&programs_.skeleton->bss->late_ends_told, __ATOMIC_RELAXED) ==
      late_ends_taken_)
    return ends;
  wire_late_end end{};
  while (bpf_map_lookup_and_delete_elem(bpf_map__fd(programs_.skeleton->maps.late_ends), nullptr,
                                        &end) == 0)
    ends.push_back(decode_late_end(end));
  late_ends_taken_ += ends.size();
  return ends;
}

// Where a map holds maps, the kernel waits after an update until every program has ended that may
// have seen what was there (maybe_wait_bpf_programs() of kernel/bpf/syscall.c). So the same ring is
// put in again. That holds for programs that may not sleep, as all of these. A trace is not left
// open because the kernel has no memory for it: then a pause has to do, which is long for a
// program.
void KernelSession::stop() {
  programs_.skeleton->bss->recording = 0;
  const int ring = barrier_ring_.get();
  if (bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.record_rings), &barrier_cpu_, &ring,
                          BPF_ANY) != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void KernelSession::pause() {
  programs_.skeleton->bss->telling_ends = 0;
  programs_.skeleton->bss->recording = 0;
  programs_.skeleton->bss->rehearsing = 0;
}

void KernelSession::start_rehearsal() {
  programs_.skeleton->bss->rehearsing = 1;
}

void KernelSession::stop_rehearsal() {
  programs_.skeleton->bss->rehearsing = 0;
}

bool KernelSession::begin_trial(const std::string& binary, std::uint64_t offset) {
  if (config_.probes == 0) return false;
  if (!config_.pids.empty()) add_target(own_pid());
  if (config_.sample_every > 1) {
    wire_thread own{};
    own.pid_tgid = std::uint64_t{own_pid()} << 32 | own_pid();
    own.boundary_sp = UINT64_MAX;
    own.sampled = 1;
    const std::uint32_t tid = own_pid();
    throw_if_failed(
        bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.threads), &tid, &own, BPF_ANY));
  }
  if (attachments_.attach_trial(binary, offset, trial_probe())) return true;
  end_trial();
  return false;
}

// Another pgrec that measures meanwhile calls the same function of the same file, and leaves events
// and threads here too.
wire_counts KernelSession::end_trial() {
  attachments_.detach_trial();
  for (EventRing& ring : rings_.events)
    ring.drain([](const wire_hit&) {});
  const auto& maps = programs_.skeleton->maps;
  const std::uint32_t own = own_pid();
  bpf_map_delete_elem(bpf_map__fd(maps.targets), &own);
  const int threads = bpf_map__fd(maps.threads);
  std::uint32_t tid = 0;
  while (bpf_map_get_next_key(threads, nullptr, &tid) == 0)
    bpf_map_delete_elem(threads, &tid);
  const wire_counts sum = counters_.counts_of(trial_probe()).sum;
  counters_.forget(trial_probe());
  return sum;
}

std::optional<std::string> KernelSession::follow_processes() {
  const bool births = !config_.pids.empty();
  if (auto reason = attachments_.attach_processes(births)) return reason;
  if (!births) return std::nullopt;
  follow(config_.pids);
  follows_ = true;
  return std::nullopt;
}

// A child that is born while the list is made has a parent that is not a target yet, and is in the
// next list.
void KernelSession::follow(const std::vector<std::uint32_t>& pids) {
  std::set<std::uint32_t> added;
  for (std::size_t before = SIZE_MAX; added.size() != before;) {
    before = added.size();
    for (const std::uint32_t pid : with_descendants(pids)) {
      if (!added.insert(pid).second) continue;
      add_target(pid);
      add_leader(pid);
    }
  }
}

// The kernel side takes out who ends, but cannot know of one that ended while it was put in.
bool KernelSession::has_followed() const {
  if (!follows_) return false;
  std::set<std::uint32_t> left_out;
  for (std::uint32_t pid = own_pid(); pid > 0 && left_out.insert(pid).second;)
    pid = parent_of(pid);
  const int targets = bpf_map__fd(programs_.skeleton->maps.targets);
  std::uint32_t pid = 0;
  for (bool more = bpf_map_get_next_key(targets, nullptr, &pid) == 0; more;
       more = bpf_map_get_next_key(targets, &pid, &pid) == 0) {
    if (!left_out.contains(pid) && is_running(pid)) return true;
  }
  return false;
}

void KernelSession::add_target(std::uint32_t pid) {
  const std::uint8_t present = 1;
  throw_if_failed(
      bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.targets), &pid, &present, BPF_ANY));
}

// Who may not ask for its namespace knows that it is this one where it has one number.
void KernelSession::add_leader(std::uint32_t pid) {
  const auto number = last_status_number(proc_path(pid, "status"), "NSpid");
  auto pidns = pid_namespace(pid);
  if (!pidns && number == pid) pidns = own_pid_namespace();
  if (!number || !pidns) return;
  const wire_leader leader{*number, static_cast<std::uint32_t>(*pidns)};
  const std::uint8_t present = 1;
  throw_if_failed(bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.leaders), &leader,
                                      &present, BPF_ANY));
}

bool KernelSession::seed(const wire_statement& statement) {
  const auto tid = static_cast<std::uint32_t>(statement.pid_tgid);
  return bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.statements), &tid, &statement,
                             BPF_NOEXIST) == 0;
}

bool KernelSession::seed(const wire_slow_statement& statement) {
  const auto tid = static_cast<std::uint32_t>(statement.pid_tgid);
  return bpf_map_update_elem(bpf_map__fd(programs_.skeleton->maps.slow_statements), &tid,
                             &statement, BPF_NOEXIST) == 0;
}

void KernelSession::forget_texts() {
  ++programs_.skeleton->bss->text_generation;
}

}  // namespace pgrec
