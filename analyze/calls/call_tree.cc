#include "analyze/calls/call_tree.h"

#include <algorithm>
#include <memory>

#include "analyze/calls/tree_chunk.h"
#include "analyze/calls/tree_joiner.h"
#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

struct Result final : ChunkResult {
  std::vector<TreePiece> pieces;
};

class Worker final : public ChunkWorker {
 public:
  explicit Worker(TreeChunk& chunks) : chunks_(chunks) {}
  std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
    auto result = std::make_unique<Result>();
    chunks_.begin(*job.file, result->pieces);
    if (!decode_in_set(*job.file, job.payload, decoder_, chunks_)) return nullptr;
    chunks_.keep();
    return result;
  }

 private:
  TreeChunk& chunks_;
  ChunkDecoder decoder_;
};

class Pass final : public ChunkPass {
 public:
  explicit Pass(const CallSelection& selection) : selection_(selection) {}

  std::unique_ptr<ChunkWorker> worker() override {
    trees_.push_back(std::make_unique<TreeChunk>(selection_));
    return std::make_unique<Worker>(*trees_.back());
  }
  Want wants(const TraceSet::File& file, const ChunkRef& chunk) override {
    if (!selection_.wants(file, chunk)) return Want::kNo;
    return chunk.header.first + file.shift >= selection_.range.to ? Want::kIfOpen : Want::kYes;
  }
  bool is_open(const TraceSet::File& /*file*/) override { return joiner_.is_open(); }
  void take(const ChunkJob& /*job*/, ChunkResult& result) override {
    joiner_.take(static_cast<Result&>(result).pieces);
  }
  void end_of_file(TraceSet::File& /*file*/, bool /*to_the_end*/) override {
    joiner_.end_of_file();
  }

  TreeSums take_tree() {
    TreeSums all = std::move(trees_.front()->tree());
    for (std::size_t i = 1; i < trees_.size(); ++i)
      all.merge(trees_[i]->tree());
    all.merge(joiner_.moved());
    return all;
  }

 private:
  const CallSelection& selection_;
  std::vector<std::unique_ptr<TreeChunk>> trees_;  // one a worker
  TreeJoiner joiner_;
};

Duration duration_of(std::uint64_t ns) {
  return Duration(static_cast<std::int64_t>(ns));
}

// Puts the nodes in their order; those without a call are left out, but for callers.
class Ordering {
 public:
  explicit Ordering(const TreeSums& tree) : tree_(tree), below_(tree.nodes.all().size()) {
    const auto& all = tree.nodes.all();
    used_.assign(all.size(), false);
    for (std::size_t i = all.size(); i-- > 1;) {
      used_[i] = used_[i] || sums(i).calls > 0 || sums(i).returned > 0;
      if (used_[i]) used_[all[i].parent] = true;
    }
    for (std::uint32_t i = 1; i < all.size(); ++i) {
      if (used_[i]) below_[all[i].parent].push_back(i);
    }
    for (auto& nodes : below_) {
      std::sort(nodes.begin(), nodes.end(), [&](std::uint32_t a, std::uint32_t b) {
        if (sums(a).total_ns != sums(b).total_ns) return sums(a).total_ns > sums(b).total_ns;
        if (sums(a).calls != sums(b).calls) return sums(a).calls > sums(b).calls;
        return std::pair(all[a].kind, all[a].function) < std::pair(all[b].kind, all[b].function);
      });
    }
  }
  CallTree take() {
    CallTree::Node& root = ordered_.nodes.emplace_back();
    root.total = duration_of(sums(0).inside_ns);
    add_below(0, 0);
    return std::move(ordered_);
  }

 private:
  TreeNodes::Sums sums(std::size_t node) const {
    return node < tree_.sums.size() ? tree_.sums[node] : TreeNodes::Sums{};
  }
  void add_below(std::uint32_t node, std::uint32_t place) {
    for (const std::uint32_t child : below_[node]) {
      const TreeNodes::Node& of_child = tree_.nodes.at(child);
      const TreeNodes::Sums of_calls = sums(child);
      const auto own = static_cast<std::uint32_t>(ordered_.nodes.size());
      ordered_.nodes.push_back({place, of_child.depth, of_child.kind, of_child.function,
                                of_calls.calls, of_calls.returned, duration_of(of_calls.total_ns),
                                duration_of(of_calls.total_ns - of_calls.inside_ns)});
      add_below(child, own);
    }
  }

  const TreeSums& tree_;
  std::vector<std::vector<std::uint32_t>> below_;  // by node
  std::vector<bool> used_;
  CallTree ordered_;
};

}  // namespace

bool CallTree::has(TreeNodes::Kind kind) const {
  return std::any_of(nodes.begin(), nodes.end(),
                     [kind](const Node& node) { return node.kind == kind; });
}

CallTree call_tree(TraceSet& set, const CallSelection& selection, const PassOptions& options) {
  Pass pass(selection);
  run_pass(set, pass, options);
  return Ordering(pass.take_tree()).take();
}

}  // namespace pgrec
