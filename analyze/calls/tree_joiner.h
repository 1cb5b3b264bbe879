// Puts calls that are in several chunks together for a call tree, chunk by chunk in the order of
// the file: of one that did not return, what is inside it is moved to the call around it, which
// only is known when it ends. Holds what is open.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/calls/tree_chunk.h"
#include "analyze/calls/tree_nodes.h"

namespace pgrec {

class TreeJoiner {
 public:
  void take(const std::vector<TreePiece>& chunk);
  // What is open has not returned.
  void end_of_file();
  bool is_open() const { return !open_.empty(); }

  // What was moved: to be added to the trees of the chunks.
  const TreeSums& moved() const { return moved_; }

 private:
  struct Open {
    CallId id{};
    std::uint32_t node = 0;    // in moved_
    std::uint64_t inside = 0;  // ns
    CallId above{};            // the call around it, where `has_above`
    bool has_above = false;
  };

  Open* find(CallId id);
  // One that has not returned, and does not count. Calls inside it come before it.
  void move(const Open& call);
  void move_those_gone(const std::vector<TreePiece>& chunk);

  TreeSums moved_;
  std::vector<Open> open_;  // at the end of the chunk before, by id
};

}  // namespace pgrec
