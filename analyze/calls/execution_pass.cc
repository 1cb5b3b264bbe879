#include "analyze/calls/execution_pass.h"

#include "analyze/calls/execution_joiner.h"
#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

struct ExecutionResult final : ChunkResult {
  ExecutionsOfChunk executions;
};

class ExecutionWorker final : public ChunkWorker {
 public:
  // `own`: gets what is whole in a chunk, where it is not to be taken in order.
  ExecutionWorker(const ExecutionQuery& query, ExecutionSink* own)
      : query_(query), visitor_(query.wants), own_(own) {}

  std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
    auto result = std::make_unique<ExecutionResult>();
    ExecutionsOfChunk& into = own_ ? reused_ : result->executions;
    visitor_.begin(*job.file, into);
    if (!decode_in_set(*job.file, job.payload, decoder_, visitor_)) return nullptr;
    visitor_.end();
    if (own_) hand_on(into, result->executions);
    return result;
  }

 private:
  // Those that are whole to the sink of this thread, the pieces of others to who takes them.
  void hand_on(ExecutionsOfChunk& from, ExecutionsOfChunk& rest) {
    for (std::size_t i = 0; i < from.used; ++i) {
      ExecutionPiece& piece = from.pieces[i];
      if (!piece.is_whole()) {
        rest.pieces.push_back(piece);
      } else if (query_.takes(piece.record)) {
        piece.record.functions = piece.sums;
        own_->execution(piece.record);
      }
    }
    rest.used = rest.pieces.size();
    rest.idle = std::move(from.idle);
    rest.idle_pieces = std::move(from.idle_pieces);
    rest.errors = std::move(from.errors);
  }

  const ExecutionQuery& query_;
  ExecutionVisitor visitor_;
  ChunkDecoder decoder_;
  ExecutionSink* own_;
  ExecutionsOfChunk reused_;
};

class ExecutionPass final : public ChunkPass {
 public:
  ExecutionPass(const TraceSet& set, const ExecutionQuery& query, ExecutionSink& sink,
                const std::function<ExecutionSink&()>* make_sink)
      : query_(query), sink_(sink), joiner_(set, query, sink), make_sink_(make_sink) {}

  std::unique_ptr<ChunkWorker> worker() override {
    return std::make_unique<ExecutionWorker>(query_, make_sink_ ? &(*make_sink_)() : nullptr);
  }
  Want wants(const TraceSet::File& file, const ChunkRef& chunk) override {
    if (query_.chunks && !query_.chunks(file, chunk)) return Want::kNo;
    const bool is_before = chunk.header.last + file.shift < query_.range.from;
    const bool is_behind = chunk.header.first + file.shift >= query_.range.to;
    return is_before || is_behind ? Want::kIfOpen : Want::kYes;
  }
  bool is_open(const TraceSet::File& /*file*/) override { return joiner_.is_open(); }
  void take(const ChunkJob& job, ChunkResult& result) override {
    joiner_.take(*job.file, static_cast<ExecutionResult&>(result).executions,
                 make_sink_ == nullptr);
  }
  void take_damage(const TraceSet::File& /*file*/) override { joiner_.take_damage(); }
  void end_of_file(TraceSet::File& file, bool to_the_end) override {
    joiner_.end_of_file(file, to_the_end);
  }
  bool is_done() const override { return sink_.is_done(); }

 private:
  const ExecutionQuery& query_;
  ExecutionSink& sink_;
  ExecutionJoiner joiner_;
  const std::function<ExecutionSink&()>* make_sink_;
};

}  // namespace

void for_each_execution(TraceSet& set, const ExecutionQuery& query, ExecutionSink& sink,
                        const PassOptions& options) {
  ExecutionPass pass(set, query, sink, nullptr);
  run_pass(set, pass, options);
}

void spread_executions(TraceSet& set, const ExecutionQuery& query,
                       const std::function<ExecutionSink&()>& make_sink,
                       const PassOptions& options) {
  ExecutionPass pass(set, query, make_sink(), &make_sink);
  run_pass(set, pass, options);
}

}  // namespace pgrec
