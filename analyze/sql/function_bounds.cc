#include "analyze/sql/function_bounds.h"

#include <string>

namespace pgrec {

void FunctionBounds::add(FunctionId function, Duration at_most) {
  if (value(function) >= sums_.size()) sums_.resize(value(function) + 1);
  Duration& sum = sums_[value(function)];
  sum = add_capped(sum, at_most);
}

void FunctionBounds::write(const Database& database) const {
  auto update = database.prepare(
      "INSERT INTO functions (function_id, name, at_most_ns) VALUES (?1, ?2, ?3) "
      "ON CONFLICT DO UPDATE SET at_most_ns = ?3");
  for (std::size_t id = 0; id < sums_.size(); ++id) {
    if (sums_[id] == Duration{}) continue;
    update.bind(1, static_cast<std::int64_t>(id)).bind(2, "function " + std::to_string(id));
    update.bind(3, std::int64_t{sums_[id].count()}).run();
  }
}

}  // namespace pgrec
