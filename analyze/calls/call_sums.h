// Sums over the calls of a set that are wanted, on several threads. Each thread adds up its chunks;
// only where one of them does not decode, each chunk is summed up alone in a second pass, so that
// nothing of one that does not is in a sum.
//
// A `Sum` has
//   void process(const TraceSet::File&, const ThreadKey&)
//     What follows is of this thread, until the next.
//   void call_begun(FunctionId, Timestamp begun, ExecutionId)
//     A call that is wanted got its id: it was entered, or turned out to be headless.
//   void call_ended(const EndedCall&)
//     Such a call ended. A headless one has no end.
//   void merge(const Sum&), void clear()
// and is copied from one that is empty. With CallSelection::at_least, only those that returned and
// took so long begin and end, both when they do.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"
#include "analyze/trace/in_set.h"

namespace pgrec {

namespace call_sums_detail {

// A visitor of one chunk after the other.
template <typename Sum>
class Visitor {
 public:
  // Borrows both.
  Visitor(const CallSelection& selection, Sum& sum)
      : selection_(selection), all_(selection.is_all()), sum_(sum) {}

  void begin(const TraceSet::File& file) { file_ = &file; }
  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    wanted_ = selection_.pids.has(key.pid);
    if (wanted_) sum_.process(*file_, key);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
      const ExecutionId execution = state_.execution ? state_.execution->id : kNoExecution;
      if (all_ || (selection_.at_least == Duration{} && wants(event.function, event.ts, execution)))
        sum_.call_begun(event.function, event.ts, execution);
    }
    return replay(event, key_, state_, ids_, *this);
  }
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (all_) return sum_.call_ended(call);
    const OpenCall& opened = call.opened();
    if (!wants(opened.function, opened.entered, opened.execution)) return;
    if (selection_.at_least > Duration{}) {
      if (!call.returned() || call.duration() < selection_.at_least) return;
      sum_.call_begun(opened.function, opened.entered, opened.execution);
    }
    sum_.call_ended(call);
  }
  void call_ended(const Call& /*headless*/) {}
  void execution_ended(const Execution& /*execution*/) {}

 private:
  bool wants(FunctionId function, Timestamp begun, ExecutionId execution) const {
    if (!wanted_) return false;
    if (execution != kNoExecution) execution = joined(execution);
    return selection_.wants(function, begun, execution);
  }
  ExecutionId joined(ExecutionId id) const {
    const auto found = file_->goes_on.empty() ? file_->goes_on.end() : file_->goes_on.find(id);
    return found == file_->goes_on.end() ? id : found->second;
  }

  const CallSelection& selection_;
  bool all_;
  Sum& sum_;
  const TraceSet::File* file_ = nullptr;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  bool wanted_ = true;
};

template <typename Sum>
class Pass final : public ChunkPass {
 public:
  // `by_chunk`: each chunk is summed up alone.
  Pass(const CallSelection& selection, const Sum& empty, bool by_chunk)
      : selection_(selection), empty_(empty), by_chunk_(by_chunk) {}

  std::unique_ptr<ChunkWorker> worker() override {
    sums_.push_back(std::make_unique<Sum>(empty_));
    return std::make_unique<Worker>(*this, *sums_.back());
  }
  Want wants(const TraceSet::File& file, const ChunkRef& chunk) override {
    if (!selection_.wants(file, chunk)) return Want::kNo;
    return chunk.header.first + file.shift >= selection_.range.to ? Want::kIfOpen : Want::kYes;
  }
  // Calls that began in the range and run behind it.
  bool is_open(const TraceSet::File& file) override {
    return open_file_ == file.number && is_open_;
  }
  void take(const ChunkJob& job, ChunkResult& result) override {
    open_file_ = job.file->number;
    is_open_ = static_cast<Result&>(result).is_open;
  }

