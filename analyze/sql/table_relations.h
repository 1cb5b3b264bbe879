// The small relations of a set: what its files say of themselves.
#pragma once

#include <memory>
#include <vector>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

// `meta`, `processes`, `losses`, `damages`, for which all is read that was not, and `clocks`.
std::vector<std::shared_ptr<Relation>> table_relations(const std::shared_ptr<SetSource>& source);

}  // namespace pgrec
