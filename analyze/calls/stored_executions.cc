#include "analyze/calls/stored_executions.h"

#include <algorithm>
#include <utility>

#include "analyze/calls/execution_lookup.h"
#include "analyze/calls/unreturned_calls.h"
#include "analyze/trace/chunk_list.h"
#include "analyze/trace/in_set.h"
#include "analyze/trace/part_ends.h"

namespace pgrec {
namespace {

std::optional<std::int64_t> query_id_of(const StatementKey& key) {
  if (key.query_id == 0) return std::nullopt;
  return static_cast<std::int64_t>(key.query_id);
}

// The calls and the time of those that ended in no return are in no summary of statements.
FunctionSum function_sum(const TraceSet::File& file, FunctionId function,
                         const StatementFunction& calls) {
  FunctionSum sum;
  sum.function = function_in_set(file, function);
  sum.calls = calls.calls;
  sum.total = calls.total;
  sum.self = calls.self;
  return sum;
}

ExecutionFigures figures_of(const StatementSummary& summary) {
  ExecutionFigures figures;
  figures.executions = summary.executions;
  figures.said = summary.said;
  figures.errors = summary.errors;
  figures.timed = summary.durations.count();
  figures.total = summary.total;
  figures.longest = summary.max;
  figures.durations = summary.durations;
  for (std::size_t i = 0; i < figures.measures.size(); ++i) {
    if (summary.measures[i].told > 0)
      figures.measures[i] =
          static_cast<std::int64_t>(std::min<std::uint64_t>(summary.measures[i].sum, INT64_MAX));
  }
  return figures;
}

// One of the longest, by what a summary says of it.
struct Listed {
  Duration duration{};
  ExecutionId id{};
  bool operator<(const Listed& other) const {
    return duration != other.duration ? duration > other.duration : id < other.id;
  }
};

}  // namespace

std::optional<StoredExecutions> StoredExecutions::of(TraceSet& set, const PassOptions& options) {
  StoredExecutions stored(set, options);
  for (TraceSet::File& file : set.files()) {
    if (!file.reader.intact() || !file.goes_on.empty()) return std::nullopt;
    auto total = file.reader.total();
    if (!total || !total->statements || !total->longest || !total->statements_complete)
      return std::nullopt;
    stored.all_returned_ = stored.all_returned_ && !has_unreturned(*total);
    stored.files_.push_back({&file, std::move(*total->statements), std::move(*total->longest)});
  }
  const ChunkList chunks(set);
  ExecutionLookup lookup(set, chunks, options);
  for (TraceSet::File& file : set.files()) {
    for (const ExecutionId id : executions_open_at_end(file)) {
      const ExecutionRecord* const record = lookup.begun(id);
      if (!record) return std::nullopt;
      if (record->facts.kind == ExecutionFacts::Kind::kRun) stored.open_.push_back(*record);
    }
  }
  return stored;
}

std::uint64_t StoredExecutions::executions() const {
  std::uint64_t all = open_.size();
  for (const OfFile& one : files_) {
    for (const auto& [key, summary] : one.statements)
      all = add_capped(all, summary.executions);
  }
  return all;
}

StatementsSeen StoredExecutions::seen(const SetTexts& texts) const {
  StatementsSeen seen(texts);
  for (const OfFile& one : files_) {
    for (const auto& [key, summary] : one.statements) {
      if (summary.executions > 0) seen.add(*one.file, summary.first_text, query_id_of(key));
    }
  }
  for (const ExecutionRecord& open : open_)
    seen.add(open);
  return seen;
}

std::optional<StatementTotals> StoredExecutions::sums(const StatementTable& table,
                                                      const CallSelection& calls,
                                                      bool functions) const {
  if (functions && !all_returned_) return std::nullopt;
  StatementTotals sums;
  const auto functions_of = [&](std::size_t place) -> FunctionSums& {
    if (place >= sums.functions.size()) sums.functions.resize(place + 1);
    return sums.functions[place];
  };
  const auto add_query_id = [&](std::size_t place, const std::optional<std::int64_t>& query_id) {
    if (place >= sums.query_ids.size()) sums.query_ids.resize(place + 1);
    sums.query_ids[place].add(query_id);
  };
  for (const auto& [file, statements, longest] : files_) {
    for (const auto& [key, summary] : statements) {
      const Said said = key.fingerprint != 0 ? table.texts().said(key.fingerprint)
                                             : table.texts().said(*file, key.text);
      const auto place = table.of(said, query_id_of(key));
      if (summary.executions > 0 && !place) sums.without_statement += summary.executions;
      if (!place) {
        if (functions && !summary.functions.empty() && table.query_ids_of(said) > 1)
          return std::nullopt;
        continue;
      }
      if (summary.executions > 0) {
        sums.figures.add(*place, figures_of(summary));
        add_query_id(*place, query_id_of(key));
      }
      if (!functions) continue;
      if (key.query_id == 0 && table.query_ids_of(said) > 1 && !summary.functions.empty())
        return std::nullopt;
      for (const auto& [function, of_function] : summary.functions) {
        const FunctionSum sum = function_sum(*file, function, of_function);
        if (calls.has(sum.function)) functions_of(*place).add(sum);
      }
    }
  }
  for (const ExecutionRecord& open : open_) {
    const auto place = table.of(open);
    if (place) {
      sums.figures.add(*place, open);
    } else {
      ++sums.without_statement;
    }
  }
  return sums;
}

std::optional<std::vector<SlowExecution>> StoredExecutions::longest(std::size_t most) const {
  if (most > Summary::kLongest) return std::nullopt;
  std::vector<Listed> listed;
  const auto keep = [&](Listed one) {
    listed.push_back(one);
    if (listed.size() < 64 + 2 * most) return;
    std::sort(listed.begin(), listed.end());
    listed.resize(std::min(listed.size(), most));
  };
  for (const OfFile& one : files_) {
    for (const LongExecution& execution : one.longest)
      keep({execution.duration, execution_in_set(*one.file, execution.id)});
  }
  const RecordingEnds ends(*set_);
  for (const ExecutionRecord& open : open_) {
    if (const auto taken = ends.time_taken(open)) keep({*taken, open.id});
  }
  std::sort(listed.begin(), listed.end());
  listed.resize(std::min(listed.size(), most));
  const ChunkList chunks(*set_);
  ExecutionLookup lookup(*set_, chunks, options_);
  std::vector<SlowExecution> longest;
  for (const Listed& one : listed) {
    const auto open = std::find_if(open_.begin(), open_.end(), [&](const ExecutionRecord& record) {
      return record.id == one.id;
    });
    const ExecutionRecord* const record = open != open_.end() ? &*open : lookup.find(one.id);
    if (!record) return std::nullopt;
    SlowExecution& slow = longest.emplace_back();
    slow.record = *record;
    slow.taken = one.duration;
  }
  return longest;
}

}  // namespace pgrec