  // What the workers found together.
  Sum take_sum() {
    Sum all = std::move(*sums_.front());
    for (std::size_t i = 1; i < sums_.size(); ++i)
      all.merge(*sums_[i]);
    return all;
  }
  // A chunk did not decode: unless each is summed up alone, a part of it is in the sum.
  bool met_fault() const { return met_fault_; }

 private:
  struct Result final : ChunkResult {
    bool is_open = false;
  };
  class Worker final : public ChunkWorker {
   public:
    Worker(Pass& pass, Sum& all)
        : pass_(pass),
          chunk_(pass.by_chunk_ ? std::make_unique<Sum>(pass.empty_) : nullptr),
          all_(all),
          visitor_(pass.selection_, chunk_ ? *chunk_ : all) {}
    std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
      if (chunk_) chunk_->clear();
      visitor_.begin(*job.file);
      const TimeRange& range = pass_.selection_.range;
      OpenCalls<Visitor<Sum>> watching(visitor_, range);
      const bool decoded = range.to == Timestamp::max()
                               ? decode_in_set(*job.file, job.payload, decoder_, visitor_)
                               : decode_in_set(*job.file, job.payload, decoder_, watching);
      if (!decoded) {
        pass_.met_fault_ = true;
        return nullptr;
      }
      if (chunk_) all_.merge(*chunk_);
      auto result = std::make_unique<Result>();
      result->is_open = watching.any();
      return result;
    }

   private:
    Pass& pass_;
    const std::unique_ptr<Sum> chunk_;
    Sum& all_;
    Visitor<Sum> visitor_;
    ChunkDecoder decoder_;
  };
  // Whether a call of a range is open at the end of a chunk: how deep its thread was when the last
  // of them was entered, against how deep it is.
  template <typename Inner>
  class OpenCalls {
   public:
    OpenCalls(Inner& inner, const TimeRange& range) : inner_(inner), range_(range) {}
    void chunk(const ChunkHeader& header, const Columns& columns) { inner_.chunk(header, columns); }
    void thread(const ThreadKey& key, ThreadState&& opening) {
      keep();
      of_range_.clear();
      for (const OpenCall& call : opening.calls)
        of_range_.push_back(range_.has(call.entered));
      inner_.thread(key, std::move(opening));
    }
    bool event(const Event& event) {
      if (event.kind == EventKind::kEnter) of_range_.push_back(range_.has(event.ts));
      if (ends_call(event.kind) && !of_range_.empty()) of_range_.pop_back();
      return inner_.event(event);
    }
    bool any() {
      keep();
      return any_;
    }

   private:
    void keep() {
      for (const bool one : of_range_)
        any_ = any_ || one;
      of_range_.clear();
    }
    Inner& inner_;
    const TimeRange& range_;
    std::vector<bool> of_range_;
    bool any_ = false;
  };

  const CallSelection& selection_;
  const Sum& empty_;
  const bool by_chunk_;
  std::vector<std::unique_ptr<Sum>> sums_;  // one a worker
  std::atomic<bool> met_fault_ = false;
  std::uint32_t open_file_ = 0;
  bool is_open_ = false;
};

}  // namespace call_sums_detail

template <typename Sum>
Sum sum_calls(TraceSet& set, const CallSelection& selection, const Sum& empty,
              const PassOptions& options) {
  call_sums_detail::Pass<Sum> pass(selection, empty, false);
  run_pass(set, pass, options);
  if (!pass.met_fault()) return pass.take_sum();
  call_sums_detail::Pass<Sum> again(selection, empty, true);
  run_pass(set, again, options);
  return again.take_sum();
}

// The same in one pass. Of a chunk that does not decode, what is before the fault is in the sum; it
// needs no clear().
template <typename Sum>
Sum sum_calls_with_faults(TraceSet& set, const CallSelection& selection, const Sum& empty,
                          const PassOptions& options) {
  call_sums_detail::Pass<Sum> pass(selection, empty, false);
  run_pass(set, pass, options);
  return pass.take_sum();
}

}  // namespace pgrec
