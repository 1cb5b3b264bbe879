#include "analyze/sql/function_relation.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/calls/call_sums.h"
#include "analyze/calls/filtered_calls.h"
#include "analyze/sql/made_relation.h"
#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

struct FunctionColumn {
  enum : int {
    kId,
    kName,
    kBinary,
    kBuildId,
    kFileOffset,
    kCalls,
    kReturned,
    kTotal,
    kSelf,
    kMin,
    kMax,
    kFired,
    kRecorded,
    kFiltered,
    kShortCalls,
    kShort,
    kSelfAtMost,
    kMinAtLeast,
    kMaxAtMost,
    kAtMost,
  };
};

std::vector<RelationColumn> function_columns() {
  return {{"function_id", ColumnKind::kInteger, true},
          {"name", ColumnKind::kText},
          {"binary", ColumnKind::kText},
          {"build_id", ColumnKind::kText},
          {"file_offset", ColumnKind::kInteger},
          {"calls", ColumnKind::kInteger},
          {"returned", ColumnKind::kInteger},
          {"total_ns", ColumnKind::kInteger},
          {"self_ns", ColumnKind::kInteger},
          {"min_ns", ColumnKind::kInteger},
          {"max_ns", ColumnKind::kInteger},
          {"fired", ColumnKind::kInteger},
          {"recorded", ColumnKind::kInteger},
          {"filtered", ColumnKind::kInteger},
          {"short_calls", ColumnKind::kInteger},
          {"short_ns", ColumnKind::kInteger},
          {"self_at_most_ns", ColumnKind::kInteger},
          {"min_at_least_ns", ColumnKind::kInteger},
          {"max_at_most_ns", ColumnKind::kInteger},
          {"at_most_ns", ColumnKind::kInteger}};
}

// Of all files.
struct ProfileOfFunction {
  const Function* function = nullptr;
  FunctionSummary calls;
  ShortCalls short_calls;
  std::optional<Account> account;
  Duration at_most{};
};
using AllFigures = std::map<FunctionId, ProfileOfFunction>;

// The most that those calls can have taken that ended without a return, by function.
struct Bounds {
  void process(const TraceSet::File& /*file*/, const ThreadKey& /*key*/) {}
  void call_begun(FunctionId /*function*/, Timestamp /*begun*/, ExecutionId /*execution*/) {}
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (!call.returned()) add(call.opened().function, call.duration());
  }
  void add(FunctionId function, Duration at_most) {
    if (value(function) >= sums.size()) sums.resize(value(function) + 1);
    sums[value(function)] = add_capped(sums[value(function)], at_most);
  }
  void merge(const Bounds& other) {
    for (std::size_t id = 0; id < other.sums.size(); ++id) {
      if (other.sums[id] > Duration{})
        add(FunctionId{static_cast<std::uint32_t>(id)}, other.sums[id]);
    }
  }
  void clear() { sums.clear(); }
  std::vector<Duration> sums;
};

void add_short_calls(ShortCalls& to, const ShortCalls& more) {
  const bool known = (!to.any() || to.shorter_than > Duration{}) && more.shorter_than > Duration{};
  to.shorter_than = known ? std::max(to.shorter_than, more.shorter_than) : Duration{};
  to.durations.merge(more.durations);
}

AllFigures figures_of(SetSource& source, bool with_bounds) {
  AllFigures all;
  for (const Function& function : source.set().functions()) {
    if (function.role != Function::Role::kCalls) continue;
    const Function*& known = all[function.id].function;
    if (!known) known = &function;
  }
  for (TraceSet::File& file : source.set().files()) {
    for (const auto& [id, calls] : file.reader.summary().functions) {
      if (calls.calls > 0) all[function_in_set(file, id)].calls.merge(calls);
    }
    for (const auto& [id, short_calls] : filtered_calls(file.reader))
      add_short_calls(all[function_in_set(file, id)].short_calls, short_calls);
    for (const auto& [id, account] : file.reader.accounts()) {
      const auto found = all.find(function_in_set(file, id));
      if (found == all.end()) continue;
      if (!found->second.account) found->second.account.emplace();
      found->second.account->merge(account);
    }
  }
  if (!with_bounds) return all;
  const Bounds bounds =
      sum_calls(source.set(), CallSelection{}, Bounds{}, source.analysis().options());
  for (std::size_t id = 0; id < bounds.sums.size(); ++id) {
    if (bounds.sums[id] > Duration{})
      all[FunctionId{static_cast<std::uint32_t>(id)}].at_most = bounds.sums[id];
  }
  return all;
}

