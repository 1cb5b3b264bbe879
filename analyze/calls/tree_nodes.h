// The paths of a call tree and what their calls come to. A path is a chain of calls, each inside
// the one before; a node stands for all calls with one path. Node 0 is what all begin in.
//
// A tree is bounded: calls that are deeper than kMostDepth are one node of their caller's, however
// they call each other, and so are those of paths that have no room.
//
// Of time it holds, for each node, the total of its calls that count, and of that what was inside
// in nodes below. Each duration that is added to the total of a node is added to what is inside the
// node above, so that all self times together are what is inside node 0, to the nanosecond.
#pragma once

#include <cstdint>
#include <vector>

#include "format/event.h"

namespace pgrec {

class TreeNodes {
 public:
  static constexpr std::uint32_t kMostNodes = 1u << 16;
  static constexpr std::uint32_t kMostDepth = 64;

  // A node of calls of one function, of all those that are too deep, or have no room.
  enum class Kind : std::uint8_t { kFunction, kDeeper, kOther };
  struct Node {
    std::uint32_t parent = 0;
    std::uint32_t depth = 0;  // of node 0: 0
    FunctionId function{};    // kFunction
    Kind kind = Kind::kFunction;
  };
  // In sums of nanoseconds, differences are added too; they wrap around, in a forged trace only.
  struct Sums {
    std::uint64_t calls = 0;     // of any outcome
    std::uint64_t returned = 0;  // only these have a duration
    std::uint64_t total_ns = 0;
    std::uint64_t inside_ns = 0;

    void add(const Sums& other) {
      calls += other.calls;
      returned += other.returned;
      total_ns += other.total_ns;
      inside_ns += other.inside_ns;
    }
  };

  TreeNodes() : nodes_(1), slots_(1u << 10) {}

  // The node of calls of `function` in calls of `parent`: that itself where it is not of one
  // function.
  std::uint32_t child(std::uint32_t parent, FunctionId function) {
    const std::uint32_t found = slots_[place_of(parent, function, Kind::kFunction)];
    return found != 0 ? found : add_bounded(parent, function);
  }
  // The same of a kind that is known, whatever the bounds.
  std::uint32_t child(std::uint32_t parent, FunctionId function, Kind kind);

  const std::vector<Node>& all() const { return nodes_; }
  const Node& at(std::uint32_t node) const { return nodes_[node]; }
  bool is_folded(std::uint32_t node) const { return nodes_[node].kind != Kind::kFunction; }

 private:
  std::size_t place_of(std::uint32_t parent, FunctionId function, Kind kind) const {
    std::uint64_t hash = (std::uint64_t{parent} << 32 | value(function)) * 0x9E3779B97F4A7C15u;
    std::size_t place = (hash >> 32) & (slots_.size() - 1);
    while (slots_[place] != 0) {
      const Node& node = nodes_[slots_[place]];
      if (node.parent == parent && node.function == function && node.kind == kind) break;
      place = (place + 1) & (slots_.size() - 1);
    }
    return place;
  }
  std::uint32_t add_bounded(std::uint32_t parent, FunctionId function);
  void grow();

  std::vector<Node> nodes_;
  std::vector<std::uint32_t> slots_;  // a hash table of nodes; 0: none
  std::uint32_t of_functions_ = 0;    // nodes that are
};

// A tree with its sums.
struct TreeSums {
  TreeNodes nodes;
  std::vector<TreeNodes::Sums> sums{1};  // by node

  TreeNodes::Sums& of(std::uint32_t node) {
    if (node >= sums.size()) sums.resize(nodes.all().size());
    return sums[node];
  }
  // Adds the paths of another.
  void merge(const TreeSums& other);
};

// Adds the duration of a call of `node`, in a call of `above`, or 0 in none.
template <typename Of>
void charge(std::uint32_t node, std::uint32_t above, std::uint64_t ns, Of of) {
  if (node == above) return;  // folded: the outermost has it
  of(node).total_ns += ns;
  of(above).inside_ns += ns;
}

// Of a call that does not count after all, because it did not return: `ns`, the time of calls
// inside it, is inside the one around it.
template <typename Of>
void move_up(const TreeNodes& nodes, std::uint32_t node, std::uint32_t above, std::uint64_t ns,
             Of of) {
  if (nodes.is_folded(node)) return charge(node, above, ns, of);
  of(node).inside_ns -= ns;
  of(above).inside_ns += ns;
}

}  // namespace pgrec
