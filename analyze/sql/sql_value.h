// One value of a row, as SQL has it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace pgrec {

// NULL, INTEGER, REAL, or TEXT (also for BLOB).
using SqlValue = std::variant<std::monostate, std::int64_t, double, std::string>;

}  // namespace pgrec
