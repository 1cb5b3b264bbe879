#include "analyze/calls/unreturned_calls.h"

#include <memory>
#include <utility>
#include <vector>

#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

using Sums = std::map<FunctionId, Duration>;

struct UnreturnedResult final : ChunkResult {
  Sums sums;
};

class UnreturnedVisitor {
 public:
  UnreturnedVisitor(const TraceSet& set, const TraceSet::File& file, const CallSelection& selection,
                    Sums& sums)
      : set_(set), file_(file), selection_(selection), sums_(sums) {}

  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    return replay(event, key_, state_, ids_, *this);
  }
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (!call.returned()) add(call);
  }
  void call_ended(const Call& /*headless*/) {}
  void execution_ended(const Execution& /*execution*/) {}

 private:
  void add(const EndedCall& call) {
    const OpenCall& opened = call.opened();
    ExecutionId execution = opened.execution;
    if (execution != kNoExecution) execution = set_.joined(file_, execution);
    if (!selection_.pids.has(key_.pid) || selection_.at_least > Duration{} ||
        !selection_.wants(opened.function, opened.entered, execution))
      return;
    Duration& sum = sums_[opened.function];
    sum = add_capped(sum, call.duration());
  }

  const TraceSet& set_;
  const TraceSet::File& file_;
  const CallSelection& selection_;
  Sums& sums_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
};

class UnreturnedPass final : public ChunkPass {
 public:
  UnreturnedPass(TraceSet& set, const CallSelection& selection) : set_(set), selection_(selection) {
    for (TraceSet::File& file : set.files()) {
      const auto total = file.reader.total();
      has_any_.push_back(!total || has_unreturned(*total));
    }
  }

  std::unique_ptr<ChunkWorker> worker() override { return std::make_unique<Worker>(*this); }
  Want wants(const TraceSet::File& file, const ChunkRef& chunk) override {
    if (!has_any_[file.number] || !selection_.wants(file, chunk)) return Want::kNo;
    const auto summary = set_.files()[file.number].reader.summary_of(chunk);
    return !summary || has_unreturned(*summary) ? Want::kYes : Want::kNo;
  }
  void take(const ChunkJob& /*job*/, ChunkResult& result) override {
    for (const auto& [function, sum] : static_cast<UnreturnedResult&>(result).sums)
      sums[function] = add_capped(sums[function], sum);
  }

  Sums sums;

 private:
  class Worker final : public ChunkWorker {
   public:
    explicit Worker(const UnreturnedPass& pass) : pass_(pass) {}
    std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
      auto result = std::make_unique<UnreturnedResult>();
      UnreturnedVisitor visitor(pass_.set_, *job.file, pass_.selection_, result->sums);
      if (!decode_in_set(*job.file, job.payload, decoder_, visitor)) return nullptr;
      return result;
    }

   private:
    const UnreturnedPass& pass_;
    ChunkDecoder decoder_;
  };

  TraceSet& set_;
  const CallSelection& selection_;
  std::vector<bool> has_any_;  // by file
};

}  // namespace

bool has_unreturned(const Summary& summary) {
  for (const auto& [function, calls] : summary.functions) {
    for (const Outcome outcome : {Outcome::kUnwound, Outcome::kDepthLimit, Outcome::kExitLost}) {
      if (calls.ended[static_cast<std::size_t>(outcome)] > 0) return true;
    }
  }
  return false;
}

std::map<FunctionId, Duration> unreturned_calls(TraceSet& set, const CallSelection& selection,
                                                const PassOptions& options) {
  UnreturnedPass pass(set, selection);
  run_pass(set, pass, options);
  return std::move(pass.sums);
}

}  // namespace pgrec
