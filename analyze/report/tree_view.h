// --tree: calls below calls, with the time that each path took.
#pragma once

#include <cstdint>

#include "analyze/calls/call_tree.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/noted_tables.h"

namespace pgrec {

struct TreeOptions {
  // How many paths, those with the most time; 0: for people those of at least a thousandth of the
  // total, else all.
  std::size_t limit = 0;
  // A tree to look at: a dot for each call around a call. Else the nodes with their parents, and
  // each with its path as flame graphs have it.
  bool for_people = true;
};

// The paths of all wanted calls: a table `tree`.
NotedTables tree_view(Analysis& analysis, const TreeOptions& options);

// The same of a tree that is there.
NotedTables tree_view(const TraceSet& set, const CallTree& tree, const TreeOptions& options);

}  // namespace pgrec
