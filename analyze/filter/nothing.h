// What to say where the filters of an analysis let nothing through: which of them do, and what
// there is.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analyze/filter/analysis.h"

namespace pgrec {

struct Nothing {
  // "--database shop2; there are shop and postgres": of each filter that alone lets nothing
  // through; else one that says that no execution is let through by all of them.
  std::vector<std::string> reasons;
  // What there is: "databases" and "shop, postgres", and so on, in the order to show them.
  std::vector<std::pair<std::string, std::string>> there_is;

  bool is_so() const { return !reasons.empty(); }
};

// Without `reasons` where the filters let something through, as far as that is known: executions of
// the wanted kinds; else processes, calls and a stretch of time in which they can be.
Nothing find_nothing(Analysis& analysis);

// The screen, each line printable.
std::string nothing_text(const Nothing& nothing);

}  // namespace pgrec
