#include "analyze/sql/table_relations.h"

#include <map>
#include <string>
#include <utility>

#include "analyze/sql/made_relation.h"
#include "analyze/sql/row_batch.h"

namespace pgrec {
namespace {

std::shared_ptr<Relation> made(
    std::string name, std::vector<RelationColumn> columns, MadeRelation::Rows rows,
    const std::shared_ptr<SetSource>& source,
    std::function<void(TraceSet::File& file, RowBatch& batch)> add_file) {
  return std::make_shared<MadeRelation>(std::move(name), std::move(columns), rows,
                                        [source, add_file = std::move(add_file)](RowBatch& batch) {
                                          if (source->is_empty()) return;
                                          for (TraceSet::File& file : source->set().files())
                                            add_file(file, batch);
                                        });
}

void add_meta(const TraceSet::File& file, RowBatch& batch) {
  const TraceReader& trace = file.reader;
  // Of several with one key the last holds.
  std::map<std::string, std::string> facts;
  for (const auto& [fact, value] : trace.metadata())
    facts[fact] = value;
  facts["trace.file"] = trace.name();
  facts["trace.format"] = trace.header().version();
  facts["trace.bytes"] = std::to_string(trace.size_bytes());
  facts["trace.duration_ns"] = std::to_string(to_ns(trace.last()));
  facts["trace.closed"] = trace.closed() ? "yes" : "no";
  for (const auto& [fact, value] : facts) {
    batch.begin_row();
    batch.put(0, std::string_view(fact));
    batch.put(1, std::string_view(value));
    batch.put(2, std::int64_t{file.trace});
    batch.put(3, std::string_view(trace.name()));
  }
}

void add_losses(const TraceSet::File& file, RowBatch& batch) {
  for (const Loss& loss : file.reader.losses()) {
    batch.begin_row();
    batch.put(0, std::string_view(loss.cause));
    batch.put(1, std::string_view(file.reader.function_name(loss.function)));
    batch.put(2, as_integer64(loss.events));
    batch.put(3, to_ns(loss.from + file.shift));
    batch.put(4, to_ns(loss.to + file.shift));
    if (loss.cpu) batch.put(5, std::int64_t{*loss.cpu});
    batch.put(6, std::int64_t{file.trace});
  }
}

// Reads every chunk, and makes nothing of it.
class ReadAll final : public ChunkPass {
 public:
  std::unique_ptr<ChunkWorker> worker() override { return std::make_unique<Worker>(); }

 private:
  struct Nothing final : ChunkResult {};
  class Worker final : public ChunkWorker {
   public:
    std::unique_ptr<ChunkResult> work(const ChunkJob& job) override {
      if (!decoder_.decode(job.payload.plain(), job.payload.rest(), *this)) return nullptr;
      return std::make_unique<Nothing>();
    }
    void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
    void thread(const ThreadKey& key, ThreadState&& opening) {
      key_ = key;
      state_ = std::move(opening);
    }
    [[gnu::always_inline]] bool event(const Event& event) {
      NoSink sink;
      return replay(event, key_, state_, ids_, sink);
    }

