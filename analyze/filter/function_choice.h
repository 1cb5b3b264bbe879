// -f: the functions of a set that names and globs choose.
#pragma once

#include <string>
#include <vector>

#include "analyze/trace/trace_set.h"
#include "format/print/name_list.h"

namespace pgrec {

// By id, up to the last one chosen: those with one of the names, or like one of the globs (*, ?,
// [a-z]). Throws Error with what is near where one chooses nothing.
std::vector<bool> choose_functions(const TraceSet& set, const NameList& wanted);

}  // namespace pgrec
