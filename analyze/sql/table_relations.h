// The small relations of a set: what its files say of themselves, and sums.
#pragma once

#include <memory>
#include <vector>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

// `meta`, `processes`, `losses`, `damages` (those found by now) and `clocks`.
std::vector<std::shared_ptr<Relation>> table_relations(const std::shared_ptr<SetSource>& source);

// `functions`, out of summaries; the calls are read only where `at_most_ns` is asked for.
std::shared_ptr<Relation> function_relation(std::shared_ptr<SetSource> source);

// `statements`, by passes over the executions.
std::shared_ptr<Relation> statement_relation(std::shared_ptr<SetSource> source);

}  // namespace pgrec
