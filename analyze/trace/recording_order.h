// Which of several traces are of one recording, and in which order: what a trace says of itself,
// compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What of a trace tells which recording it is of, and when.
struct RecordingFacts {
  std::string file;                           // its name
  std::string host, boot, server, system;     // empty: not known
  std::optional<std::int64_t> began_ns;       // its time 0: since 1970, UTC
  std::optional<std::int64_t> monotonic_ns;   // the same on the machine's monotonic clock
  std::uint64_t part = 0;                     // 0: it is no part
  std::optional<std::int64_t> first_part_ns;  // when the first part began
  Duration length{};
};
RecordingFacts recording_facts(const TraceReader& trace);

// Where a trace stands in a set.
struct Place {
  std::size_t trace = 0;        // which of those that were given
  std::uint32_t recording = 1;  // from 1
  Duration shift{};             // its time 0 in the time of the set
};

struct RecordingOrder {
  std::vector<Place> places;        // the recordings in order of time, parts by number
  std::vector<std::size_t> copies;  // those given that stand there already: the same part again
  std::vector<std::string> notes;   // what is to be said of it, in lines
  bool misses_parts = false;
};
// `traces`: at least one.
RecordingOrder order_of(const std::vector<RecordingFacts>& traces);

}  // namespace pgrec
