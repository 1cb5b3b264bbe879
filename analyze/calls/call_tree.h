// Calls below calls: for each path of calls, each inside the one before, how many there are and how
// long they took.
//
// Only calls that are wanted are in a path: one whose caller is not hangs below the nearest around
// it that is. With CallSelection::at_least, a caller stands in a path whatever became of it, also
// where it is not counted itself. A call that did not return has no time; what was inside it is
// inside the call around it.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/tree_nodes.h"

namespace pgrec {

struct CallTree {
  struct Node {
    std::uint32_t parent = 0;  // in `nodes`; of those without one 0, which is no path
    std::uint32_t depth = 0;   // 1: no call around it
    TreeNodes::Kind kind = TreeNodes::Kind::kFunction;
    FunctionId function{};
    std::uint64_t calls = 0, returned = 0;
    // Of those that returned. Of a node that is not of one function, without those in each other.
    Duration total{}, self{};
  };
  // Each before those inside it; of those inside one, the one with the longest total first. The
  // first is no path: its total is that of all calls with no other around them that returned, and
  // of all self times.
  std::vector<Node> nodes;

  bool has(TreeNodes::Kind kind) const;
};

// By a pass over the calls that are wanted. Holds a tree for each thread.
CallTree call_tree(TraceSet& set, const CallSelection& selection, const PassOptions& options);

}  // namespace pgrec
