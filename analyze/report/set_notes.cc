#include "analyze/report/set_notes.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <vector>

#include "analyze/report/summary_view.h"
#include "analyze/report/trace_notes.h"
#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// What the files say of themselves, each once, in their order.
template <typename Say>
std::string said_by_files(const TraceSet& set, Say say) {
  std::vector<std::string> all;
  for (const TraceSet::File& file : set.files()) {
    const std::string text = say(file.reader);
    if (std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
  }
  return printable(join(all, "; "));
}

std::string fact(const TraceReader& trace, std::string_view key) {
  return trace.fact(key).value_or("unknown");
}

std::string server_of(const TraceReader& trace) {
  const std::string version = trace.fact("server.version").value_or("");
  return fact(trace, "server.binary") + (version.empty() ? "" : ", PostgreSQL " + version);
}

std::string host_of(const TraceReader& trace) {
  return fmt::format("{}, Linux {}, {} CPUs", fact(trace, "host.name"), fact(trace, "host.kernel"),
                     fact(trace, "host.cpus"));
}

}  // namespace

std::string set_headline(const TraceSet& set) {
  if (set.is_single()) return trace_headline(set.files().front().reader);
  std::vector<std::string> names;
  std::uint64_t bytes = 0, lost = 0;
  for (const TraceSet::File& file : set.files()) {
    names.push_back(file.reader.name());
    bytes += file.reader.size_bytes();
    lost += file.reader.lost_events();
  }
  constexpr std::size_t kMostNames = 3;
  return fmt::format(
      "{}: {} of {}, {}, {} from {}\n"
      "server: {}\n"
      "host:   {}\n"
      "lost:   {} events\n",
      printable(join_first(names, kMostNames)), plural(names.size(), "file"),
      plural(set.traces(), "recording"), bytes_text(bytes),
      duration_text(set.last().time_since_epoch()),
      printable(fact(set.files().front().reader, "recorded.at")), said_by_files(set, server_of),
      said_by_files(set, host_of), count_text(lost));
}

ExitStatus warn_if_not_whole(const TraceSet& set) {
  ExitStatus status = set.misses_parts() ? kExitDamaged : kExitDone;
  for (const std::string& note : set.notes())
    print_line(std::cerr, "pgrec: " + note);
  for (const TraceSet::File& file : set.files())
    status = std::max(status, warn_if_not_whole(file.reader));
  return status;
}

Table trace_table(const TraceSet& set) {
  Table table = trace_table(set.files().front().reader);
  for (std::size_t i = 1; i < set.files().size(); ++i)
    table.rows.push_back(trace_table(set.files()[i].reader).rows.front());
  return table;
}

}  // namespace pgrec
