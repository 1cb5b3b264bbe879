// Loads pgrec's BPF programs as a session is configured: chooses the programs, sizes their maps,
// and sets the constants that the kernel compiles them with.
#pragma once

#include <cstdint>
#include <vector>

#include "bpf/wire.h"
#include "record/host/descriptor.h"
#include "record/kernel/handles.h"
#include "record/kernel/session_config.h"

struct bpf_program;

namespace pgrec {

// Sites of USDT probes, those of files that take the path later included; 200 bytes each.
constexpr std::uint32_t kMostSites = 4096;

struct LoadedPrograms {
  Skeleton skeleton;
  std::vector<bpf_program*> of_probes;  // those that uprobes run; of the skeleton
  bool slow = false;                    // only slow statements are told
  bool uprobe_multi = false;            // one link may be for many probes

  // The program of a hook, of those that are loaded.
  bpf_program* program_of(wire_hook hook) const;
};

// Loads what `config` needs, with room for so many CPUs in the maps of rings. `verbose` lets libbpf
// write to stderr. Throws Error with a hint when the kernel or the privileges do not allow it.
LoadedPrograms load_programs(const SessionConfig& config, std::uint32_t cpus, bool verbose);

// Make the maps of one CPU's rings, in the sizes that load_programs() has configured. Throw Error.
Descriptor make_event_map(const SessionConfig& config);
Descriptor make_record_map(const SessionConfig& config);
// The room in them, in slots and in bytes.
std::uint64_t event_slots(const SessionConfig& config);
std::uint64_t record_bytes(const SessionConfig& config);

}  // namespace pgrec
