#include "analyze/sql/function_rows.h"

#include <algorithm>
#include <optional>
#include <string>

namespace pgrec {
namespace {

std::optional<std::int64_t> ns_where(bool is_so, Duration duration) {
  return is_so ? std::optional<std::int64_t>(duration.count()) : std::nullopt;
}

}  // namespace

void FunctionRows::add(const Call& call) {
  const std::size_t index = value(call.function);
  if (index >= figures_.size()) figures_.resize(index + 1);
  Figures& figures = figures_[index];
  ++figures.calls;
  if (!call.duration) return;
  CallTimes& times = figures.times;
  times.min = figures.returned == 0 ? *call.duration : std::min(times.min, *call.duration);
  times.max = std::max(times.max, *call.duration);
  times.self = add_capped(times.self, *call.self);
  figures.total = add_capped(figures.total, *call.duration);
  ++figures.returned;
}

void FunctionRows::write(const Database& database) {
  for (const auto& [function, calls] : filtered_) {
    if (value(function) >= figures_.size()) figures_.resize(value(function) + 1);
  }
  auto add = database.prepare("INSERT OR IGNORE INTO functions (function_id, name) VALUES (?, ?)");
  auto update = database.prepare(
      "UPDATE functions SET calls = ?, returned = ?, total_ns = ?, self_ns = ?, min_ns = ?, "
      "max_ns = ?, self_at_most_ns = ?, min_at_least_ns = ?, max_at_most_ns = ? "
      "WHERE function_id = ?");
  for (std::size_t id = 0; id < figures_.size(); ++id) {
    const Figures& recorded = figures_[id];
    const auto found = filtered_.find(FunctionId{static_cast<std::uint32_t>(id)});
    const ShortCalls filtered = found == filtered_.end() ? ShortCalls{} : found->second;
    const auto short_calls = static_cast<std::int64_t>(filtered.durations.count());
    const std::int64_t calls = recorded.calls + short_calls;
    if (calls == 0) continue;
    const std::int64_t returned = recorded.returned + short_calls;
    const CallTimes times = with_short_calls(
        recorded.times, static_cast<std::uint64_t>(recorded.returned), filtered, !self_is_known());
    // Without a name only when the function table is damaged.
    add.bind(1, static_cast<std::int64_t>(id)).bind(2, "function " + std::to_string(id)).run();
    update.bind(1, calls).bind(2, returned);
    update.bind(3, add_capped(recorded.total, filtered.durations.total()).count());
    update.bind(4, ns_where(times.self_known, times.self));
    update.bind(5, ns_where(returned > 0 && times.min_known, times.min));
    update.bind(6, ns_where(returned > 0 && times.max_known, times.max));
    update.bind(7, ns_where(!times.self_known, times.self));
    update.bind(8, ns_where(!times.min_known, times.min))
        .bind(9, ns_where(!times.max_known, times.max));
    update.bind(10, static_cast<std::int64_t>(id)).run();
  }
}

}  // namespace pgrec
