#include "analyze/calls/duration_profile.h"

#include <algorithm>
#include <array>

#include "analyze/calls/percentile_search.h"
#include "analyze/calls/process_lives.h"
#include "format/error.h"

namespace pgrec {
namespace {

// What a pass holds: a thousand processes with a hundred functions, of a few octaves each.
constexpr std::size_t kMaxGroups = 1u << 17;
constexpr std::size_t kMaxBlocks = 1u << 18;

// Profiles the groups, and makes their percentiles exact where that is wanted.
DurationProfiles profile(TraceReader& trace, const std::map<ProfileGroup, FunctionSummary>& groups,
                         const ProcessLives& processes, Percentiles percentiles) {
  DurationProfiles profiles;
  std::uint64_t calls = 0;
  for (const auto& [group, summary] : groups) {
    profiles.emplace(group, profile_of(summary));
    calls = add_capped(calls, summary.returned());
  }
  const bool exact = percentiles == Percentiles::kExact ||
                     (percentiles == Percentiles::kExactWhenCheap && calls <= kCheapCalls);
  if (!exact) return profiles;
  PercentileSearch search(processes);
  for (auto& [group, one] : profiles) {
    const LogHistogram& durations = groups.at(group).durations;
    one.exact = true;
    search.add(group, durations, percentile_rank(one.returned, 50), one.p50, one.exact);
    search.add(group, durations, percentile_rank(one.returned, 90), one.p90, one.exact);
    search.add(group, durations, percentile_rank(one.returned, 99), one.p99, one.exact);
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

const char* const kNotExact =
    "percentiles are at most 3.2 % off; --exact reads every call to find them exactly";

bool all_exact(const DurationProfiles& profiles) {
  return std::all_of(profiles.begin(), profiles.end(), [](const auto& profile) {
    return profile.second.exact || profile.second.returned == 0;
  });
}

DurationProfiles profile_functions(TraceReader& trace, Percentiles percentiles) {
  Summary summary = trace.summary();
  DurationProfiles filtered;
  for (const auto& [function, account] : trace.accounts()) {
    if (account.short_calls.count() == 0) continue;
    FunctionSummary all = with_short_calls(summary.functions[function], account.short_calls);
    DurationProfile& profile = filtered[ProfileGroup{0, function}] = profile_of(all);
    profile.short_calls = account.short_calls.count();
    summary.functions.erase(function);
  }
  std::map<ProfileGroup, FunctionSummary> groups;
  for (auto& [function, calls] : summary.functions)
    groups.emplace(ProfileGroup{0, function}, std::move(calls));
  DurationProfiles profiles = profile(trace, groups, ProcessLives({}), percentiles);
  profiles.merge(filtered);
  return profiles;
}

DurationProfiles profile_processes(TraceReader& trace, Percentiles percentiles) {
  const ProcessLives processes(trace.processes());
  ProcessSums sums(processes);
  trace.decode_chunks(sums);
  return profile(trace, sums.groups(), processes, percentiles);
}

}  // namespace pgrec
