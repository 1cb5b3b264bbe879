#include "format/print/histogram.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr int kBarWidth = 30;

std::string bar(double part, double most) {
  const auto filled = most > 0 ? std::lround(part / most * kBarWidth) : 0;
  std::string text(kBarWidth + 2, ' ');
  text.front() = text.back() = '|';
  std::fill_n(text.begin() + 1, filled, '*');
  return text;
}

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

}  // namespace

FunctionSummary with_short_calls(const FunctionSummary& calls, const ShortCalls& short_calls) {
  FunctionSummary added;
  added.calls = short_calls.durations.count();
  added.ended[static_cast<std::size_t>(Outcome::kReturned)] = added.calls;
  added.durations = short_calls.durations;
  added.self = short_calls.durations.total();
  added.min = short_calls.shortest();
  added.max = short_calls.longest();
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

DurationProfile profile_of(const FunctionSummary& calls, const ShortCalls& short_calls) {
  if (!short_calls.any()) return profile_of(calls);
  const FunctionSummary all = with_short_calls(calls, short_calls);
  DurationProfile profile = profile_of(all);
  profile.short_calls = short_calls.durations.count();
  const bool any_recorded = calls.returned() > 0;
  profile.self_known = false;
  profile.min_known = any_recorded && calls.min <= short_calls.shortest();
  profile.max_known = any_recorded && calls.max >= short_calls.longest();
  for (const std::uint64_t percent : {50, 90, 99}) {
    const auto row = all.durations.position(percentile_rank(profile.returned, percent)).row;
    if (short_calls.durations.count(row) > 0) ++profile.among_short_calls;
  }
  return profile;
}

void print_histogram(std::ostream& out, const std::string& name, const DurationProfile& profile) {
  out << fmt::format("{}: {}", printable(name), plural(profile.calls, "call"));
  const std::uint64_t unreturned = profile.calls - std::min(profile.calls, profile.returned);
  if (unreturned > 0) out << fmt::format(", {} of them without a return", count_text(unreturned));
  if (profile.short_calls > 0) {
    out << fmt::format(", {} of them counted only, because they were short",
                       count_text(profile.short_calls));
  }
  out << "\n";
  if (profile.returned == 0) return;
  out << fmt::format("  total {}, mean {}, p50 {}, p90 {}, p99 {}, max {}\n",
                     duration_text(profile.total), duration_text(profile.mean()),
                     duration_text(profile.p50), duration_text(profile.p90),
                     duration_text(profile.p99),
                     profile.max_known ? duration_text(profile.max) : at_most_text(profile.max));

  double most_calls = 0;
  double most_time = 0;
  for (const Bucket& bucket : profile.buckets) {
    most_calls = std::max(most_calls, static_cast<double>(bucket.calls));
    most_time = std::max(most_time, static_cast<double>(bucket.total.count()));
  }
  out << "     nsecs                    : count       distribution                        time     "
         "distribution\n";
  for (const Bucket& bucket : profile.buckets) {
    out << fmt::format("{:>12} -> {:<13} : {:<11} {} {:>8} {}\n", bucket.from_ns, bucket.to_ns,
                       count_text(bucket.calls), bar(static_cast<double>(bucket.calls), most_calls),
                       duration_text(bucket.total),
                       bar(static_cast<double>(bucket.total.count()), most_time));
  }
}

}  // namespace pgrec
