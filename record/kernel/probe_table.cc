#include "record/kernel/probe_table.h"

#include <algorithm>
#include <utility>

namespace pgrec {

ProbeTable::ProbeTable(std::vector<Function> functions, const std::vector<Point>& points,
                       Function hooks, std::vector<bool> stepped)
    : points_at_(static_cast<std::uint32_t>(functions.size())),
      rows_(std::move(functions)),
      stepped_(std::move(stepped)) {
  for (Function& function : rows_)
    function.role = Function::Role::kCalls;
  for (const Point& point : points) {
    rows_.push_back(point.function);
    rows_.back().role = Function::Role::kEvents;
    classes_.push_back(point.events);
  }
  rows_.push_back(std::move(hooks));
  rows_.back().role = Function::Role::kActivity;
  for (const std::uint32_t probe : all())
    rows_[probe].id = FunctionId{probe};
}

bool ProbeTable::any_stepped() const {
  return std::find(stepped_.begin(), stepped_.end(), true) != stepped_.end();
}

std::optional<std::uint32_t> ProbeTable::function_at_hooks() const {
  const Function& activity = rows_.back();
  for (const std::uint32_t probe : functions()) {
    const Function& function = rows_[probe];
    if (function.binary == activity.binary && function.file_offset == activity.file_offset)
      return probe;
  }
  return std::nullopt;
}

}  // namespace pgrec