   private:
    NextIds ids_;
    ThreadKey key_;
    ThreadState state_;
    ChunkDecoder decoder_;
  };
};

void read_all(SetSource& source) {
  source.analysis().texts();
  ReadAll pass;
  run_pass(source.set(), pass, source.analysis().options());
}

void add_damages(const TraceSet::File& file, RowBatch& batch) {
  for (const Damage& damage : file.reader.damages()) {
    batch.begin_row();
    batch.put(0, as_integer64(damage.offset));
    batch.put(1, as_integer64(damage.bytes));
    batch.put(2, std::string_view(damage.reason));
    batch.put(3, std::int64_t{file.trace});
    batch.put(4, std::string_view(file.reader.name()));
  }
}

void add_clocks(const TraceSet::File& file, RowBatch& batch) {
  for (const ClockSample& sample : file.reader.clocks()) {
    batch.begin_row();
    batch.put(0, to_ns(sample.at + file.shift));
    batch.put(1, sample.realtime_ns);
    batch.put(2, std::int64_t{file.trace});
  }
}

// A process that is in several parts is one row: the last part's, from when the first says.
void add_processes(TraceSet& set, RowBatch& batch) {
  struct Row {
    const ProcessLives::Life* life = nullptr;
    std::uint32_t trace = 0;
    std::optional<Timestamp> started;
  };
  std::map<std::int64_t, Row> rows;
  for (const TraceSet::File& file : set.files()) {
    for (const auto& [pid, lives] : file.lives.all()) {
      for (const auto& [start, life] : lives) {
        Row& row = rows[life.process_id];
        row.life = &life;
        row.trace = file.trace;
        if (!row.started) row.started = life.process.started;
      }
    }
  }
  for (const auto& [id, row] : rows) {
    const ProcessIdentity& identity = row.life->identity;
    const Process& process = row.life->process;
    batch.begin_row(id);
    batch.put(0, id);
    batch.put(1, std::int64_t{process.pid});
    batch.put(2, identity.backend_type);
    batch.put(3, identity.database);
    batch.put(4, identity.user);
    batch.put(5, identity.client);
    batch.put(6, std::string_view(process.title));
    batch.put(7, known(process.application));
    if (identity.leader_pid) batch.put(8, std::int64_t{*identity.leader_pid});
    if (row.started) batch.put(9, to_ns(*row.started));
    if (process.ended) batch.put(10, to_ns(*process.ended));
    batch.put(11, std::int64_t{row.trace});
  }
}

}  // namespace

std::vector<std::shared_ptr<Relation>> table_relations(const std::shared_ptr<SetSource>& source) {
  std::vector<std::shared_ptr<Relation>> all;
  all.push_back(made("meta",
                     {{"key", ColumnKind::kText},
                      {"value", ColumnKind::kText},
                      {"trace", ColumnKind::kInteger},
                      {"file", ColumnKind::kText}},
                     MadeRelation::Rows::kStay, source, add_meta));
  all.push_back(std::make_shared<MadeRelation>(
      "processes",
      std::vector<RelationColumn>{{"process_id", ColumnKind::kInteger, true},
                                  {"pid", ColumnKind::kInteger},
                                  {"backend_type", ColumnKind::kText},
                                  {"database", ColumnKind::kText},
                                  {"user", ColumnKind::kText},
                                  {"client", ColumnKind::kText},
                                  {"title", ColumnKind::kText},
                                  {"application", ColumnKind::kText},
                                  {"leader_pid", ColumnKind::kInteger},
                                  {"started_ns", ColumnKind::kInteger},
                                  {"ended_ns", ColumnKind::kInteger},
                                  {"trace", ColumnKind::kInteger}},
      MadeRelation::Rows::kStay, [source](RowBatch& batch) {
        if (!source->is_empty()) add_processes(source->set(), batch);
      }));
  all.push_back(made("losses",
                     {{"cause", ColumnKind::kText},
                      {"function", ColumnKind::kText},
                      {"count", ColumnKind::kInteger},
                      {"from_ns", ColumnKind::kInteger},
                      {"to_ns", ColumnKind::kInteger},
                      {"cpu", ColumnKind::kInteger},
                      {"trace", ColumnKind::kInteger}},
                     MadeRelation::Rows::kStay, source, add_losses));
  all.push_back(std::make_shared<MadeRelation>(
      "damages",
      std::vector<RelationColumn>{{"offset", ColumnKind::kInteger},
                                  {"bytes", ColumnKind::kInteger},
                                  {"reason", ColumnKind::kText},
                                  {"trace", ColumnKind::kInteger},
                                  {"file", ColumnKind::kText}},
      MadeRelation::Rows::kMayChange, [source, has_read = false](RowBatch& batch) mutable {
        if (source->is_empty()) return;
        if (!std::exchange(has_read, true)) read_all(*source);
        for (const TraceSet::File& file : source->set().files())
          add_damages(file, batch);
      }));
  all.push_back(made("clocks",
                     {{"ts_ns", ColumnKind::kInteger},
                      {"realtime_ns", ColumnKind::kInteger},
                      {"trace", ColumnKind::kInteger}},
                     MadeRelation::Rows::kStay, source, add_clocks));
  return all;
}

}  // namespace pgrec
