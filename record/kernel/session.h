// The loaded kernel side: its programs, rings and counters, from loading to detaching. The only
// user of libbpf. Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "format/clock.h"
#include "format/table/log_histogram.h"
#include "record/host/descriptor.h"
#include "record/kernel/handles.h"
#include "record/kernel/rings.h"

namespace pgrec {

// How probes are attached.
enum class AttachMethod {
  kAuto,         // the first of these that the kernel has
  kUprobeMulti,  // one link for many probes (Linux 6.6)
  kPerfEvent,    // a perf event for each
};

// A place of a USDT probe.
struct AttachSite {
  std::uint64_t offset = 0;            // bytes in the file
  std::uint64_t semaphore_offset = 0;  // as of a UsdtSite
  wire_site site{};                    // whose probe is a probe index
};

// A place of a query hook.
struct HookPlace {
  wire_hook hook = WIRE_ON_ACTIVITY;
  std::uint64_t offset = 0;  // bytes in the file
};

// Instead of all events, only statements that are over and took long (bpf/slow.bpf.h).
struct SlowStatementsOnly {
  Duration threshold{};
  bool errors = false;  // and those that failed, however fast
};

struct SessionConfig {
  std::uint32_t probes =
      0;  // functions and USDT probes; the activity function's index comes after them
  std::vector<std::uint32_t> pids;  // record only these and their descendants; empty: all
  // Of each CPU's event ring, a power of two from 4,096 on; its record ring has a quarter of it.
  std::uint64_t ring_bytes = 8u << 20;
  std::uint64_t record_ring_bytes = 0;  // its own size for the record ring; 0: that quarter
  AttachMethod attach = AttachMethod::kAuto;
  Duration min_duration{};                     // filter calls that returned sooner; 0: none
  std::uint32_t sample_every = 1;              // record one of so many executions
  bool queries = false;                        // hooks of a server will be attached
  std::uint32_t text_limit_bytes = 64u << 10;  // kept of a query's text; at most 1 MiB
  bool usdt = false;                           // USDT probes are among the probes
  std::optional<SlowStatementsOnly> slow;
};

// What fired at one probe since recording began, and what of it was lost.
struct ProbeCounts {
  wire_counts sum{};  // over the CPUs
  // Lost events by cause on each CPU, by its number, that lost any.
  std::map<std::uint32_t, std::array<std::uint64_t, WIRE_LOSSES>> lost_on;

  std::uint64_t fired() const { return sum_of(sum.fired); }
  std::uint64_t filtered() const { return sum_of(sum.filtered) + sum_of(sum.foreign); }
  std::uint64_t lost() const {
    std::uint64_t all = 0;
    for (const auto& of_kinds : sum.lost)
      all += sum_of(of_kinds);
    return all;
  }
  // Of processes that were not asked for.
  std::uint64_t foreign() const { return sum_of(sum.foreign); }

 private:
  static std::uint64_t sum_of(const __u64 (&of_kinds)[WIRE_KINDS]) {
    std::uint64_t all = 0;
    for (const std::uint64_t of_kind : of_kinds)
      all += of_kind;
    return all;
  }
};

class KernelSession {
 public:
  // Loads the programs. Throws Error with a hint when the kernel or the privileges do not allow it.
  // `verbose` lets libbpf write to stderr.
  KernelSession(const SessionConfig& config, bool verbose);

  // Puts entry and return probes into `binary` at the file offsets (bytes) of the functions; a
  // function's place in the list is its probe index. Returns, for each, nothing on success, else
  // the reason.
  std::vector<std::optional<std::string>> attach_functions(
      const std::string& binary, const std::vector<std::uint64_t>& offsets);
  // The same for another file with some of these functions: `probes` are their probe indexes. The
  // probes that are in place stay.
  std::vector<std::optional<std::string>> attach_functions(
      const std::string& binary, const std::vector<std::uint64_t>& offsets,
      const std::vector<std::uint64_t>& probes);
  // Puts the query hooks at `places` of the server `binary`, of which `server` says where it keeps
  // what they read; of several files, where they are asked for again. Returns, for each place,
  // nothing on success, else the reason.
  std::vector<std::optional<std::string>> attach_hooks(const std::string& binary,
                                                       const wire_server& server,
                                                       const std::vector<HookPlace>& places);

