#include "analyze/duration_profile.h"

#include <bit>

namespace pgrec {
namespace {

// The rank, from 1, of the nearest-rank percentile among `count` values.
std::uint64_t rank(std::uint64_t count, std::uint64_t percent) {
  return (count * percent + 99) / 100;
}

Bucket bucket_of(std::int64_t duration_ns) {
  if (duration_ns < 2) return {0, 1, 0, {}};
  const std::int64_t from = std::int64_t(std::bit_floor(static_cast<std::uint64_t>(duration_ns)));
  return {from, 2 * from - 1, 0, {}};
}

void add_to_bucket(std::vector<Bucket>& buckets, std::int64_t duration_ns) {
  if (buckets.empty()) buckets.push_back(bucket_of(duration_ns));
  while (duration_ns > buckets.back().to_ns) {
    const std::int64_t next = buckets.back().to_ns + 1;
    buckets.push_back(bucket_of(next));
  }
  ++buckets.back().calls;
  buckets.back().total = add_capped(buckets.back().total, Duration(duration_ns));
}

// Adds the next of the durations, which come in ascending order; profile.calls is known already.
void add(DurationProfile& profile, std::uint64_t position, std::int64_t duration_ns) {
  const Duration duration(duration_ns);
  if (position == 1) profile.min = duration;
  if (position == rank(profile.calls, 50)) profile.p50 = duration;
  if (position == rank(profile.calls, 90)) profile.p90 = duration;
  if (position == rank(profile.calls, 99)) profile.p99 = duration;
  profile.max = duration;
  profile.total = add_capped(profile.total, duration);
  add_to_bucket(profile.buckets, duration_ns);
}

}  // namespace

std::vector<DurationProfile> duration_profiles(const Database& database,
                                               const std::string& columns) {
  std::vector<DurationProfile> profiles;
  auto sizes = database.prepare("SELECT count(*), " + columns +
                                " FROM call_rows WHERE duration_ns >= 0 GROUP BY " + columns +
                                " ORDER BY " + columns);
  while (sizes.step()) {
    DurationProfile& profile = profiles.emplace_back();
    profile.calls = static_cast<std::uint64_t>(sizes.integer(0));
    for (int c = 1; c < sizes.columns(); ++c)
      profile.group.push_back(sizes.integer(c));
  }
  auto durations =
      database.prepare("SELECT duration_ns FROM call_rows WHERE duration_ns >= 0 ORDER BY " +
                       columns + ", duration_ns");
  for (DurationProfile& profile : profiles) {
    for (std::uint64_t position = 1; position <= profile.calls && durations.step(); ++position) {
      add(profile, position, durations.integer(0));
    }
  }
  return profiles;
}

std::map<std::int64_t, DurationProfile> function_profiles(const Database& database) {
  std::map<std::int64_t, DurationProfile> profiles;
  for (auto& profile : duration_profiles(database, "function_id")) {
    const std::int64_t function = profile.group[0];
    profiles.emplace(function, std::move(profile));
  }
  return profiles;
}

}  // namespace pgrec
