#include "format/table/short_calls.h"

#include <algorithm>
#include <optional>

namespace pgrec {

Duration ShortCalls::shortest() const {
  std::optional<unsigned> first;
  durations.for_each_row([&](unsigned row, std::uint64_t /*count*/) {
    if (!first) first = row;
  });
  return Duration(static_cast<std::int64_t>(first ? LogHistogram::from_ns(*first) : 0));
}

Duration ShortCalls::longest() const {
  std::optional<unsigned> last;
  durations.for_each_row([&](unsigned row, std::uint64_t /*count*/) { last = row; });
  if (!last) return {};
  const Duration least(static_cast<std::int64_t>(LogHistogram::from_ns(*last)));
  const Duration most =
      least + Duration(static_cast<std::int64_t>(LogHistogram::width_ns(*last)) - 1);
  // Only a forged trace has one in a row that is too long for it.
  return shorter_than > least ? std::min(most, shorter_than - Duration(1)) : most;
}

CallTimes with_short_calls(const CallTimes& times, std::uint64_t returned,
                           const ShortCalls& short_calls, bool others_filtered) {
  CallTimes all = times;
  all.self = add_capped(all.self, short_calls.durations.total());
  all.self_known = all.self == Duration{} || !(short_calls.any() || others_filtered);
  if (!short_calls.any()) return all;
  all.min_known = returned > 0 && times.min <= short_calls.shortest();
  all.max_known = returned > 0 && times.max >= short_calls.longest();
  if (!all.min_known) all.min = short_calls.shortest();
  if (!all.max_known) all.max = short_calls.longest();
  return all;
}

}  // namespace pgrec
