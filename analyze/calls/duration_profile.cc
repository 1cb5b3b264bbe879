#include "analyze/calls/duration_profile.h"

#include <algorithm>

#include "analyze/calls/call_sums.h"
#include "analyze/calls/filtered_calls.h"
#include "analyze/calls/linear_rows.h"
#include "analyze/calls/percentile_search.h"
#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

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

// What profiles are made of: calls by group, and what the accounts say of short ones.
struct Known {
  Groups groups;
  FilteredCalls filtered;
  bool among_groups = true;  // the short calls of a function are those of its group

  const ShortCalls& filtered_of(const ProfileGroup& group) const {
    static const ShortCalls kNone;
    const auto found = among_groups ? filtered.find(group.function) : filtered.end();
    return found == filtered.end() ? kNone : found->second;
  }
};

// Keeps the `most` groups with the most time.
DurationProfiles largest(DurationProfiles all, std::size_t most, std::size_t* left_out) {
  if (left_out) *left_out = 0;
  if (most == 0 || all.size() <= most) return all;
  std::vector<std::pair<Duration, ProfileGroup>> order;
  for (const auto& [group, one] : all)
    order.emplace_back(-one.total, group);
  std::sort(order.begin(), order.end());
  for (std::size_t i = most; i < order.size(); ++i)
    all.erase(order[i].second);
  if (left_out) *left_out = order.size() - most;
  return all;
}

void make_linear(TraceSet& set, const CallSelection& selection, CallSplit& split,
                 const Known& known, const PassOptions& options, DurationProfiles& profiles) {
  std::map<ProfileGroup, std::vector<Bucket>> rows;
  for (auto& [group, one] : profiles) {
    const FunctionSummary& calls = known.groups.at(group);
    if (calls.returned() > 0) rows.emplace(group, linear_rows(calls.min, calls.max));
  }
  fill_linear_rows(set, selection, split, rows, options);
  for (auto& [group, one] : profiles) {
    const auto found = rows.find(group);
    one.buckets = found == rows.end() ? std::vector<Bucket>{} : std::move(found->second);
  }
}

// Profiles the groups, and makes their percentiles exact where that is wanted and can be.
DurationProfiles profile(TraceSet& set, const CallSelection& selection, CallSplit& split,
                         const Known& known, const ProfileOptions& wanted,
                         const PassOptions& options, std::size_t* left_out) {
  DurationProfiles profiles;
  std::uint64_t calls = 0;
  for (const auto& [group, summary] : known.groups) {
    profiles.emplace(group, profile_of(summary, known.filtered_of(group), !known.filtered.empty()));
    calls = add_capped(calls, summary.returned());
  }
  profiles = largest(std::move(profiles), wanted.most, left_out);
  if (wanted.linear) make_linear(set, selection, split, known, options, profiles);
  const bool exact = wanted.percentiles == Percentiles::kExact ||
                     (wanted.percentiles == Percentiles::kExactWhenCheap && calls <= kCheapCalls);
  if (!exact) return profiles;
  PercentileSearch search(split);
  for (auto& [group, one] : profiles) {
    const LogHistogram& recorded = known.groups.at(group).durations;
    const ShortCalls& of_function = known.filtered_of(group);
    one.exact = one.among_short_calls == 0;
    one.searched = true;
    look_for(group, 50, recorded, of_function, search, one, one.p50);
    look_for(group, 90, recorded, of_function, search, one, one.p90);
    look_for(group, 99, recorded, of_function, search, one, one.p99);
  }
  search.run(set, selection, options);
  return profiles;
}

// Of all files; only of wanted functions.
Groups groups_by_summaries(TraceSet& set, const CallSelection& selection) {
  Groups groups;
  for (TraceSet::File& file : set.files()) {
    Summary summary = file.reader.summary();
    for (auto& [function, calls] : summary.functions) {
      const FunctionId in_set = function_in_set(file, function);
      if (!selection.has(in_set)) continue;
      const auto [place, is_new] = groups.try_emplace(ProfileGroup{0, in_set}, std::move(calls));
      if (!is_new) place->second.merge(calls);
    }
  }
  return groups;
}

Groups groups_by_pass(TraceSet& set, const CallSelection& selection, CallSplit& split,
                      const PassOptions& options) {
  Groups groups;
  GroupSums sums = sum_calls(set, selection, GroupSums(split), options);
  for (const auto& [group, calls] : sums.groups())
    groups.emplace(group, calls);
  return groups;
}

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

DurationProfiles profile_functions(TraceSet& set, const CallSelection& selection,
                                   const ProfileOptions& wanted, const PassOptions& options) {
  CallSplit nothing(set, SplitBy::kNothing, nullptr, options);
  Known known;
  for (auto& [function, calls] : filtered_calls(set)) {
    if (selection.has(function)) known.filtered.emplace(function, std::move(calls));
  }
  known.among_groups = selection.is_of_functions();
  if (!known.among_groups) {
    known.groups = groups_by_pass(set, selection, nothing, options);
  } else {
    known.groups = groups_by_summaries(set, selection);
    for (const auto& [function, calls] : known.filtered)
      known.groups[{0, function}];  // it may have no other
  }
  return profile(set, selection, nothing, known, wanted, options, nullptr);
}

DurationProfiles profile_groups(TraceSet& set, const CallSelection& selection, CallSplit& split,
                                const ProfileOptions& wanted, const PassOptions& options,
                                std::size_t* left_out) {
  Known known;
  known.groups = groups_by_pass(set, selection, split, options);
  known.filtered = filtered_calls(set);
  known.among_groups = false;
  return profile(set, selection, split, known, wanted, options, left_out);
}

}  // namespace pgrec
