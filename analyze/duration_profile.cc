#include "analyze/duration_profile.h"

#include <algorithm>
#include <array>

#include "analyze/percentile_search.h"
#include "format/error.h"

namespace pgrec {
namespace {

// What a pass holds: a thousand processes with a hundred functions, of a few octaves each.
constexpr std::size_t kMaxGroups = 1u << 17;
constexpr std::size_t kMaxBlocks = 1u << 18;

// The middle of the row in which the value of `rank` is, which is at most 3.2 % off.
Duration about(const FunctionSummary& calls, std::uint64_t rank) {
  const unsigned row = calls.durations.position(rank).row;
  const std::uint64_t middle = LogHistogram::from_ns(row) + LogHistogram::width_ns(row) / 2;
  return std::clamp(Duration(static_cast<std::int64_t>(middle)), calls.min,
                    std::max(calls.min, calls.max));
}

std::vector<Bucket> buckets_of(const LogHistogram& durations) {
  std::vector<Bucket> buckets;
  std::size_t used = 0;
  for (unsigned octave = 0; octave < LogHistogram::kOctaves; ++octave) {
    Bucket bucket;
    bucket.from_ns = octave == 0 ? 0 : std::int64_t{1} << octave;
    bucket.to_ns = (std::int64_t{2} << octave) - 1;
    bucket.calls = durations.count_in(octave);
    const std::uint64_t total = durations.total_ns(octave);
    bucket.total = Duration(static_cast<std::int64_t>(std::min<std::uint64_t>(total, INT64_MAX)));
    if (bucket.calls == 0 && buckets.empty()) continue;
    buckets.push_back(bucket);
    if (bucket.calls > 0) used = buckets.size();
  }
  buckets.resize(used);
  return buckets;
}

// The shortest and the longest of the short calls are known by their rows only.
FunctionSummary with_short_calls(const FunctionSummary& calls, const LogHistogram& short_calls) {
  FunctionSummary added;
  added.calls = short_calls.count();
  added.ended[static_cast<std::size_t>(Outcome::kReturned)] = added.calls;
  added.durations = short_calls;
  bool first = true;
  short_calls.for_each_row([&](unsigned row, std::uint64_t /*count*/) {
    const auto from = static_cast<std::int64_t>(LogHistogram::from_ns(row));
    const auto width = static_cast<std::int64_t>(LogHistogram::width_ns(row));
    if (first) added.min = Duration(from);
    added.max = Duration(from + width - 1);
    first = false;
  });
  FunctionSummary all = calls;
  all.merge(added);
  return all;
}

DurationProfile profile_of(const FunctionSummary& calls) {
  DurationProfile profile;
  profile.calls = calls.calls;
  profile.returned = calls.returned();
  profile.total = calls.total();
  profile.self = calls.self;
  profile.min = calls.min;
  profile.max = calls.max;
  if (profile.returned == 0) return profile;
  profile.p50 = about(calls, percentile_rank(profile.returned, 50));
  profile.p90 = about(calls, percentile_rank(profile.returned, 90));
  profile.p99 = about(calls, percentile_rank(profile.returned, 99));
  profile.buckets = buckets_of(calls.durations);
  return profile;
}

// Profiles the groups, and makes their percentiles exact where that is wanted.
DurationProfiles profile(TraceReader& trace, const std::map<ProfileGroup, FunctionSummary>& groups,
                         Percentiles percentiles) {
  DurationProfiles profiles;
  std::uint64_t calls = 0;
  for (const auto& [group, summary] : groups) {
    profiles.emplace(group, profile_of(summary));
    calls = add_capped(calls, summary.returned());
  }
  const bool exact = percentiles == Percentiles::kExact ||
                     (percentiles == Percentiles::kExactWhenCheap && calls <= kCheapCalls);
  if (!exact) return profiles;
  PercentileSearch search;
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
  void chunk(const ChunkHeader& header, const Columns& /*columns*/) {
    ids_ = header.ids;
    std::size_t blocks = 0;
    for (const auto& [group, calls] : groups_)
      blocks += calls.durations.blocks();
    if (blocks > kMaxBlocks) refuse();
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    if (key.pid != key_.pid) recent_ = {};
    key_ = key;
    state_ = std::move(opening);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless)
      ++of(event.function).calls;
    return replay(event, key_, state_, ids_, *this);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    of(call.opened().function).add(call);
  }
  void call_ended(const Call& call) {
    ++of(call.function).ended[static_cast<std::size_t>(call.outcome)];
  }
  void execution_ended(const Execution& /*execution*/) {}

  const std::map<ProfileGroup, FunctionSummary>& groups() const { return groups_; }

 private:
  struct Recent {
    FunctionId function{};
    FunctionSummary* calls = nullptr;
  };

  FunctionSummary& of(FunctionId function) {
    Recent& recent = recent_[value(function) % recent_.size()];
    if (!recent.calls || recent.function != function) {
      if (groups_.size() > kMaxGroups) refuse();
      recent = {function, &groups_[ProfileGroup{key_.pid, function}]};
    }
    return *recent.calls;
  }
  [[noreturn]] static void refuse() {
    throw Error("the trace has more processes and functions than pgrec profiles one by one",
                "--hist does not tell processes apart");
  }

  NextIds ids_;
  ThreadKey key_;
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
  DurationProfiles profiles = profile(trace, groups, percentiles);
  profiles.merge(filtered);
  return profiles;
}

DurationProfiles profile_processes(TraceReader& trace, Percentiles percentiles) {
  ProcessSums sums;
  trace.decode_chunks(sums);
  return profile(trace, sums.groups(), percentiles);
}

}  // namespace pgrec
