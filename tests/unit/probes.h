// The tables of probes of tests: named functions and USDT probes, and the hooks of queries.
#pragma once

#include <string>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "record/kernel/probe_table.h"

namespace pgrec::test {

// The hooks are named pgstat_report_activity, and stand at none of the functions.
inline ProbeTable probes(const std::vector<std::string>& functions,
                         const std::vector<std::string>& points = {}) {
  std::vector<Function> rows;
  for (const std::string& name : functions)
    rows.push_back({{}, {}, name, "/bin/server", "", 16 + 16 * rows.size()});
  std::vector<ProbeTable::Point> of_points;
  for (const std::string& name : points) {
    ProbeTable::Point& point = of_points.emplace_back();
    point.function.name = name;
    point.events.id = ClassId{kFirstOtherClass + static_cast<std::uint32_t>(of_points.size() - 1)};
    point.events.name = name;
  }
  Function hooks;
  hooks.name = "pgstat_report_activity";
  return {std::move(rows), of_points, std::move(hooks)};
}

}  // namespace pgrec::test
