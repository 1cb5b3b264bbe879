// What the events of classes come to: by class, and by the values of those arguments that tell
// kinds apart, such as a lock's name and its mode.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyze/calls/class_events.h"
#include "format/table/log_histogram.h"

namespace pgrec {

struct EventGroup {
  std::string name;        // of the pair or the class (EventPairTable::Entry)
  std::string class_name;  // of the events that are counted: of a pair its start's
  bool is_pair = false;
  bool is_rest = false;   // of all that found no room among the groups
  std::string what;       // the values, as people read them: "WALWrite exclusive"
  std::string arguments;  // the same as JSON: an object
  std::uint64_t hits = 0;
  Timestamp first = Timestamp::max(), last = Timestamp::min();  // hits
  // Of those that were done.
  std::uint64_t done = 0;
  Duration total{}, longest{};
  LogHistogram durations;
  std::uint64_t unended = 0;    // hits whose end is not known
  std::uint64_t unstarted = 0;  // ends whose start is not known, which are no hits

  // Nearest rank, at most 3.2 % off; nothing where none was done.
  std::optional<Duration> percentile(std::uint64_t percent) const;
};

constexpr std::size_t kMostEventGroups = 1 << 16;

// By total time, then by hits, then by name. Groups behind `most` are one for each name, which is
// the rest.
std::vector<EventGroup> group_events(TraceSet& set, const CallSelection& selection,
                                     const PassOptions& options,
                                     std::size_t most = kMostEventGroups);

}  // namespace pgrec
