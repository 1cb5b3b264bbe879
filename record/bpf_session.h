// The loaded kernel side: its programs, rings and counters, from loading to detaching. The only user of
// libbpf. Single-threaded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bpf/wire.h"
#include "record/bpf_handles.h"
#include "record/descriptor.h"
#include "record/ring.h"

namespace pgrec {

struct BpfConfig {
  std::uint32_t probes = 0;               // functions; the activity function's index comes after them
  std::vector<std::uint32_t> pids;        // record only these and their children; empty: all
  std::uint64_t ring_bytes = 8u << 20;    // of each CPU
};

class BpfSession {
 public:
  // Loads the programs. Throws Error with a hint when the kernel or the privileges do not allow it.
  // `verbose` lets libbpf write to stderr.
  BpfSession(const BpfConfig& config, bool verbose);

  // Puts the entry and the return probe of a function, or the probe of the activity function, into
  // `binary` at `file_offset` (bytes). Nothing on success, else the reason.
  std::optional<std::string> attach_function(std::uint32_t probe, const std::string& binary,
                                             std::uint64_t file_offset);
  std::optional<std::string> attach_activity(const std::string& binary, std::uint64_t file_offset);

  // Events are recorded between the two; the probes may be there before and after.
  void start() { skeleton_->bss->recording = 1; }
  void stop() { skeleton_->bss->recording = 0; }
  // Takes the probes out. When it returns, no program runs any more.
  void detach() { links_.clear(); }

  std::vector<Ring>& rings() { return rings_; }

  // Events lost so far, of any cause; costs nothing to ask.
  std::uint64_t lost_events() const;
  // The counts of every probe, summed over the CPUs; the last is the activity function's.
  std::vector<wire_counts> counts() const;

 private:
  std::optional<std::string> attach(bpf_program* program, const std::string& binary,
                                    std::uint64_t file_offset, std::uint32_t cookie, bool at_return);

  Skeleton skeleton_;
  std::vector<Ring> rings_;
  std::vector<Link> links_;
  std::uint32_t counted_ = 0;
};

}  // namespace pgrec
