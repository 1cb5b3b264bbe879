// The relations of traces that the loadable extension has.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

namespace pgrec {

// As OpenRelations in analyze/sql/extension.h. Throws Error with a hint where a trace cannot be
// read.
std::vector<std::shared_ptr<Relation>> open_relations(const std::vector<std::string>& files);

}  // namespace pgrec