  // Puts probes at places of USDT probes in `binary`, and raises their semaphores in all processes
  // that run it, present and future. Returns, for each, nothing on success, else the reason.
  std::vector<std::optional<std::string>> attach_sites(const std::string& binary,
                                                       const std::vector<AttachSite>& sites);

  // Puts entry and return probes at one place of `binary`, whose hits are counted and handed out
  // like those of a function but belong to none: to measure what a probe costs. They are the first
  // that are attached, and taken out by end_trial(), which gives what fired there, over the CPUs.
  // False where the kernel refuses, or no programs for calls are loaded.
  bool begin_trial(const std::string& binary, std::uint64_t offset);
  wire_counts end_trial();

  // How the probes are attached, for the trace's metadata: "uprobe_multi" or "perf_event".
  const char* attach_method() const { return multi_ ? "uprobe_multi" : "perf_event"; }

  // Puts the probes that follow processes: the ends of threads, and with `pids` the children of
  // those, of which those that are there already are added. Nothing on success, else the reason.
  std::optional<std::string> attach_processes();
  // These processes, with all that descend from them, are wanted too; once the probes are there
  // that follow processes.
  void follow(const std::vector<std::uint32_t>& pids);
  // Whether any of these processes, or of those that descend from them, still runs; but for this
  // one and those that it descends from.
  bool has_followed() const;

