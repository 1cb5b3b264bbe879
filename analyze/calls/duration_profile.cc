#include "analyze/calls/duration_profile.h"

#include <algorithm>
#include <array>

#include "analyze/calls/filtered_calls.h"
#include "analyze/calls/percentile_search.h"
#include "analyze/trace/process_lives.h"
#include "format/error.h"

namespace pgrec {
namespace {

// What a pass holds: a thousand processes with a hundred functions, of a few octaves each.
constexpr std::size_t kMaxGroups = 1u << 17;
constexpr std::size_t kMaxBlocks = 1u << 18;

using Groups = std::map<ProfileGroup, FunctionSummary>;
using FilteredCalls = std::map<FunctionId, ShortCalls>;

// Of the calls in rows before `row`, how many are recorded ones.
std::uint64_t recorded_before(const LogHistogram& recorded, unsigned row) {
  std::uint64_t before = 0;
  recorded.for_each_row([&](unsigned one, std::uint64_t count) {
    if (one < row) before = add_capped(before, count);
  });
  return before;
}

// Has `search` look for a percentile of all calls. Where it is in a row of filtered calls there is
// nothing to look for.
void look_for(const ProfileGroup& group, std::uint64_t percent, const LogHistogram& recorded,
              const ShortCalls& filtered, PercentileSearch& search, DurationProfile& profile,
              Duration& found) {
  const std::uint64_t rank = percentile_rank(profile.returned, percent);
  if (!filtered.any()) return search.add(group, recorded, rank, found, profile.exact);
  LogHistogram all = recorded;
  all.merge(filtered.durations);
  const LogHistogram::Position at = all.position(rank);
  if (filtered.durations.count(at.row) > 0) return;
  search.add(group, recorded, rank - at.before + recorded_before(recorded, at.row), found,
             profile.exact);
}

// Profiles the groups, with the filtered calls of each function, and makes their percentiles exact
// where that is wanted and can be.
DurationProfiles profile(TraceReader& trace, const Groups& groups, const FilteredCalls& filtered,
                         const ProcessLives& processes, Percentiles percentiles) {
  static const ShortCalls kNone;
  const auto filtered_of = [&](FunctionId function) -> const ShortCalls& {
    const auto found = filtered.find(function);
    return found == filtered.end() ? kNone : found->second;
  };
  DurationProfiles profiles;
  std::uint64_t calls = 0;
  for (const auto& [group, summary] : groups) {
    profiles.emplace(group, profile_of(summary, filtered_of(group.function), !filtered.empty()));
    calls = add_capped(calls, summary.returned());
  }
  const bool exact = percentiles == Percentiles::kExact ||
                     (percentiles == Percentiles::kExactWhenCheap && calls <= kCheapCalls);
  if (!exact) return profiles;
  PercentileSearch search(processes);
  for (auto& [group, one] : profiles) {
    const LogHistogram& recorded = groups.at(group).durations;
    const ShortCalls& of_function = filtered_of(group.function);
    one.exact = one.among_short_calls == 0;
    one.searched = true;
    look_for(group, 50, recorded, of_function, search, one, one.p50);
    look_for(group, 90, recorded, of_function, search, one, one.p90);
    look_for(group, 99, recorded, of_function, search, one, one.p99);
  }
  search.run(trace);
  return profiles;
}

// Adds up the calls of each process apart.
class ProcessSums {
 public:
  explicit ProcessSums(const ProcessLives& processes) : processes_(processes) {}

  void chunk(const ChunkHeader& header, const Columns& /*columns*/) {
    ids_ = header.ids;
    std::size_t blocks = 0;
    for (const auto& [group, calls] : groups_)
      blocks += calls.durations.blocks();
    if (blocks > kMaxBlocks) refuse();
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    if (key.pid != key_.pid) {
      recent_ = {};
      process_ = 0;
    }
    several_ = processes_.several(key.pid);
    key_ = key;
    state_ = std::move(opening);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless)
      ++of(event.function, event.ts).calls;
    return replay(event, key_, state_, ids_, *this);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    of(call.opened().function, call.opened().entered).add(call);
  }
  void call_ended(const Call& call) {
    ++of(call.function, call.begun).ended[static_cast<std::size_t>(call.outcome)];
  }
  void execution_ended(const Execution& /*execution*/) {}

  const std::map<ProfileGroup, FunctionSummary>& groups() const { return groups_; }

 private:
  struct Recent {
    FunctionId function{};
    FunctionSummary* calls = nullptr;
  };

  FunctionSummary& of(FunctionId function, Timestamp begun) {
    if (several_) look_at_process(begun);
    Recent& recent = recent_[value(function) % recent_.size()];
    if (!recent.calls || recent.function != function) {
      if (groups_.size() > kMaxGroups) refuse();
      recent = {function, &groups_[ProfileGroup{key_.pid, function, process_}]};
    }
    return *recent.calls;
  }
  void look_at_process(Timestamp at) {
    const ProcessLives::Life* const life = processes_.at(key_.pid, at);
    const std::int64_t process = life ? life->process_id : 0;
    if (process != process_) recent_ = {};
    process_ = process;
  }
  [[noreturn]] static void refuse() {
    throw Error("the trace has more processes and functions than pgrec profiles one by one",
                "--hist does not tell processes apart");
  }

  const ProcessLives& processes_;
  NextIds ids_;
  ThreadKey key_;
  bool several_ = false;      // processes had the pid
  std::int64_t process_ = 0;  // of these, that of `recent_`
  ThreadState state_;
  std::map<ProfileGroup, FunctionSummary> groups_;
  std::array<Recent, 64> recent_{};  // of the process, by id
};

}  // namespace

std::string not_exact_text(const std::vector<const DurationProfile*>& profiles) {
  bool more_to_find = false, any_bound = false;
  for (const DurationProfile* one : profiles) {
    const int not_to_find = one->searched ? 1 : 3;  // of the percentiles, those among short calls
    if (one->returned > 0 && !one->exact && one->among_short_calls < not_to_find)
      more_to_find = true;
    if (one->short_calls > 0) any_bound = true;
  }
  std::string text;
  if (more_to_find) {
    text = "percentiles are at most 3.2 % off; --exact reads every call to find them exactly\n";
  }
  if (any_bound) {
    text +=
        "of calls that were filtered a histogram was kept: percentiles among them are at most "
        "3.2 % off, and \u2264 is before what a figure is at most\n";
  }
  return text;
}

std::string not_exact_text(const DurationProfiles& profiles) {
  std::vector<const DurationProfile*> all;
  for (const auto& [group, one] : profiles)
    all.push_back(&one);
  return not_exact_text(all);
}

DurationProfiles profile_functions(TraceReader& trace, Percentiles percentiles) {
  Summary summary = trace.summary();
  const FilteredCalls filtered = filtered_calls(trace);
  for (const auto& [function, calls] : filtered)
    summary.functions[function];  // it may have no other
  Groups groups;
  for (auto& [function, calls] : summary.functions)
    groups.emplace(ProfileGroup{0, function}, std::move(calls));
  return profile(trace, groups, filtered, ProcessLives({}), percentiles);
}

DurationProfiles profile_processes(TraceReader& trace, Percentiles percentiles) {
  const ProcessLives processes(trace.processes());
  ProcessSums sums(processes);
  trace.decode_chunks(sums);
  return profile(trace, sums.groups(), {}, processes, percentiles);
}

}  // namespace pgrec
