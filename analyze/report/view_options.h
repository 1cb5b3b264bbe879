// The views of pgrec analyze, in one table: the option that asks for each, and what makes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/calls/call_split.h"
#include "analyze/calls/duration_profile.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/layout.h"
#include "analyze/report/view_result.h"

namespace pgrec {

// What the options of views say, beside the filters.
struct ViewOptions {
  Percentiles percentiles = Percentiles::kExactWhenCheap;
  SplitBy split = SplitBy::kNothing;  // of --hist
  bool linear = false;                // of --hist
  std::optional<std::int64_t> limit = {};
  bool for_people = true;  // text is wanted
  Layout layout;
};

struct View {
  // Behind the option: nothing, a value behind = that may be left out, or a value.
  enum class Takes { kNothing, kMaybe, kValue };

  const char* option;  // "--by-pid"
  const char* help;
  Takes takes = Takes::kNothing;
  // Of kMaybe the value that stands for none; of kValue what the help calls it.
  const char* value = "";
  // Makes the view; `value`: behind the option. Throws UsageError that names the option.
  ViewResult (*make)(Analysis& analysis, const ViewOptions& options, const std::string& value);
  // The view itself makes use of ViewOptions::limit, by which --limit is not of its rows.
  bool limits_itself = false;
  // What to ask next, behind the command line up to here; none: empty. `why` says what that shows.
  const char* next = "";
  const char* why = "";
};

// In the order in which they are printed.
const std::vector<View>& views();

}  // namespace pgrec
