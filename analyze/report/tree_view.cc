#include "analyze/report/tree_view.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kMostDots = 8;

std::string name_of(const TraceSet& set, const CallTree::Node& node) {
  switch (node.kind) {
    case TreeNodes::Kind::kDeeper:
      return "\u2026";
    case TreeNodes::Kind::kOther:
      return "other";
    case TreeNodes::Kind::kFunction:
      break;
  }
  return set.function_name(node.function);
}

// "· · f"; below `kMostDots` with a number: "·9 f".
std::string indented(std::uint32_t depth, const std::string& name) {
  if (depth > kMostDots) return "\u00B7" + std::to_string(depth) + " " + name;
  std::string text;
  for (std::uint32_t i = 0; i < depth; ++i)
    text += "\u00B7 ";
  return text + name;
}

SqlValue percent_of(Duration part, Duration whole) {
  if (whole <= Duration{}) return std::monostate{};
  return 100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

// The most of a node and of those below it, added up: what it is cut by. Of a caller that is not
// less than of what it calls.
std::vector<std::int64_t> weights_of(const CallTree& tree) {
  std::vector<std::int64_t> weights(tree.nodes.size(), 0), below(tree.nodes.size(), 0);
  for (std::size_t i = tree.nodes.size(); i-- > 1;) {
    weights[i] = std::max(tree.nodes[i].total.count(), below[i]);
    std::int64_t& above = below[tree.nodes[i].parent];
    above = add_capped(Duration(above), Duration(weights[i])).count();
  }
  return weights;
}

std::vector<bool> chosen(const CallTree& tree, const TreeOptions& options) {
  std::vector<bool> all(tree.nodes.size(), true);
  all[0] = false;
  const std::vector<std::int64_t> weights = weights_of(tree);
  if (options.limit == 0) {
    if (!options.for_people) return all;
    const std::int64_t total = tree.nodes[0].total.count();
    for (std::size_t i = 1; i < all.size(); ++i)
      all[i] = weights[i] >= total / 1000;
    return all;
  }
  std::vector<std::size_t> order(tree.nodes.size() - 1);
  std::iota(order.begin(), order.end(), std::size_t{1});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return weights[a] > weights[b]; });
  for (std::size_t i = options.limit; i < order.size(); ++i)
    all[order[i]] = false;
  return all;
}

Table people_table(const TraceSet& set, const CallTree& tree, const std::vector<bool>& shown) {
  Table table{"tree",
              "",
              {{"total_ns", "total", Unit::kDurationNs},
               {"self_ns", "self", Unit::kDurationNs},
               {"share_percent", "share %", Unit::kRatio},
               {"calls", "calls", Unit::kCount},
               {"not_returned", "not returned", Unit::kCount, Shown::kWhereAny, "", false, 1},
               {"function", "function", Unit::kPlain, Shown::kAlways, "", true}},
              {}};
  for (std::size_t i = 1; i < tree.nodes.size(); ++i) {
    if (!shown[i]) continue;
    const CallTree::Node& node = tree.nodes[i];
    const std::uint64_t open = node.calls - std::min(node.calls, node.returned);
    table.rows.push_back({node.total.count(), node.self.count(),
                          percent_of(node.total, tree.nodes[0].total),
                          static_cast<std::int64_t>(node.calls),
                          open == 0 ? SqlValue() : SqlValue(static_cast<std::int64_t>(open)),
                          indented(node.depth - 1, name_of(set, node))});
  }
  return table;
}

Table machine_table(const TraceSet& set, const CallTree& tree, const std::vector<bool>& shown) {
  Table table{"tree",
              "",
              {{"node", ""},
               {"parent", ""},
               {"depth", ""},
               {"function", ""},
               {"path", ""},
               {"calls", ""},
               {"not_returned", ""},
               {"total_ns", ""},
               {"self_ns", ""},
               {"share_percent", ""}},
              {}};
  std::vector<std::string> path;  // of the node before, by depth
  for (std::size_t i = 1; i < tree.nodes.size(); ++i) {
    const CallTree::Node& node = tree.nodes[i];
    const std::string name = name_of(set, node);
    path.resize(node.depth);
    path.back() = node.depth == 1 ? name : path[node.depth - 2] + ";" + name;
    if (!shown[i]) continue;
    table.rows.push_back(
        {static_cast<std::int64_t>(i),
         node.parent == 0 ? SqlValue() : SqlValue(std::int64_t{node.parent}),
         std::int64_t{node.depth - 1}, name, path.back(), static_cast<std::int64_t>(node.calls),
         static_cast<std::int64_t>(node.calls - std::min(node.calls, node.returned)),
         node.total.count(), node.self.count(), percent_of(node.total, tree.nodes[0].total)});
  }
  return table;
}

}  // namespace

NotedTables tree_view(Analysis& analysis, const TreeOptions& options) {
  return tree_view(analysis.set(), call_tree(analysis.set(), analysis.calls(), analysis.options()),
                   options);
}

NotedTables tree_view(const TraceSet& set, const CallTree& tree, const TreeOptions& options) {
  const std::vector<bool> shown = chosen(tree, options);
  NotedTables view;
  view.tables.push_back(options.for_people ? people_table(set, tree, shown)
                                           : machine_table(set, tree, shown));
  const auto left_out = static_cast<std::size_t>(std::count(shown.begin(), shown.end(), false) - 1);
  if (left_out > 0) {
    view.notes += plural(left_out, "path") +
                  (options.limit == 0 ? " below 0.1 % of the total left out; --limit shows more\n"
                                      : " with less time left out\n");
  }
  if (tree.has(TreeNodes::Kind::kDeeper)) {
    view.notes += "\u2026 stands for calls that are more than " +
                  std::to_string(TreeNodes::kMostDepth) + " deep\n";
  }
  if (tree.has(TreeNodes::Kind::kOther)) {
    view.notes += "other stands for calls of further paths: pgrec tells " +
                  count_text(TreeNodes::kMostNodes) + " apart\n";
  }
  return view;
}

}  // namespace pgrec
