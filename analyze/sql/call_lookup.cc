#include "analyze/sql/call_lookup.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "analyze/sql/call_columns.h"

namespace pgrec {
namespace {

class Lookup : public Cursor {
 public:
  Lookup(SetSource& source, ColumnSet columns)
      : source_(source), blocks_(source, columns), finds_ends_(fields_of(columns).any_of_end()) {}

 protected:
  // Rows of calls that are known though the chunk in which they began is lost.
  std::shared_ptr<CallsOfChunk> lost(std::size_t chunk, std::size_t seen_from, CallId from,
                                     CallId to) {
    const ChunkList& chunks = source_.chunks();
    if (from >= to || seen_from >= chunks.end_of_file(chunk)) return nullptr;
    auto calls = std::make_shared<CallsOfChunk>();
    const TraceSet::File& file = *chunks[chunk].file;
    for (Call& call : source_.ends().lost_begins(seen_from, from, to)) {
      if (call.execution) call.execution = source_.shown().shown(file, *call.execution);
      calls->rows.add(call, source_.self_known()[file.number] != 0);
    }
    return calls;
  }
  void give(Block& block, const std::shared_ptr<CallsOfChunk>& calls, std::size_t chunk,
            std::size_t from, std::size_t to) {
    given_ = calls;
    if (finds_ends_) source_.find_ends(*calls, chunk, from, to);
    blocks_.fill(block, calls->rows, *source_.chunks()[chunk].file, from, to);
  }

  SetSource& source_;

 private:
  CallBlocks blocks_;
  bool finds_ends_;
  std::shared_ptr<CallsOfChunk> given_;  // the block is of it
};

class ById final : public Lookup {
 public:
  ById(SetSource& source, ColumnSet columns, CallId id) : Lookup(source, columns), id_(id) {}

  bool next(Block& block) override {
    if (std::exchange(done_, true)) return false;
    const ChunkList& chunks = source_.chunks();
    if (chunks.is_sorted()) {
      const std::size_t chunk = chunks.of(id_);
      return chunk < chunks.size() && look(block, chunk);
    }
    for (std::size_t chunk = 0; chunk < chunks.size(); ++chunk) {
      if (look(block, chunk)) return true;
    }
    return false;
  }

 private:
  bool look(Block& block, std::size_t chunk) {
    const ChunkList::One& one = source_.chunks()[chunk];
    const CallId behind{value(id_) + 1};
    if (id_ < one.gap_from || id_ >= one.next_call()) return false;
    if (id_ < one.first_call()) return give_row(block, lost(chunk, chunk, id_, behind), chunk);
    const auto calls = source_.all_calls(chunk);
    return give_row(block, calls ? calls : lost(chunk, chunk + 1, id_, behind), chunk);
  }
  bool give_row(Block& block, const std::shared_ptr<CallsOfChunk>& calls, std::size_t chunk) {
    if (!calls) return false;
    const std::int64_t* const ids = calls->rows.numbers(CallField::kId);
    const auto wanted = static_cast<std::int64_t>(value(id_));
    const auto* const found = std::lower_bound(ids, ids + calls->rows.size(), wanted);
    const auto row = static_cast<std::size_t>(found - ids);
    if (row == calls->rows.size() || *found != wanted) return false;
    give(block, calls, chunk, row, row + 1);
    return true;
  }

  CallId id_;
  bool done_ = false;
};

class ByExecution final : public Lookup {
 public:
  ByExecution(SetSource& source, ColumnSet columns, ExecutionId execution)
      : Lookup(source, columns),
        shown_as_(static_cast<std::int64_t>(value(execution))),
        ids_(source.shown().ids_of(execution)) {}

  bool next(Block& block) override {
    while (true) {
      if (calls_ && give_run(block)) return true;
      calls_.reset();
      if (in_chunk_ == 0 && !find_chunk()) return false;
      const ChunkList::One& one = source_.chunks()[chunk_];
      row_ = 0;
      if (in_chunk_ == 0) {
        in_chunk_ = 1;
        calls_ = lost(chunk_, chunk_, one.gap_from, one.first_call());
        continue;
      }
      in_chunk_ = 0;
      calls_ = source_.all_calls(chunk_);
      if (calls_) {
        set_running(*calls_);
      } else {
        calls_ = lost(chunk_, chunk_ + 1, one.first_call(), one.next_call());
        running_pids_ = ~std::uint64_t{0};  // it may run
      }
      at_ = chunk_ + 1;
    }
  }

 private:
  // The next chunk in which it begins or runs on, from at_ on.
  bool find_chunk() {
    const ChunkList& chunks = source_.chunks();
    for (; at_ < chunks.size(); ++at_) {
      const ChunkList::One& one = chunks[at_];
      if (at_ > 0 && one.file != chunks[at_ - 1].file) running_pids_ = 0;
      const auto next = std::lower_bound(ids_.begin(), ids_.end(), one.execution_gap_from);
      const bool begins = next != ids_.end() && *next < one.next_execution();
      if (begins || (one.chunk.header.processes & running_pids_) != 0) {
        chunk_ = at_;
        return true;
      }
      if (running_pids_ != 0 || !chunks.is_sorted()) continue;
      if (next == ids_.end()) return false;
      at_ = std::max(at_, std::min(chunks.of(*next), chunks.size()) - 1);
    }
    return false;
  }
  void set_running(const CallsOfChunk& calls) {
    running_pids_ = 0;
    for (const auto& [id, pid] : calls.running) {
      if (std::binary_search(ids_.begin(), ids_.end(), id)) running_pids_ |= mask_bit(pid);
    }
  }
  // The next rows of it that stand together.
  bool give_run(Block& block) {
    const CallRows& rows = calls_->rows;
    const std::int64_t* const executions = rows.numbers(CallField::kExecution);
    const std::uint8_t* const nulls = rows.nulls(CallField::kExecution);
    const auto is_of_it = [&](std::size_t row) {
      return executions[row] == shown_as_ && !nulls[row];
    };
    while (row_ < rows.size() && !is_of_it(row_))
      ++row_;
    if (row_ == rows.size()) return false;
    const std::size_t from = row_;
    while (row_ < rows.size() && is_of_it(row_))
      ++row_;
    give(block, calls_, chunk_, from, row_);
    return true;
  }

  std::int64_t shown_as_;
  std::vector<ExecutionId> ids_;
  std::size_t at_ = 0;     // the next chunk to look at
  std::size_t chunk_ = 0;  // the one that is looked at
  int in_chunk_ = 0;       // 1: what was lost before it was given
  std::uint64_t running_pids_ = 0;
  std::shared_ptr<CallsOfChunk> calls_;
  std::size_t row_ = 0;
};

}  // namespace

std::unique_ptr<Cursor> call_by_id(SetSource& source, ColumnSet columns, CallId id) {
  return std::make_unique<ById>(source, columns, id);
}

std::unique_ptr<Cursor> calls_by_execution(SetSource& source, ColumnSet columns,
                                           ExecutionId execution) {
  return std::make_unique<ByExecution>(source, columns, execution);
}

}  // namespace pgrec
