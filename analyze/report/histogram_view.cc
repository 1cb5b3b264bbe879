#include "analyze/report/histogram_view.h"

#include <ostream>

namespace pgrec {

void print_histograms(std::ostream& out, const std::vector<FunctionFigures>& functions) {
  bool first = true;
  for (const FunctionFigures& function : functions) {
    if (!first) out << "\n";
    print_histogram(out, function.name, function.profile);
    first = false;
  }
  const std::string notes = not_exact_text(functions);
  if (!notes.empty()) out << "\n" << notes;
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
                 {"exact", ""},
                 {"short_calls", ""},
                 {"max_at_most_ns", ""}},
                {}};
  for (const auto& [name, offset, profile, id] : functions) {
    for (const Bucket& bucket : profile.buckets) {
      buckets.rows.push_back({name, bucket.from_ns, bucket.to_ns,
                              static_cast<std::int64_t>(bucket.calls), bucket.total.count()});
    }
    figures.rows.push_back({name, static_cast<std::int64_t>(profile.calls),
                            static_cast<std::int64_t>(profile.returned), profile.total.count(),
                            profile.mean().count(), profile.p50.count(), profile.p90.count(),
                            profile.p99.count(), known_or_null(profile.max_known, profile.max),
                            std::int64_t{profile.exact},
                            static_cast<std::int64_t>(profile.short_calls),
                            known_or_null(!profile.max_known, profile.max)});
  }
  return {std::move(buckets), std::move(figures)};
}

}  // namespace pgrec