  // Events are recorded between the two; the probes may be there before and after. When stop()
  // returns, every program that began before has ended: nothing comes into the rings any more.
  void start() { skeleton_->bss->recording = 1; }
  void stop();
  // From now on no hit is looked at. Programs that run may still hand out what they are at.
  void pause();
  // Hits are only counted between the two (wire_counts::rehearsed), before start().
  void start_rehearsal() { skeleton_->bss->rehearsing = 1; }
  void stop_rehearsal() { skeleton_->bss->rehearsing = 0; }
  // Takes the probes of some functions, `off` by probe index, out while the others record on
  // without a gap. Their events end now, their probes are gone when this is called again, at the
  // latest. False where the kernel does not let it: then all record on.
  bool take_off(const std::vector<std::size_t>& off);
  // Whether the probes that were taken off before are gone by now.
  bool can_take_off() const {
    return !retiring_.valid() ||
           retiring_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  // How long detach() will take, as far as taking out the first probes has shown. Where each probe
  // is a perf event, the kernel takes a tenth of a second for it.
  Duration detach_time() const { return detach_of_one_ * static_cast<int>(links()); }
  // Takes the probes out. After each link `goes_on` is asked, with how many of all are out by now;
  // where it says no, the others stay. Returns whether all are out. Without it nobody is asked.
  using DetachStep = std::function<bool(std::size_t gone, std::size_t all)>;
  bool detach(const DetachStep& goes_on = {});

  Duration min_duration() const { return min_duration_; }
  // Tells the kernel side what a thread ran when recording began. False where it knows better by
  // now, as the thread has reported since.
  bool seed(const wire_statement& statement);
  bool seed(const wire_slow_statement& statement);
  // Has the kernel side send again every text that comes again.
  void forget_texts() { ++skeleton_->bss->text_generation; }

  // Whether any event may be filtered.
  bool filters() const { return filters_; }

  Rings& rings() { return rings_; }

  // Events lost so far, of any cause; costs nothing to ask.
  std::uint64_t lost_events() const;
  // Ends of threads that did not get through.
  std::uint64_t lost_thread_ends() const;
  // Children of recorded processes that could not be followed.
  std::uint64_t lost_children() const;
  // Hits for which the kernel ran no program, because another one ran on their CPU: of all probes,
  // not counted as fired. Nothing where the kernel does not count them (before Linux 6.0).
  std::optional<std::uint64_t> missed_hits() const;
  // The counts of every probe; the last is the activity function's.
  std::vector<ProbeCounts> counts() const;
  // The calls of each function that were filtered because they were too short.
  std::vector<LogHistogram> short_calls() const;
  // Threads whose enters wait for whether their calls last long enough. To be asked after stop().
  std::vector<wire_thread> waiting() const;

 private:
  void make_rings(const SessionConfig& config);
  void add_target(std::uint32_t pid);
  // The program of a hook, of those that are loaded.
  bpf_program* program_of(wire_hook hook) const;
  void choose_programs(const SessionConfig& config);
  ProbeCounts counts_of(std::uint32_t probe) const;
  // What keeps probes in place: one link a probe, or one for many.
  struct Links {
    std::vector<Link> single;
    std::vector<Descriptor> multi;

    std::size_t size() const { return single.size() + multi.size(); }
    void take(Links&& other);
  };
  // The functions, or the places of USDT probes, that are probed in one file: their offsets and
  // probe indexes; of places also their semaphores and numbers.
  struct ProbedFile {
    std::shared_ptr<Descriptor> file;  // open, so that it stays the same file whatever its name is
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint64_t> probes;
    std::vector<std::uint64_t> semaphores{};
    std::vector<std::uint64_t> places{};

    bool of_places() const { return !places.empty(); }
    // Adds what `other` has at `i`.
    void add(const ProbedFile& other, std::size_t i);
  };
  // Puts `program` at all `offsets`. False, and errno, when the kernel refuses one; then none is
  // there.
  bool attach(Links& links, bpf_program* program, const std::string& binary,
              const std::vector<std::uint64_t>& offsets, const std::vector<std::uint64_t>& cookies,
              bool at_return, const std::vector<std::uint64_t>& semaphores = {});
  // Puts the programs for calls, or the one for places, at all of `file`, for hits of that
  // generation.
  bool attach(Links& links, const std::string& binary, const ProbedFile& file,
              std::uint32_t generation);
  // The two steps of it. The program for exits comes first, or the one for places: an enter whose
  // exit is not probed would look like a call that did not return.
  bool attach_first(Links& links, const std::string& binary, const ProbedFile& file,
                    std::uint32_t generation);
  bool attach_enters(Links& links, const std::string& binary, const ProbedFile& file,
                     std::uint32_t generation);
  // The same without those that the kernel refuses. Returns, for each, nothing on success, else the
  // reason.
  std::vector<std::optional<std::string>> attach_file(const std::string& binary,
                                                      const ProbedFile& all);
  // The first step for `all` from `first` to before `last`: adds to `taken` what the kernel took,
  // and to `reasons` why it did not take the others.
  void attach_halves(Links& links, const std::string& binary, const ProbedFile& all,
                     std::size_t first, std::size_t last, ProbedFile& taken,
                     std::vector<std::optional<std::string>>& reasons);
  std::size_t links() const;
  // Takes a link out of `from`, and notes how long that took.
  void take_out_one(Links& from);

  Skeleton skeleton_;
  Rings rings_;
  Descriptor barrier_ring_;  // one of these, of this CPU: stop() puts it in again
  std::uint32_t barrier_cpu_ = 0;
  std::vector<bpf_program*> probe_programs_;  // those of the loaded ones that uprobes run
  bool multi_ = false;
  bool slow_ = false;  // only slow statements are told
  std::vector<std::uint32_t> pids_;
  Duration min_duration_;
  bool filters_;
  Links function_links_;
  Links other_links_;
  std::vector<ProbedFile> files_;
  std::uint32_t servers_ = 0;     // whose hooks were attached
  std::uint32_t places_ = 0;      // of USDT probes that have got a number
  std::uint32_t generation_ = 0;  // of the functions' probes: the kernel side's
  std::future<void> retiring_;    // takes out probes of an earlier generation
  Links trial_links_;
  Duration detach_of_one_{};  // the longest that it took to take out a link
  bool follows_ = false;      // births and ends of processes are seen
  std::uint32_t counted_ = 0;
  bool counts_missed_;                        // the kernel counts hits for which it ran no program
  std::vector<std::uint32_t> possible_cpus_;  // in the order of the kernel's per-CPU values
};

}  // namespace pgrec
