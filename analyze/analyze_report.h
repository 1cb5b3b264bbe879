// The report of pgrec analyze: the views that were asked for, one after the other, under the line
// that says what is left out.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "analyze/filter/analysis.h"
#include "analyze/report/next_step.h"
#include "analyze/report/row_order.h"
#include "analyze/report/set_notes.h"
#include "analyze/report/view_options.h"

namespace pgrec {

// A view with the value behind its option.
struct AskedView {
  const View* view = nullptr;
  std::string value = {};
};

struct ReportRequest {
  std::vector<AskedView> views = {};  // none: the summary
  ViewOptions options = {};
  OutputFormat format = OutputFormat::kText;
  std::optional<SortKey> sort = {};
  std::optional<std::int64_t> limit = {};
  std::vector<std::string> words = {};  // of the command up to the views
};

// Throws UsageError where the views and the form do not go together.
void check_request(const ReportRequest& request);

// In text, where the filters let nothing through, says that and what there is. JSON has the filters
// as a table of its own, and the files.
void write_report(std::ostream& out, Analysis& analysis, const ReportRequest& request);

}  // namespace pgrec
