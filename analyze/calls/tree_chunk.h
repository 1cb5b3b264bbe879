// Adds the calls of a chunk to a tree, and tells what it has of calls that are in several chunks,
// which analyze/calls/tree_joiner.h puts together. A visitor of format/chunk/chunk_decoder.h.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/calls/selection.h"
#include "analyze/calls/tree_nodes.h"
#include "analyze/trace/trace_set.h"
#include "format/thread_state.h"

namespace pgrec {

// What a chunk has of a call that was open when it began or is when it ends.
struct TreePiece {
  // kCounts: it returned, after the time that is wanted.
  enum class End : std::uint8_t { kOpen, kCounts, kDoesNotCount };

  CallId id{};
  FunctionId function{};
  TreeNodes::Kind kind = TreeNodes::Kind::kFunction;  // of its node
  End end = End::kOpen;
  std::uint32_t above = 0;   // the one that it is in, as its place from 1; 0: none
  std::uint64_t inside = 0;  // ns of calls in it that ended in this chunk
};

// The tree of a thread: one for all the chunks that it works on.
class TreeChunk {
 public:
  // Borrows the selection.
  explicit TreeChunk(const CallSelection& selection)
      : selection_(selection), all_(selection.is_all()) {}

  // Before each chunk. `pieces`: gets them, of each thread the outermost first.
  void begin(const TraceSet::File& file, std::vector<TreePiece>& pieces);
  // Once the chunk is decoded: keeps what it has. Without it, nothing of the chunk is in the tree.
  void keep();

  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening);
  [[gnu::always_inline]] bool event(const Event& event) {
    if (!replay(event, key_, state_, ids_, *this)) return false;
    if (event.kind == EventKind::kEnter) push(state_.calls.back(), true);
    return true;
  }
  // As replay() calls them.
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    const Open ended = stack_.back();
    stack_.pop_back();
    if (!ended.is_wanted) return;
    const bool counts = call.returned() && call.duration() >= selection_.at_least;
    if (counts) {
      TreeNodes::Sums& sums = of(ended.node);
      ++sums.returned;
      if (selection_.at_least > Duration{}) ++sums.calls;
      const auto ns = static_cast<std::uint64_t>(call.duration().count());
      charge(
          ended.node, node_above(ended), ns, [this](std::uint32_t n) -> auto& { return of(n); });
      if (ended.above != 0) stack_[ended.above - 1].inside += ns;
    } else if (ended.piece == 0 && ended.inside != 0) {
      does_not_count(ended);
    }
    if (ended.piece != 0) end_piece(ended, counts);
  }
  void call_ended(const Call& headless);
  void execution_ended(const Execution& /*execution*/) {}

  TreeSums& tree() { return tree_; }

 private:
  struct Open {
    std::uint32_t node = 0;     // of the innermost that is wanted, of it and those around it
    std::uint32_t above = 0;    // the wanted one around it, as its place from 1; 0: none
    std::uint32_t nearest = 0;  // the same for those inside it
    std::uint32_t piece = 0;    // its place from 1; 0: it has none yet
    std::uint64_t inside = 0;   // ns, in this chunk
    CallId id{};
    FunctionId function{};
    bool is_wanted = false;
  };
  struct OfChunk {
    TreeNodes::Sums sums;
    std::uint64_t chunk = 0;  // of which they are
  };

  bool wants(const OpenCall& call) const {
    return all_ || (wanted_ && selection_.wants(call.function, call.entered, joined(call)));
  }
  ExecutionId joined(const OpenCall& call) const {
    if (file_->goes_on.empty()) return call.execution;
    const auto found = file_->goes_on.find(call.execution);
    return found == file_->goes_on.end() ? call.execution : found->second;
  }
  [[gnu::always_inline]] void push(const OpenCall& call, bool is_new) {
    const std::uint32_t above = stack_.empty() ? 0 : stack_.back().nearest;
    const std::uint32_t around = stack_.empty() ? 0 : stack_.back().node;
    Open& open = stack_.emplace_back();
    open.id = call.id;
    open.function = call.function;
    open.above = open.nearest = above;
    open.node = around;
    if (!wants(call)) return;
    open.is_wanted = true;
    open.node = tree_.nodes.child(around, call.function);
    open.nearest = static_cast<std::uint32_t>(stack_.size());
    if (is_new && selection_.at_least == Duration{}) ++of(open.node).calls;
  }
  TreeNodes::Sums& of(std::uint32_t node) {
    if (node >= sums_.size()) sums_.resize(tree_.nodes.all().size() * 2);
    OfChunk& sums = sums_[node];
    if (sums.chunk != chunk_) {
      sums = {{}, chunk_};
      touched_.push_back(node);
    }
    return sums.sums;
  }
  std::uint32_t node_above(const Open& call) const {
    return call.above == 0 ? 0 : stack_[call.above - 1].node;
  }
  void does_not_count(const Open& call);
  void end_piece(const Open& call, bool counts);
  void add_piece(Open& call);
  void end_thread();

  const CallSelection& selection_;
  const bool all_;
  TreeSums tree_;
  std::vector<OfChunk> sums_;           // by node
  std::vector<std::uint32_t> touched_;  // nodes with sums of this chunk
  std::uint64_t chunk_ = 0;             // counts them
  std::vector<TreePiece>* pieces_ = nullptr;
  const TraceSet::File* file_ = nullptr;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  bool wanted_ = true;       // the process is
  std::vector<Open> stack_;  // as state_.calls
};

}  // namespace pgrec
