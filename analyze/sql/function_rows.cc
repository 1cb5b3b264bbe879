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
  figures.min = figures.returned == 0 ? *call.duration : std::min(figures.min, *call.duration);
  figures.max = std::max(figures.max, *call.duration);
  figures.total = add_capped(figures.total, *call.duration);
  figures.self = add_capped(figures.self, *call.self);
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
    const bool any = recorded.returned > 0;
    const Duration self = add_capped(recorded.self, filtered.durations.total());
    const Duration min = any && short_calls > 0 ? std::min(recorded.min, filtered.shortest())
                         : any                  ? recorded.min
                                                : filtered.shortest();
    const Duration max = std::max(recorded.max, filtered.longest());
    const bool min_known = short_calls == 0 || (any && min == recorded.min);
    const bool max_known = short_calls == 0 || (any && max == recorded.max);
    const bool self_known = self_is_known() || self == Duration{};  // no time is exactly none
    // Without a name only when the function table is damaged.
    add.bind(1, static_cast<std::int64_t>(id)).bind(2, "function " + std::to_string(id)).run();
    update.bind(1, calls).bind(2, returned);
    update.bind(3, add_capped(recorded.total, filtered.durations.total()).count());
    update.bind(4, ns_where(self_known, self));
    update.bind(5, ns_where(returned > 0 && min_known, min));
    update.bind(6, ns_where(returned > 0 && max_known, max));
    update.bind(7, ns_where(!self_known, self));
    update.bind(8, ns_where(!min_known, min)).bind(9, ns_where(!max_known, max));
    update.bind(10, static_cast<std::int64_t>(id)).run();
  }
}

}  // namespace pgrec
