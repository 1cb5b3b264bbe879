// The relation `functions`: every probed function with its figures. Out of summaries; the calls
// are read only where `at_most_ns` is asked for.
#pragma once

#include <memory>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

std::shared_ptr<Relation> function_relation(std::shared_ptr<SetSource> source);

}  // namespace pgrec
