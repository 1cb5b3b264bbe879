// One link for many probes: the kernel's BPF_TRACE_UPROBE_MULTI (6.6, commit 89ae89f53d20), which
// libbpf 1.1 does not know. A link for each probe takes a tenth of a second to attach and to
// detach.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "record/host/descriptor.h"

namespace pgrec {

// BPF_TRACE_UPROBE_MULTI of the kernel's enum bpf_attach_type: programs must be loaded for it.
constexpr int kUprobeMultiAttachType = 48;

// A program for such links that does nothing. A descriptor that is not open and errno where the
// kernel refuses it.
Descriptor load_empty_program();

// Whether this kernel has such links. May load a program to find out.
bool has_uprobe_multi();

// Puts `program` into `binary` at all `offsets` (bytes in the file), before the instruction there
// or at the return from it, each with its cookie. `semaphores`, if any: where the file has the
// counter (2 bytes) that the kernel is to raise in every process while the probe is there, bytes;
// 0: none. The probes are there until the descriptor is closed. A descriptor that is not open and
// errno where the kernel refuses any of them.
Descriptor attach_uprobe_multi(int program_fd, const std::string& binary,
                               const std::vector<std::uint64_t>& offsets,
                               const std::vector<std::uint64_t>& cookies, bool at_return,
                               const std::vector<std::uint64_t>& semaphores = {});

}  // namespace pgrec
