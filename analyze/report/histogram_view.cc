#include "analyze/report/histogram_view.h"

#include <algorithm>
#include <ostream>

#include "analyze/calls/function_figures.h"
#include "analyze/report/noted_tables.h"
#include "analyze/report/view_result.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

Histograms of_functions(Analysis& analysis, const HistogramOptions& options) {
  Histograms all;
  auto figures = function_figures(analysis.set(), analysis.calls(),
                                  {options.percentiles, options.linear}, analysis.options());
  for (FunctionFigures& one : figures) {
    if (one.profile.calls == 0 && one.profile.returned == 0) {
      all.without_calls.push_back(one.name);
    } else {
      all.all.push_back({one.name, {}, std::move(one.profile)});
    }
  }
  if (options.limit > 0 && all.all.size() > options.limit) {
    all.left_out = all.all.size() - options.limit;
    all.all.resize(options.limit);
  }
  return all;
}

Histograms of_groups(Analysis& analysis, const HistogramOptions& options) {
  Histograms all;
  all.is_split = true;
  CallSplit split(analysis.set(), options.split,
                  options.split == SplitBy::kQuery ? &analysis.statements() : nullptr,
                  analysis.options());
  const DurationProfiles profiles = profile_groups(
      analysis.set(), analysis.calls(), split, {options.percentiles, options.linear, options.limit},
      analysis.options(), &all.left_out);
  const std::vector<std::uint32_t> order = split.in_order();
  std::vector<std::size_t> places(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    places[order[i]] = i;
  std::vector<ProfileGroup> groups;
  for (const auto& [group, profile] : profiles)
    groups.push_back(group);
  const auto key = [&](const ProfileGroup& group) {
    return std::tuple(-profiles.at(group).total, places[group.split], group.function);
  };
  std::sort(groups.begin(), groups.end(),
            [&](const ProfileGroup& a, const ProfileGroup& b) { return key(a) < key(b); });
  for (const ProfileGroup& group : groups)
    all.all.push_back({analysis.set().function_name(group.function), split.value_of(group.split),
                       profiles.at(group)});
  if (options.limit == 0)
    all.without_calls = functions_without_calls(analysis.set(), analysis.calls(), profiles);
  return all;
}

// Before the other columns.
void add_split_columns(Table& table) {
  table.columns.insert(table.columns.begin(), {{"split", ""}, {"trace", ""}});
}
std::vector<SqlValue> row_of(const Histograms& all, const Histogram& one) {
  if (!all.is_split) return {one.function};
  return {as_value(one.value.key),
          one.value.trace == 0 ? SqlValue() : SqlValue(std::int64_t{one.value.trace}),
          one.function};
}

}  // namespace

Histograms histograms(Analysis& analysis, const HistogramOptions& options) {
  Histograms all = options.split == SplitBy::kNothing ? of_functions(analysis, options)
                                                      : of_groups(analysis, options);
  std::vector<const DurationProfile*> profiles;
  for (const Histogram& one : all.all)
    profiles.push_back(&one.profile);
  all.notes = not_exact_text(profiles);
  if (options.linear && std::any_of(profiles.begin(), profiles.end(),
                                    [](const auto* one) { return one->short_calls > 0; })) {
    all.notes += "calls that were filtered are in none of the rows\n";
  }
  return all;
}

void print_histograms(std::ostream& out, const Histograms& histograms, std::size_t width) {
  bool first = true;
  const auto separate = [&] {
    if (!std::exchange(first, false)) out << "\n";
  };
  for (const Histogram& one : histograms.all) {
    separate();
    const std::string value =
        histograms.is_split ? ", " + one_line(one.value.shown, kMaxTextWidth) : "";
    print_histogram(out, one.function + value, one.profile, width);
  }
  if (!histograms.without_calls.empty()) {
    separate();
    print_line(out, no_calls_line(histograms.without_calls));
  }
  if (histograms.left_out > 0) {
    separate();
    out << plural(histograms.left_out, "histogram") << " with less time left out\n";
  }
  if (!histograms.notes.empty()) {
    separate();
    out << histograms.notes;
  }
}

std::vector<Table> histogram_tables(const Histograms& histograms) {
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
  if (histograms.is_split) {
    add_split_columns(buckets);
    add_split_columns(figures);
  }
  const auto add = [](Table& table, std::vector<SqlValue> row, std::vector<SqlValue> more) {
    row.insert(row.end(), more.begin(), more.end());
    table.rows.push_back(std::move(row));
  };
  for (const Histogram& one : histograms.all) {
    const DurationProfile& profile = one.profile;
    for (const Bucket& bucket : profile.buckets) {
      add(buckets, row_of(histograms, one),
          {bucket.from_ns, bucket.to_ns, static_cast<std::int64_t>(bucket.calls),
           bucket.total.count()});
    }
    add(figures, row_of(histograms, one),
        {static_cast<std::int64_t>(profile.calls), static_cast<std::int64_t>(profile.returned),
         profile.total.count(), profile.mean().count(), profile.p50.count(), profile.p90.count(),
         profile.p99.count(), known_or_null(profile.max_known, profile.max),
         std::int64_t{profile.exact}, static_cast<std::int64_t>(profile.short_calls),
         known_or_null(!profile.max_known, profile.max)});
  }
  for (const std::string& name : histograms.without_calls) {
    const std::int64_t none = 0;
    add(figures, row_of(histograms, {name, {}, {}}),
        {none, none, none, none, none, none, none, none, none, none, SqlValue()});
  }
  return {std::move(buckets), std::move(figures)};
}

}  // namespace pgrec
