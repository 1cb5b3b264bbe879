// --hist: per function the power-of-two histogram, by count and by time spent.
#pragma once

#include <iosfwd>
#include <vector>

#include "analyze/calls/function_figures.h"
#include "analyze/report/table.h"

namespace pgrec {

// In the layout bcc users know, with a second bar for the time spent in each row.
void print_histograms(std::ostream& out, const std::vector<FunctionFigures>& functions);

// The same as tables: the rows, and per function the figures.
std::vector<Table> histogram_tables(const std::vector<FunctionFigures>& functions);

}  // namespace pgrec
