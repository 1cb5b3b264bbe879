// --hist: per function the histogram of how long its calls took, by count and by time spent; with
// --split one for each value that they are told apart by.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "analyze/calls/call_split.h"
#include "analyze/calls/duration_profile.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/table.h"

namespace pgrec {

struct HistogramOptions {
  Percentiles percentiles = Percentiles::kExactWhenCheap;
  bool linear = false;  // rows of equal width in place of powers of two
  SplitBy split = SplitBy::kNothing;
  std::size_t limit = 0;  // how many, those with the most time; 0: all
};

struct Histogram {
  std::string function;
  SplitValue value;  // with --split
  DurationProfile profile;
};

struct Histograms {
  std::vector<Histogram> all;              // the one with the most time first
  std::vector<std::string> without_calls;  // functions
  std::size_t left_out = 0;                // by the limit
  bool is_split = false;
  std::string notes;  // on figures that are not exact, in lines
};

// Of all wanted calls.
Histograms histograms(Analysis& analysis, const HistogramOptions& options);

// In the layout bcc users know, with a second bar for the time spent in each row.
// `width`: as for print_histogram().
void print_histograms(std::ostream& out, const Histograms& histograms, std::size_t width = 118);

// The same as tables: the rows, and per function the figures. With --split each has the columns
// `split`, the value, and `trace`, which tells processes of several traces apart, before the
// function.
std::vector<Table> histogram_tables(const Histograms& histograms);

}  // namespace pgrec
