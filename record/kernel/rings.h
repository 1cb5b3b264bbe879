// The rings of all CPUs, through which everything comes from the kernel side.
#pragma once

#include <vector>

#include "record/kernel/event_ring.h"
#include "record/kernel/record_ring.h"

namespace pgrec {

struct Rings {
  Positions positions;  // of the event rings, which borrow them
  std::vector<EventRing> events;
  std::vector<RecordRing> records;
};

}  // namespace pgrec