void put_where(RowBatch& batch, int column, bool is_so, Duration duration) {
  if (is_so) batch.put(column, std::int64_t{duration.count()});
}

void put_times(RowBatch& batch, const ProfileOfFunction& figures, bool self_known) {
  const FunctionSummary& recorded = figures.calls;
  const auto short_calls = figures.short_calls.durations.count();
  const auto calls = recorded.calls + short_calls;
  const auto returned = recorded.returned() + short_calls;
  batch.put(FunctionColumn::kCalls, static_cast<std::int64_t>(calls));
  batch.put(FunctionColumn::kReturned, static_cast<std::int64_t>(returned));
  batch.put(
      FunctionColumn::kTotal,
      std::int64_t{add_capped(recorded.total(), figures.short_calls.durations.total()).count()});
  if (calls == 0) return batch.put(FunctionColumn::kSelf, std::int64_t{0});
  CallTimes times;
  times.self = recorded.self;
  times.min = recorded.min;
  times.max = recorded.max;
  times = with_short_calls(times, recorded.returned(), figures.short_calls, !self_known);
  put_where(batch, FunctionColumn::kSelf, times.self_known, times.self);
  put_where(batch, FunctionColumn::kMin, returned > 0 && times.min_known, times.min);
  put_where(batch, FunctionColumn::kMax, returned > 0 && times.max_known, times.max);
  put_where(batch, FunctionColumn::kSelfAtMost, !times.self_known, times.self);
  put_where(batch, FunctionColumn::kMinAtLeast, !times.min_known, times.min);
  put_where(batch, FunctionColumn::kMaxAtMost, !times.max_known, times.max);
}

void put_account(RowBatch& batch, const Account& account) {
  batch.put(FunctionColumn::kFired, static_cast<std::int64_t>(account.fired));
  batch.put(FunctionColumn::kRecorded, static_cast<std::int64_t>(account.recorded));
  batch.put(FunctionColumn::kFiltered, static_cast<std::int64_t>(account.filtered));
  batch.put(FunctionColumn::kShortCalls, static_cast<std::int64_t>(account.short_calls.count()));
  batch.put(FunctionColumn::kShort, std::int64_t{account.short_calls.total().count()});
}

void add_functions(SetSource& source, RowBatch& batch) {
  bool self_known = true;
  for (const std::uint8_t known : source.self_known())
    self_known = self_known && known;
  for (const auto& [id, figures] : figures_of(source, batch.wants(FunctionColumn::kAtMost))) {
    batch.begin_row(std::int64_t{value(id)});
    batch.put(FunctionColumn::kId, std::int64_t{value(id)});
    batch.put(FunctionColumn::kName, std::string_view(source.set().function_name(id)));
    if (figures.function) {
      batch.put(FunctionColumn::kBinary, std::string_view(figures.function->binary));
      batch.put(FunctionColumn::kBuildId, std::string_view(figures.function->build_id));
      batch.put(FunctionColumn::kFileOffset,
                static_cast<std::int64_t>(figures.function->file_offset));
    }
    put_times(batch, figures, self_known);
    if (figures.account) put_account(batch, *figures.account);
    batch.put(FunctionColumn::kAtMost, std::int64_t{figures.at_most.count()});
  }
}

}  // namespace

std::shared_ptr<Relation> function_relation(std::shared_ptr<SetSource> source) {
  return std::make_shared<MadeRelation>("functions", function_columns(), MadeRelation::Rows::kStay,
                                        [source = std::move(source)](RowBatch& batch) {
                                          if (!source->is_empty()) add_functions(*source, batch);
                                        });
}

}  // namespace pgrec
