#include "format/print/histogram.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <ostream>

#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kBarWidth = 30;
// Of a line, beside its two bars.
constexpr std::size_t kBesideBars = 58;
constexpr std::size_t kLeastBar = 8;

std::string bar(double part, double most, std::size_t width) {
  const auto filled = most > 0 ? std::lround(part / most * static_cast<double>(width)) : 0;
  std::string text(width + 2, ' ');
  text.front() = text.back() = '|';
  std::fill_n(text.begin() + 1, filled, '*');
  return text;
}

// At most 3.2 % off any value of the row.
Duration middle_of(unsigned row) {
  const std::uint64_t middle = LogHistogram::from_ns(row) + LogHistogram::width_ns(row) / 2;
  return Duration(static_cast<std::int64_t>(middle));
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

DurationProfile profile_of(const FunctionSummary& calls, const ShortCalls& short_calls,
                           bool others_filtered) {
  DurationProfile profile;
  static_cast<CallTimes&>(profile) = with_short_calls(
      {calls.self, calls.min, calls.max}, calls.returned(), short_calls, others_filtered);
  profile.short_calls = short_calls.durations.count();
  profile.calls = add_capped(calls.calls, profile.short_calls);
  profile.returned = add_capped(calls.returned(), profile.short_calls);
  LogHistogram all = calls.durations;
  all.merge(short_calls.durations);
  profile.total = all.total();
  if (profile.returned == 0) return profile;
  const auto percentile = [&](std::uint64_t percent) {
    const unsigned row = all.position(percentile_rank(profile.returned, percent)).row;
    if (short_calls.durations.count(row) > 0) ++profile.among_short_calls;
    return std::clamp(middle_of(row), profile.min, std::max(profile.min, profile.max));
  };
  profile.p50 = percentile(50);
  profile.p90 = percentile(90);
  profile.p99 = percentile(99);
  profile.buckets = buckets_of(all);
  return profile;
}

void print_histogram(std::ostream& out, const std::string& name, const DurationProfile& profile,
                     std::size_t width) {
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
  const std::size_t for_bars = std::max(width, kBesideBars) - kBesideBars;
  const std::size_t bars = std::clamp(for_bars / 2, kLeastBar, kBarWidth);
  out << fmt::format("     nsecs                    : count       {:<{}}time     distribution\n",
                     "distribution", bars + 6);
  for (const Bucket& bucket : profile.buckets) {
    out << fmt::format("{:>12} -> {:<13} : {:<11} {} {:>8} {}\n", bucket.from_ns, bucket.to_ns,
                       count_text(bucket.calls),
                       bar(static_cast<double>(bucket.calls), most_calls, bars),
                       duration_text(bucket.total),
                       bar(static_cast<double>(bucket.total.count()), most_time, bars));
  }
}

}  // namespace pgrec
