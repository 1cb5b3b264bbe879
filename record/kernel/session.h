// A session with the loaded kernel side: loads its programs, makes its rings, starts and stops
// recording, and says whom to follow. attachments() puts the probes in place, changes() those that
// change while it records; counters() reads what was counted. Only this room uses libbpf.
// Single-threaded, but for the thread of changes().
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "format/clock.h"
#include "record/host/descriptor.h"
#include "record/kernel/attachments.h"
#include "record/kernel/counters.h"
#include "record/kernel/hit.h"
#include "record/kernel/loading.h"
#include "record/kernel/probe_changes.h"
#include "record/kernel/rings.h"
#include "record/kernel/session_config.h"

namespace pgrec {

class KernelSession {
 public:
  // Loads the programs. Throws Error with a hint when the kernel or the privileges do not allow it.
  // `verbose` lets libbpf write to stderr.
  KernelSession(const SessionConfig& config, bool verbose);
  KernelSession(const KernelSession&) = delete;
  KernelSession& operator=(const KernelSession&) = delete;

  // These live as long as the session.
  Attachments& attachments() { return attachments_; }
  const Attachments& attachments() const { return attachments_; }
  ProbeChanges& changes() { return changes_; }
  const Counters& counters() const { return counters_; }
  Rings& rings() { return rings_; }

  // Calls that returned sooner are filtered; 0: none.
  Duration min_duration() const { return config_.min_duration; }
  // Whether any event may be filtered.
  bool filters() const;

  // Events are recorded between the two; the probes may be there before and after. When stop()
  // returns, every program that began before has ended: nothing comes into the rings any more.
  void start();
  void stop();
  // Ends of threads that are in no ring, since the last call; costs nothing where there are none.
  // Also those between stop() and pause(), whose time is 0: they tell only of the CPU time.
  std::vector<ThreadHit> take_late_ends();
  // From now on no hit is looked at. Programs that run may still hand out what they are at.
  void pause();
  // Hits are only counted between the two (wire_counts::rehearsed), before start().
  void start_rehearsal();
  void stop_rehearsal();

  // Puts entry and return probes at one site of `binary`, whose hits are counted and handed out
  // like those of a function but belong to none: to measure what a probe costs. They are the first
  // that are attached, and taken out by end_trial(), which gives what fired there, over the CPUs.
  // False where the kernel refuses, or no programs for calls are loaded.
  bool begin_trial(const std::string& binary, std::uint64_t offset);
  wire_counts end_trial();

  // Attaches the probes that follow processes: the ends of threads, and where processes were asked
  // for the children of those, of which those that are there already are added. Nothing on success,
  // else the reason.
  std::optional<std::string> follow_processes();
  // These processes, with all that descend from them, are wanted too; once the probes are there
  // that follow processes.
  void follow(const std::vector<std::uint32_t>& pids);
  // Whether any of these processes, or of those that descend from them, still runs; but for this
  // one and those that it descends from.
  bool has_followed() const;

  // Tells the kernel side what a thread ran when recording began. False where it knows better by
  // now, as the thread has reported since.
  bool seed(const wire_statement& statement);
  bool seed(const wire_slow_statement& statement);
  // Has the kernel side send again every text that comes again.
  void forget_texts();

 private:
  KernelSession(const SessionConfig& config, const std::vector<std::uint32_t>& cpus, bool verbose);
  void make_rings(std::uint32_t cpus);
  void add_target(std::uint32_t pid);
  // Its parallel workers are wanted, too.
  void add_leader(std::uint32_t pid);
  // The index of the trial's probe: behind those of the probes and the hooks.
  std::uint32_t trial_probe() const { return config_.probes + 1; }

  SessionConfig config_;
  LoadedPrograms programs_;
  Rings rings_;
  Descriptor barrier_ring_;  // one of the record rings, of this CPU: stop() puts it in again
  std::uint32_t barrier_cpu_ = 0;
  Attachments attachments_;
  ProbeChanges changes_{attachments_};
  Counters counters_;
  bool follows_ = false;  // births and ends of processes are seen
  std::uint64_t late_ends_taken_ = 0;
};

}  // namespace pgrec
