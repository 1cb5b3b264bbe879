#include "analyze/histogram_view.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <ostream>

#include "format/units.h"

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

void print_histogram(std::ostream& out, const FunctionFigures& function) {
  const DurationProfile& profile = function.profile;
  out << function.name << ": " << count_text(profile.calls)
      << (profile.calls == 1 ? " call" : " calls");
  const std::uint64_t unreturned = profile.calls - std::min(profile.calls, profile.returned);
  if (unreturned > 0) out << ", " << count_text(unreturned) << " of them without a return";
  if (profile.short_calls > 0)
    out << ", " << count_text(profile.short_calls) << " of them counted only, because they were short";
  out << "\n";
  if (profile.returned == 0) return;
  out << "  total " << duration_text(profile.total) << ", mean " << duration_text(profile.mean())
      << ", p50 " << duration_text(profile.p50) << ", p90 " << duration_text(profile.p90)
      << ", p99 " << duration_text(profile.p99) << ", max " << duration_text(profile.max) << "\n";

  double most_calls = 0;
  double most_time = 0;
  for (const Bucket& bucket : profile.buckets) {
    most_calls = std::max(most_calls, static_cast<double>(bucket.calls));
    most_time = std::max(most_time, static_cast<double>(bucket.total.count()));
  }
  out << "     nsecs                    : count       distribution                        time     "
         "distribution\n";
  for (const Bucket& bucket : profile.buckets) {
    out << std::right << std::setw(12) << bucket.from_ns << " -> " << std::left << std::setw(13)
        << bucket.to_ns << " : " << std::setw(11) << count_text(bucket.calls) << " "
        << bar(static_cast<double>(bucket.calls), most_calls) << " " << std::right << std::setw(8)
        << duration_text(bucket.total) << " "
        << bar(static_cast<double>(bucket.total.count()), most_time) << "\n";
  }
}

}  // namespace

void print_histograms(std::ostream& out, const std::vector<FunctionFigures>& functions) {
  bool first = true;
  for (const FunctionFigures& function : functions) {
    if (!first) out << "\n";
    print_histogram(out, function);
    first = false;
  }
  if (!all_exact(functions)) out << "\n" << kNotExact << "\n";
}

std::vector<Table> histogram_tables(const std::vector<FunctionFigures>& functions) {
  Table buckets{"buckets",
                "",
                {{"function", ""}, {"from_ns", ""}, {"to_ns", ""}, {"calls", ""}, {"time_ns", ""}},
                {}};
  Table figures{"functions",
                "",
                {{"function", ""},
                 {"calls", ""},
                 {"returned", ""},
                 {"total_ns", ""},
                 {"mean_ns", ""},
                 {"p50_ns", ""},
                 {"p90_ns", ""},
                 {"p99_ns", ""},
                 {"max_ns", ""},
                 {"exact", ""}},
                {}};
  for (const auto& [name, offset, profile] : functions) {
    for (const Bucket& bucket : profile.buckets) {
      buckets.rows.push_back({name, bucket.from_ns, bucket.to_ns,
                              static_cast<std::int64_t>(bucket.calls), bucket.total.count()});
    }
    figures.rows.push_back({name, static_cast<std::int64_t>(profile.calls),
                            static_cast<std::int64_t>(profile.returned), profile.total.count(),
                            profile.mean().count(), profile.p50.count(), profile.p90.count(),
                            profile.p99.count(), profile.max.count(), std::int64_t{profile.exact}});
  }
  return {std::move(buckets), std::move(figures)};
}

}  // namespace pgrec
