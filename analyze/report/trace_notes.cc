#include "analyze/report/trace_notes.h"

#include <fmt/core.h>

#include <iostream>
#include <map>
#include <set>

#include "format/print/join.h"
#include "format/print/number.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {

namespace {

// Events of other processes than those of -p are no news to who asked for these.
void warn_of_filtered(const TraceReader& trace) {
  if (trace.fact("record.min_duration_ns").value_or("").empty() &&
      trace.fact("record.sample").value_or("").empty()) {
    return;
  }
  Account all;
  for (const auto& [function, account] : trace.accounts())
    all.merge(account);
  if (all.filtered == 0) return;
  std::string line =
      fmt::format("pgrec: {}: {} events were filtered while recording, as was asked for",
                  trace.name(), count_text(all.filtered));
  if (const std::uint64_t calls = all.short_calls.count(); calls > 0) {
    line += fmt::format(
        "; among them are {}, which are counted in calls, times, percentiles and histograms of "
        "functions, and are nowhere else",
        plural(calls, "short call"));
  }
  print_line(std::cerr, line);
}

// By the facts, which are written at once; the losses say it at the end of the trace only.
void warn_of_throttled(const TraceReader& trace) {
  static constexpr std::string_view kKey = "record.throttled.";
  std::map<std::uint32_t, std::string> throttled;
  for (const auto& [key, value] : trace.metadata()) {
    if (!key.starts_with(kKey)) continue;
    const auto id = parse_number<std::uint32_t>(std::string_view(key).substr(kKey.size()));
    if (id) throttled[*id] = value;
  }
  for (const auto& [id, when] : throttled) {
    print_line(
        std::cerr,
        fmt::format(
            "pgrec: {}: {} was not recorded any more {}: they were taken off (--max-overhead)",
            trace.name(), trace.function_name(FunctionId{id}), when));
  }
}

// Of the recording.
void warn_of_memory(const TraceReader& trace) {
  if (const auto times = trace.fact("record.without_memory")) {
    print_line(std::cerr,
               fmt::format("pgrec: {}: {} times there was no memory for a query's text while "
                           "recording: it is not taken apart, or not readable",
                           trace.name(), *times));
  }
}

}  // namespace

ExitStatus warn_if_not_whole(const TraceReader& trace) {
  const std::string end = duration_text(trace.last().time_since_epoch());
  if (trace.closed()) {
    // Nothing to say.
  } else if (trace.written_by()) {
    print_line(
        std::cerr,
        fmt::format(
            "pgrec: {} is still being written, by process {}; this is what it holds up to {}",
            trace.name(), *trace.written_by(), end));
  } else {
    print_line(
        std::cerr,
        fmt::format(
            "pgrec: {} was not closed: its recorder was killed, or the file was cut; it ends at {}",
            trace.name(), end));
  }
  std::uint64_t damaged = 0;
  for (const Damage& damage : trace.damages())
    damaged += damage.bytes;
  if (!trace.damages().empty()) {
    const Damage& first = trace.damages().front();
    print_line(std::cerr,
               fmt::format("pgrec: {} is damaged: {} bytes are not readable, the first at offset "
                           "{} ({}); what they "
                           "held is missing here",
                           trace.name(), count_text(damaged), first.offset, first.reason));
  }
  if (const std::uint64_t lost = trace.lost_events(); lost > 0) {
    std::set<std::string> causes;
    for (const Loss& loss : trace.losses()) {
      if (loss.events > 0) causes.insert(loss.cause);
    }
    print_line(std::cerr, fmt::format("pgrec: {}: {} events were lost while recording ({})",
                                      trace.name(), count_text(lost), join(causes, ", ")));
  }
  warn_of_filtered(trace);
  warn_of_throttled(trace);
  warn_of_memory(trace);
  const bool whole = trace.damages().empty() && (trace.closed() || trace.written_by());
  return whole ? kExitDone : kExitDamaged;
}

Table trace_table(const TraceReader& trace) {
  std::int64_t damaged = 0;
  for (const Damage& damage : trace.damages())
    damaged += static_cast<std::int64_t>(damage.bytes);
  return {"trace",
          "",
          {{"file", "file"},
           {"closed", "closed"},
           {"damaged_bytes", "damaged"},
           {"lost_events", "lost"}},
          {{trace.name(), std::int64_t{trace.closed()}, damaged,
            static_cast<std::int64_t>(trace.lost_events())}}};
}

Table damages_table(const TraceReader& trace) {
  Table damages{
      "damages", "", {{"offset", "damage at"}, {"bytes", "bytes"}, {"reason", "reason"}}, {}};
  for (const Damage& damage : trace.damages()) {
    damages.rows.push_back({static_cast<std::int64_t>(damage.offset),
                            static_cast<std::int64_t>(damage.bytes), damage.reason});
  }
  return damages;
}

}  // namespace pgrec
