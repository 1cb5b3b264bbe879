// What events of the class `error` (format/postgres/execution_classes.h) say of an ERROR, a FATAL
// or a PANIC.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"

namespace pgrec {

class ErrorReader {
 public:
  explicit ErrorReader(const std::vector<EventClass>& classes);

  // Whether events of the class tell of errors.
  bool tells(ClassId event_class) const {
    return !classes_.empty() && classes_.contains(event_class);
  }
  // Severity, SQLSTATE and message; empty where they are not known.
  std::array<std::string, 3> read(ClassId event_class, const ArgumentValues& arguments) const;

 private:
  // Where the three stand among the arguments.
  using Places = std::array<std::optional<std::size_t>, 3>;
  std::map<ClassId, Places> classes_;
};

}  // namespace pgrec
