// What a view gives to be printed, and what views of executions have in common.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "analyze/calls/execution_figures.h"
#include "analyze/calls/wanted_executions.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/table.h"

namespace pgrec {

struct ViewResult {
  std::vector<Table> tables;  // JSON has all, CSV the first
  // Text: the lines above, then the lines of a picture; where there is none, these tables; without
  // them the first of `tables`.
  std::vector<std::string> above;
  std::vector<std::string> picture;
  std::optional<std::vector<Table>> screen;
  std::string nothing;             // stands for tables without rows in text
  std::vector<std::string> below;  // lines below them

  // The first table of text.
  const Table& first_shown() const {
    return screen && !screen->empty() ? screen->front() : tables.front();
  }
};

// Prints one view.
void print(std::ostream& out, const ViewResult& view, OutputFormat format,
           const Layout& layout = {});

// Borrows from the analysis.
WantedExecutions wanted_executions(Analysis& analysis);

// As a table holds them; a count that is too large is the largest number.
SqlValue as_value(std::uint64_t count);
SqlValue as_value(Duration duration);
SqlValue as_value(const std::optional<std::int64_t>& number);
SqlValue as_value(const std::optional<std::uint64_t>& count);
SqlValue as_value(const std::optional<Duration>& duration);
// NULL where it is empty.
SqlValue as_value(const std::string& text);
SqlValue as_value(const std::optional<std::string>& text);

// The place of a measure in kMeasures.
std::size_t measure_place(std::string_view name);

// What to say where percentiles are not exact; empty where they are.
std::string not_exact_line(const GroupFigures& figures);

}  // namespace pgrec
