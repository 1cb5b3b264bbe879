// The relations whose rows a pass over executions finds beside these: `idle_in_transaction`,
// `errors`, and `function_times`, the calls of each execution by function.
#pragma once

#include <memory>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

std::shared_ptr<Relation> idle_relation(std::shared_ptr<SetSource> source);
std::shared_ptr<Relation> error_relation(std::shared_ptr<SetSource> source);
// A worker's run has rows of its own, with its leader's execution.
std::shared_ptr<Relation> function_times_relation(std::shared_ptr<SetSource> source);

}  // namespace pgrec
