// The relations of a set of traces, as SQL sees them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analyze/filter/analysis.h"
#include "analyze/sql/relation.h"

namespace pgrec {

// All of them, in the order of the documentation; filters are not looked at. Nothing is read before
// it is asked for. They borrow the analysis.
std::vector<std::shared_ptr<Relation>> set_relations(Analysis& analysis);
// The same, which keep it. Of null they have the columns, and no rows.
std::vector<std::shared_ptr<Relation>> set_relations(std::shared_ptr<Analysis> analysis);

}  // namespace pgrec
