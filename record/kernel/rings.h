// The rings of all CPUs, through which everything comes from the kernel side.
#pragma once

#include <cstdint>
#include <vector>

#include "record/kernel/event_ring.h"
#include "record/kernel/record_ring.h"

namespace pgrec {

struct Rings {
  Positions positions;  // of the event rings, which borrow them
  std::vector<EventRing> events;
  std::vector<RecordRing> records;

  // What the rings of records hold, of all CPUs.
  std::uint64_t record_bytes() const {
    std::uint64_t bytes = 0;
    for (const RecordRing& ring : records)
      bytes += ring.bytes();
    return bytes;
  }
};

}  // namespace pgrec
