#include "record/interval.h"

#include "format/error.h"
#include "format/units.h"

namespace pgrec {

Duration parse_interval(const std::string& text, const std::string& option) {
  const Duration interval = parse_duration(text, option);
  if (interval < kShortestInterval) {
    throw UsageError(option + ": '" + text + "' is too short",
                     "at least " + duration_text(kShortestInterval));
  }
  return interval;
}

}  // namespace pgrec
