// What pgrec list says, for programs: one object of JSON. Members stay as they are; later versions
// add.
#pragma once

#include <string>

#include "record/list_subject.h"

namespace pgrec {

// What the binary is, where its names come from, and how many functions each verdict is for.
std::string binary_json(const Subject& subject, const Counts& counts);

// What names and globs mean in the binary, and which mean nothing.
std::string named_json(const Named& named, const Subject& subject);

}  // namespace pgrec
