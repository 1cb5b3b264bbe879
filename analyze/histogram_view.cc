#include "analyze/histogram_view.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <map>
#include <ostream>

#include "analyze/duration_profile.h"
#include "format/units.h"

namespace pgrec {
namespace {

constexpr int kBarWidth = 30;

struct ProfiledFunction {
  std::string name;
  std::int64_t calls = 0;  // of every outcome
  DurationProfile profile;
};

// All probed functions, by total time; also those with no call.
std::vector<ProfiledFunction> profiled_functions(const Database& database) {
  auto profiles = function_profiles(database);
  std::vector<ProfiledFunction> functions;
  auto rows = database.prepare(
      "SELECT function_id, name, calls FROM functions ORDER BY total_ns DESC, name");
  while (rows.step()) {
    functions.push_back({rows.text(1), rows.integer(2), profiles[rows.integer(0)]});
  }
  return functions;
}

std::string bar(double part, double most) {
  const auto filled = most > 0 ? std::lround(part / most * kBarWidth) : 0;
  std::string text(kBarWidth + 2, ' ');
  text.front() = text.back() = '|';
  std::fill_n(text.begin() + 1, filled, '*');
  return text;
}

void print_histogram(std::ostream& out, const ProfiledFunction& function) {
  const DurationProfile& profile = function.profile;
  out << function.name << ": " << count_text(static_cast<std::uint64_t>(function.calls))
      << (function.calls == 1 ? " call" : " calls");
  const std::uint64_t unreturned = static_cast<std::uint64_t>(function.calls) - profile.calls;
  if (unreturned > 0) out << ", " << count_text(unreturned) << " of them without a return";
  out << "\n";
  if (profile.calls == 0) return;
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

void print_histograms(std::ostream& out, const LoadedTrace& loaded) {
  bool first = true;
  for (const ProfiledFunction& function : profiled_functions(loaded.database)) {
    if (!first) out << "\n";
    print_histogram(out, function);
    first = false;
  }
}

std::vector<Table> histogram_tables(const LoadedTrace& loaded) {
  Table buckets{"buckets",
                "",
                {{"function", ""}, {"from_ns", ""}, {"to_ns", ""}, {"calls", ""}, {"time_ns", ""}},
                {}};
  Table functions{"functions",
                  "",
                  {{"function", ""},
                   {"calls", ""},
                   {"returned", ""},
                   {"total_ns", ""},
                   {"mean_ns", ""},
                   {"p50_ns", ""},
                   {"p90_ns", ""},
                   {"p99_ns", ""},
                   {"max_ns", ""}},
                  {}};
  for (const auto& [name, calls, profile] : profiled_functions(loaded.database)) {
    for (const Bucket& bucket : profile.buckets) {
      buckets.rows.push_back({name, bucket.from_ns, bucket.to_ns,
                              static_cast<std::int64_t>(bucket.calls), bucket.total.count()});
    }
    functions.rows.push_back({name, calls, static_cast<std::int64_t>(profile.calls),
                              profile.total.count(), profile.mean().count(), profile.p50.count(),
                              profile.p90.count(), profile.p99.count(), profile.max.count()});
  }
  return {std::move(buckets), std::move(functions)};
}

}  // namespace pgrec
