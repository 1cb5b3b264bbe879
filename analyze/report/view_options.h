// The views of pgrec analyze, in one table: the option that asks for each, and what makes it.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "analyze/calls/duration_profile.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/layout.h"
#include "analyze/report/table.h"

namespace pgrec {

// What the options of views say, beside the filters.
struct ViewOptions {
  Percentiles percentiles = Percentiles::kExactWhenCheap;
  std::int64_t slow = 0;  // how many executions --slow shows
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
  // Reads the value. Throws UsageError that names the option.
  void (*read)(const std::string& value, ViewOptions& options) = nullptr;
  // The view as data; the first table is what text shows and CSV has.
  std::vector<Table> (*tables)(Analysis& analysis, const ViewOptions& options) = nullptr;
  // What text shows in its place, where it is no table.
  void (*screen)(std::ostream& out, Analysis& analysis, const ViewOptions& options) = nullptr;
  // What text says below the table, in lines; none: nothing.
  std::string (*notes)(Analysis& analysis, const ViewOptions& options) = nullptr;
  // What text says where the table has no rows.
  const char* nothing = "no calls";
};

// In the order in which they are printed.
const std::vector<View>& views();

// Without a view: functions and top statements, as data; in text with the functions that have no
// calls on one line, and what to ask next. `words`: the command line up to here, for that.
std::vector<Table> summary_tables(Analysis& analysis, const ViewOptions& options);
void print_summary(std::ostream& out, Analysis& analysis, const ViewOptions& options,
                   std::vector<Table> tables, const std::vector<std::string>& words);

}  // namespace pgrec
