// What the classes of executions (execution_classes.h) tell of them, in the form in which the
// writer of a trace sums them up.
#pragma once

#include <vector>

#include "format/table/execution_roles.h"
#include "format/table/tables.h"

namespace pgrec {

// Of a trace that describes `classes`; of two rows with one id the first holds. Measures are
// numbered as in kMeasures (measures.h).
ExecutionRoles execution_roles(const std::vector<EventClass>& classes);

}  // namespace pgrec
