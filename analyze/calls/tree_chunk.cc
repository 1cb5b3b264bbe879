#include "analyze/calls/tree_chunk.h"

namespace pgrec {

void TreeChunk::begin(const TraceSet::File& file, std::vector<TreePiece>& pieces) {
  file_ = &file;
  pieces_ = &pieces;
  pieces.clear();
  touched_.clear();
  ++chunk_;
  state_ = {};
  stack_.clear();
}

void TreeChunk::keep() {
  end_thread();
  for (const std::uint32_t node : touched_)
    tree_.of(node).add(sums_[node].sums);
}

void TreeChunk::thread(const ThreadKey& key, ThreadState&& opening) {
  end_thread();
  key_ = key;
  state_ = std::move(opening);
  wanted_ = selection_.pids.has(key.pid);
  for (const OpenCall& call : state_.calls) {
    push(call, false);
    if (stack_.back().is_wanted) add_piece(stack_.back());
  }
}

void TreeChunk::call_ended(const Call& headless) {
  OpenCall call;
  call.function = headless.function;
  call.entered = headless.begun;
  call.execution = headless.execution.value_or(kNoExecution);
  if (selection_.at_least > Duration{} || !wants(call)) return;
  ++of(tree_.nodes.child(stack_.empty() ? 0 : stack_.back().node, call.function)).calls;
}

void TreeChunk::does_not_count(const Open& call) {
  move_up(
      tree_.nodes, call.node, node_above(call),
      call.inside, [this](std::uint32_t node) -> auto& { return of(node); });
  if (call.above != 0) stack_[call.above - 1].inside += call.inside;
}

// What is inside one that does not count is moved up with what chunks before know of it.
void TreeChunk::end_piece(const Open& call, bool counts) {
  TreePiece& piece = (*pieces_)[call.piece - 1];
  piece.end = counts ? TreePiece::End::kCounts : TreePiece::End::kDoesNotCount;
  piece.inside = call.inside;
}

void TreeChunk::add_piece(Open& call) {
  TreePiece& piece = pieces_->emplace_back();
  call.piece = static_cast<std::uint32_t>(pieces_->size());
  piece.id = call.id;
  piece.function = call.function;
  piece.kind = tree_.nodes.at(call.node).kind;
  if (call.above != 0) piece.above = stack_[call.above - 1].piece;
}

// What is open goes on in the next chunk.
void TreeChunk::end_thread() {
  for (Open& call : stack_) {
    if (!call.is_wanted) continue;
    if (call.piece == 0) add_piece(call);
    (*pieces_)[call.piece - 1].inside = call.inside;
  }
  stack_.clear();
  state_ = {};
}

}  // namespace pgrec
