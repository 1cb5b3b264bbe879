#include "analyze/calls/tree_joiner.h"

#include <algorithm>

namespace pgrec {

TreeJoiner::Open* TreeJoiner::find(CallId id) {
  const auto found =
      std::lower_bound(open_.begin(), open_.end(), id,
                       [](const Open& open, CallId wanted) { return open.id < wanted; });
  return found == open_.end() || found->id != id ? nullptr : &*found;
}

void TreeJoiner::move(const Open& call) {
  if (call.inside == 0) return;
  Open* const above = call.has_above ? find(call.above) : nullptr;
  const std::uint32_t node_above =
      moved_.nodes.is_folded(call.node) && above ? above->node : moved_.nodes.at(call.node).parent;
  move_up(
      moved_.nodes, call.node, node_above,
      call.inside, [this](std::uint32_t node) -> auto& { return moved_.of(node); });
  if (above) above->inside += call.inside;
}

// Of those that were open, the ones that are not any more. Ids are in the order of the calls.
void TreeJoiner::move_those_gone(const std::vector<TreePiece>& chunk) {
  std::vector<CallId> here;
  here.reserve(chunk.size());
  for (const TreePiece& piece : chunk)
    here.push_back(piece.id);
  std::sort(here.begin(), here.end());
  for (auto call = open_.rbegin(); call != open_.rend(); ++call) {
    if (!std::binary_search(here.begin(), here.end(), call->id)) move(*call);
  }
}

void TreeJoiner::take(const std::vector<TreePiece>& chunk) {
  move_those_gone(chunk);
  std::vector<Open> all;
  all.reserve(chunk.size());
  for (const TreePiece& piece : chunk) {
    Open& call = all.emplace_back();
    call.id = piece.id;
    call.has_above = piece.above != 0;
    const Open* const above = call.has_above ? &all[piece.above - 1] : nullptr;
    if (above) call.above = above->id;
    call.node = moved_.nodes.child(above ? above->node : 0, piece.function, piece.kind);
    call.inside = piece.inside;
    if (const Open* const before = find(piece.id)) call.inside += before->inside;
  }
  // As find() has them; the ends of the pieces go with them.
  std::vector<std::pair<Open, TreePiece::End>> sorted;
  sorted.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    sorted.emplace_back(all[i], chunk[i].end);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return a.first.id < b.first.id; });
  open_.clear();
  for (const auto& [call, end] : sorted)
    open_.push_back(call);
  for (std::size_t i = open_.size(); i-- > 0;) {
    if (sorted[i].second == TreePiece::End::kDoesNotCount) move(open_[i]);
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    if (sorted[i].second == TreePiece::End::kOpen) open_[kept++] = open_[i];
  }
  open_.resize(kept);
}

void TreeJoiner::end_of_file() {
  take({});
}

}  // namespace pgrec
