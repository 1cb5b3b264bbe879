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

using Kind = RelationColumn::Kind;

enum Column : int {
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

std::vector<RelationColumn> function_columns() {
  return {{"function_id", Kind::kInteger, true},
          {"name", Kind::kText},
          {"binary", Kind::kText},
          {"build_id", Kind::kText},
          {"file_offset", Kind::kInteger},
          {"calls", Kind::kInteger},
          {"returned", Kind::kInteger},
          {"total_ns", Kind::kInteger},
          {"self_ns", Kind::kInteger},
          {"min_ns", Kind::kInteger},
          {"max_ns", Kind::kInteger},
          {"fired", Kind::kInteger},
          {"recorded", Kind::kInteger},
          {"filtered", Kind::kInteger},
          {"short_calls", Kind::kInteger},
          {"short_ns", Kind::kInteger},
          {"self_at_most_ns", Kind::kInteger},
          {"min_at_least_ns", Kind::kInteger},
          {"max_at_most_ns", Kind::kInteger},
          {"at_most_ns", Kind::kInteger}};
}

// Of all files.
struct Figures {
  const Function* function = nullptr;
  FunctionSummary calls;
  ShortCalls short_calls;
  std::optional<Account> account;
  Duration at_most{};
};
using AllFigures = std::map<FunctionId, Figures>;

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

void put_times(RowBatch& batch, const Figures& figures, bool self_known) {
  const FunctionSummary& recorded = figures.calls;
  const auto short_calls = figures.short_calls.durations.count();
  const auto calls = recorded.calls + short_calls;
  const auto returned = recorded.returned() + short_calls;
  batch.put(kCalls, static_cast<std::int64_t>(calls));
  batch.put(kReturned, static_cast<std::int64_t>(returned));
  batch.put(
      kTotal,
      std::int64_t{add_capped(recorded.total(), figures.short_calls.durations.total()).count()});
  if (calls == 0) return batch.put(kSelf, std::int64_t{0});
  CallTimes times;
  times.self = recorded.self;
  times.min = recorded.min;
  times.max = recorded.max;
  times = with_short_calls(times, recorded.returned(), figures.short_calls, !self_known);
  put_where(batch, kSelf, times.self_known, times.self);
  put_where(batch, kMin, returned > 0 && times.min_known, times.min);
  put_where(batch, kMax, returned > 0 && times.max_known, times.max);
  put_where(batch, kSelfAtMost, !times.self_known, times.self);
  put_where(batch, kMinAtLeast, !times.min_known, times.min);
  put_where(batch, kMaxAtMost, !times.max_known, times.max);
}

void put_account(RowBatch& batch, const Account& account) {
  batch.put(kFired, static_cast<std::int64_t>(account.fired));
  batch.put(kRecorded, static_cast<std::int64_t>(account.recorded));
  batch.put(kFiltered, static_cast<std::int64_t>(account.filtered));
  batch.put(kShortCalls, static_cast<std::int64_t>(account.short_calls.count()));
  batch.put(kShort, std::int64_t{account.short_calls.total().count()});
}

void add_functions(SetSource& source, RowBatch& batch) {
  bool self_known = true;
  for (const std::uint8_t known : source.self_known())
    self_known = self_known && known;
  for (const auto& [id, figures] : figures_of(source, batch.wants(kAtMost))) {
    batch.begin_row(std::int64_t{value(id)});
    batch.put(kId, std::int64_t{value(id)});
    batch.put(kName, std::string_view(source.set().function_name(id)));
    if (figures.function) {
      batch.put(kBinary, std::string_view(figures.function->binary));
      batch.put(kBuildId, std::string_view(figures.function->build_id));
      batch.put(kFileOffset, static_cast<std::int64_t>(figures.function->file_offset));
    }
    put_times(batch, figures, self_known);
    if (figures.account) put_account(batch, *figures.account);
    batch.put(kAtMost, std::int64_t{figures.at_most.count()});
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
