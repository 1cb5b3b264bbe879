// The loaded kernel side: its programs, rings and counters, from loading to detaching. The only
// user of libbpf. Single-threaded.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "record/bpf_handles.h"
#include "record/descriptor.h"
#include "record/ring.h"

namespace pgrec {

// How probes are attached.
enum class AttachMethod {
  kAuto,         // the first of these that the kernel has
  kUprobeMulti,  // one link for many probes (Linux 6.6)
  kPerfEvent,    // a perf event for each
};

struct BpfConfig {
  std::uint32_t probes = 0;             // functions; the activity function's index comes after them
  std::vector<std::uint32_t> pids;      // record only these and their children; empty: all
  std::uint64_t ring_bytes = 8u << 20;  // of each CPU
  AttachMethod attach = AttachMethod::kAuto;
};

// What fired at one probe since recording began, and what of it was lost.
struct ProbeCounts {
  wire_counts sum{};  // over the CPUs
  // Lost events by cause on each CPU, by its number, that lost any.
  std::map<std::uint32_t, std::array<std::uint64_t, WIRE_LOSSES>> lost_on;
};

class BpfSession {
 public:
  // Loads the programs. Throws Error with a hint when the kernel or the privileges do not allow it.
  // `verbose` lets libbpf write to stderr.
  BpfSession(const BpfConfig& config, bool verbose);

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
  // Puts the probe of the activity function; of several files, where it is asked for again. Nothing
  // on success, else the reason.
  std::optional<std::string> attach_activity(const std::string& binary, std::uint64_t offset);

  // How the probes are attached, for the trace's metadata: "uprobe_multi" or "perf_event".
  const char* attach_method() const { return multi_ ? "uprobe_multi" : "perf_event"; }

  // Puts the probe that tells of ended threads. Nothing on success, else the reason.
  std::optional<std::string> attach_thread_exit();

  // Events are recorded between the two; the probes may be there before and after.
  void start() { skeleton_->bss->recording = 1; }
  void stop() { skeleton_->bss->recording = 0; }
  // Takes the probes out. When it returns, no program runs any more.
  void detach() {
    links_.clear();
    multi_links_.clear();
  }

  std::vector<Ring>& rings() { return rings_; }

  // Events lost so far, of any cause; costs nothing to ask.
  std::uint64_t lost_events() const;
  // Ends of threads that did not get through.
  std::uint64_t lost_thread_ends() const;
  // The counts of every probe; the last is the activity function's.
  std::vector<ProbeCounts> counts() const;

 private:
  // Puts `program` at all `offsets`. False, and errno, when the kernel refuses one; then none is
  // there.
  bool attach(bpf_program* program, const std::string& binary,
              const std::vector<std::uint64_t>& offsets, const std::vector<std::uint64_t>& cookies,
              bool at_return);

  Skeleton skeleton_;
  std::vector<Ring> rings_;
  bool multi_ = false;
  std::vector<Link> links_;              // one a probe
  std::vector<Descriptor> multi_links_;  // one for many
  std::uint32_t counted_ = 0;
  std::vector<std::uint32_t> possible_cpus_;  // in the order of the kernel's per-CPU values
};

}  // namespace pgrec
