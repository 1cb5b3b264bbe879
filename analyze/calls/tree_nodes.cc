#include "analyze/calls/tree_nodes.h"

namespace pgrec {

std::uint32_t TreeNodes::child(std::uint32_t parent, FunctionId function, Kind kind) {
  if (is_folded(parent)) return parent;
  if (kind != Kind::kFunction) function = {};
  const std::size_t place = place_of(parent, function, kind);
  if (slots_[place] != 0) return slots_[place];
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({parent, nodes_[parent].depth + 1, function, kind});
  slots_[place] = node;
  if (kind == Kind::kFunction) ++of_functions_;
  if (nodes_.size() * 2 > slots_.size()) grow();
  return node;
}

std::uint32_t TreeNodes::add_bounded(std::uint32_t parent, FunctionId function) {
  if (is_folded(parent)) return parent;
  if (nodes_[parent].depth == kMostDepth) return child(parent, {}, Kind::kDeeper);
  if (of_functions_ == kMostNodes) return child(parent, {}, Kind::kOther);
  return child(parent, function, Kind::kFunction);
}

void TreeNodes::grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    slots_[place_of(node.parent, node.function, node.kind)] = i;
  }
}

void TreeSums::merge(const TreeSums& other) {
  std::vector<std::uint32_t> here(other.nodes.all().size(), 0);
  for (std::uint32_t i = 0; i < here.size(); ++i) {
    const TreeNodes::Sums added = i < other.sums.size() ? other.sums[i] : TreeNodes::Sums{};
    if (i == 0) {
      of(0).add(added);
      continue;
    }
    const TreeNodes::Node& node = other.nodes.at(i);
    const std::uint32_t parent = here[node.parent];
    here[i] = node.kind == TreeNodes::Kind::kFunction
                  ? nodes.child(parent, node.function)
                  : nodes.child(parent, node.function, node.kind);
    TreeNodes::Sums& own = of(here[i]);
    own.calls += added.calls;
    own.returned += added.returned;
    own.inside_ns += added.inside_ns;
    if (here[i] == parent) {
      own.inside_ns -= added.total_ns;  // of a node that is folded now, into the one around it
    } else {
      own.total_ns += added.total_ns;
    }
  }
}

}  // namespace pgrec
