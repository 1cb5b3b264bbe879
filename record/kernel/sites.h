// Sites in a file: places for probes that are not on the entry and the return of a function.
#pragma once

#include <cstdint>

#include "bpf/wire.h"

namespace pgrec {

// A site of a USDT probe.
struct AttachSite {
  std::uint64_t offset = 0;            // bytes in the file
  std::uint64_t semaphore_offset = 0;  // as of a UsdtSite
  wire_site site{};                    // whose probe is a probe index
};

// A site of a query hook.
struct HookSite {
  wire_hook hook = WIRE_ON_ACTIVITY;
  std::uint64_t offset = 0;  // bytes in the file
};

}  // namespace pgrec
