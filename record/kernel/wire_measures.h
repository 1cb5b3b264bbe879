// Holds the wire to the table of measures: each counter stands in `usage`, as of a wire_done, in
// the place that the table gives it. Included where that place is used.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "bpf/wire_execution.h"
#include "format/postgres/measures.h"

namespace pgrec {

struct WireMeasure {
  wire_usage usage;
  std::string_view name;
};

inline constexpr auto kWireMeasures = std::to_array<WireMeasure>({
    {WIRE_SHARED_HIT, "shared_hit"},
    {WIRE_SHARED_READ, "shared_read"},
    {WIRE_SHARED_DIRTIED, "shared_dirtied"},
    {WIRE_SHARED_WRITTEN, "shared_written"},
    {WIRE_TEMP_READ, "temp_read"},
    {WIRE_TEMP_WRITTEN, "temp_written"},
    {WIRE_WAL_RECORDS, "wal_records"},
    {WIRE_WAL_FPI, "wal_fpi"},
    {WIRE_WAL_BYTES, "wal_bytes"},
});

constexpr bool stands_in_its_place(const Measure& measure) {
  return !is_counted(measure) ||
         std::any_of(kWireMeasures.begin(), kWireMeasures.end(), [&](const WireMeasure& one) {
           return one.name == measure.name && one.usage == measure.counter;
         });
}

static_assert(kWireMeasures.size() == WIRE_USAGES && kCounters == WIRE_USAGES,
              "the wire and the table of measures have not the same counters");
static_assert(std::all_of(kMeasures.begin(), kMeasures.end(), stands_in_its_place),
              "a counter stands elsewhere in the wire than the table of measures says");

}  // namespace pgrec
