#include "analyze/sql/pass_relations.h"

#include <string>
#include <utility>
#include <vector>

#include "analyze/calls/execution_pass.h"
#include "analyze/sql/row_batch.h"
#include "analyze/sql/stream_relation.h"
#include "analyze/sql/wall_clock.h"

namespace pgrec {
namespace {

std::int64_t number(ExecutionId id) {
  return static_cast<std::int64_t>(value(id));
}

// What the sinks have in common.
class RowSink : public ExecutionSink {
 public:
  RowSink(TraceSet& set, const ShownExecutions& shown, RowStream::Into& into)
      : set_(set), shown_(shown), into_(into) {}
  bool is_done() const override { return into_.is_done(); }

 protected:
  RowBatch& row() {
    RowBatch& batch = into_.batch();
    batch.begin_row();
    return batch;
  }
  void put_process(RowBatch& batch, int column, const TraceSet::File& file, std::uint32_t pid,
                   Timestamp at) const {
    const auto* process = file.lives.at(pid, at);
    if (process) batch.put(column, process->process_id);
  }
  void put_place(RowBatch& batch, int trace, int at, const TraceSet::File& file,
                 Timestamp ts) const {
    batch.put(trace, std::int64_t{file.trace});
    if (batch.wants(at)) batch.put(at, sortable_utc_text(set_, file, ts));
  }
  // Ids of a pass are those with which executions began.
  std::int64_t shown(const TraceSet::File& file, ExecutionId id) const {
    return number(shown_.shown(file, id));
  }

 private:
  TraceSet& set_;
  const ShownExecutions& shown_;
  RowStream::Into& into_;
};

class IdleSink final : public RowSink {
 public:
  using RowSink::RowSink;
  void idle(const IdleRecord& idle) override {
    RowBatch& batch = row();
    batch.put(0, std::int64_t{idle.thread.pid});
    put_process(batch, 1, *idle.file, idle.thread.pid, idle.from);
    batch.put(2, to_ns(idle.from));
    if (idle.to) batch.put(3, std::int64_t{(*idle.to - idle.from).count()});
    if (idle.facts.aborted) batch.put(4, std::int64_t{*idle.facts.aborted});
    if (idle.execution) batch.put(5, number(*idle.execution));
    batch.put(6, idle.facts.running_ns);
    put_place(batch, 7, 8, *idle.file, idle.from);
  }
};

class ErrorSink final : public RowSink {
 public:
  using RowSink::RowSink;
  void error(const ErrorRecord& error) override {
    RowBatch& batch = row();
    batch.put(0, to_ns(error.at));
    batch.put(1, std::int64_t{error.thread.pid});
    put_process(batch, 2, *error.file, error.thread.pid, error.at);
    batch.put(3, known(error.severity));
    batch.put(4, known(error.sqlstate));
    batch.put(5, known(error.message));
    if (error.execution) batch.put(6, shown(*error.file, *error.execution));
    put_place(batch, 7, 8, *error.file, error.at);
  }
};

class FunctionTimesSink final : public RowSink {
 public:
  FunctionTimesSink(TraceSet& set, const ShownExecutions& shown, RowStream::Into& into)
      : RowSink(set, shown, into), set_(set) {}
  void execution(const ExecutionRecord& execution) override {
    for (const FunctionSum& sum : execution.functions) {
      RowBatch& batch = row();
      batch.put(0, shown(*execution.file, execution.id));
      if (batch.wants(1)) batch.put(1, std::string_view(set_.function_name(sum.function)));
      batch.put(2, static_cast<std::int64_t>(sum.calls));
      batch.put(3, std::int64_t{sum.total.count()});
      batch.put(4, std::int64_t{sum.self.count()});
      batch.put(5, std::int64_t{sum.at_most.count()});
      batch.put(6, std::int64_t{sum.self_at_most.count()});
      batch.put(7, std::int64_t{sum.own_at_most.count()});
      batch.put(8, std::int64_t{value(sum.function)});
      batch.put(9, number(execution.id));
      put_place(batch, 10, 11, *execution.file, execution.begun);
    }
  }

 private:
  TraceSet& set_;
};

template <typename Sink>
std::shared_ptr<Relation> relation_of(std::string name, std::vector<RelationColumn> columns,
                                      std::shared_ptr<SetSource> source, ExecutionWants wants,
                                      bool shows_executions) {
  const double cost = source->is_empty() ? 1e6 : static_cast<double>(source->set().calls()) / 20;
  auto make = [source, wants, shows_executions](ColumnSet) -> RowStream::Pass {
    if (source->is_empty()) return [](RowStream::Into&) {};
    const ShownExecutions& shown = shows_executions ? source->shown() : source->not_shown();
    PassOptions options = source->analysis().options();
    options.progress = {};
    return [&set = source->set(), &shown, wants, options](RowStream::Into& into) {
      Sink sink(set, shown, into);
      ExecutionQuery query;
      query.wants = wants;
      for_each_execution(set, query, sink, options);
    };
  };
  return std::make_shared<StreamRelation>(std::move(name), std::move(columns), cost,
                                          std::move(make));
}

}  // namespace

std::shared_ptr<Relation> idle_relation(std::shared_ptr<SetSource> source) {
  ExecutionWants wants;
  wants.idle = true;
  return relation_of<IdleSink>("idle_in_transaction",
                               {{"pid", ColumnKind::kInteger},
                                {"process_id", ColumnKind::kInteger},
                                {"ts_ns", ColumnKind::kInteger},
                                {"duration_ns", ColumnKind::kInteger},
                                {"aborted", ColumnKind::kInteger},
                                {"execution_id", ColumnKind::kInteger},
                                {"running_ns", ColumnKind::kInteger},
                                {"trace", ColumnKind::kInteger},
                                {"at", ColumnKind::kText}},
                               std::move(source), wants, false);
}

std::shared_ptr<Relation> error_relation(std::shared_ptr<SetSource> source) {
  ExecutionWants wants;
  wants.errors = true;
  return relation_of<ErrorSink>("errors",
                                {{"ts_ns", ColumnKind::kInteger},
                                 {"pid", ColumnKind::kInteger},
                                 {"process_id", ColumnKind::kInteger},
                                 {"severity", ColumnKind::kText},
                                 {"sqlstate", ColumnKind::kText},
                                 {"message", ColumnKind::kText},
                                 {"execution_id", ColumnKind::kInteger},
                                 {"trace", ColumnKind::kInteger},
                                 {"at", ColumnKind::kText}},
                                std::move(source), wants, true);
}

std::shared_ptr<Relation> function_times_relation(std::shared_ptr<SetSource> source) {
  ExecutionWants wants;
  wants.function_times = true;
  return relation_of<FunctionTimesSink>("function_times",
                                        {{"execution_id", ColumnKind::kInteger},
                                         {"function", ColumnKind::kText},
                                         {"calls", ColumnKind::kInteger},
                                         {"total_ns", ColumnKind::kInteger},
                                         {"self_ns", ColumnKind::kInteger},
                                         {"at_most_ns", ColumnKind::kInteger},
                                         {"self_at_most_ns", ColumnKind::kInteger},
                                         {"own_at_most_ns", ColumnKind::kInteger},
                                         {"function_id", ColumnKind::kInteger},
                                         {"run_id", ColumnKind::kInteger},
                                         {"trace", ColumnKind::kInteger},
                                         {"at", ColumnKind::kText}},
                                        std::move(source), wants, true);
}

}  // namespace pgrec
