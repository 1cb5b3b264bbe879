// What pgrec list says, for programs: one object of JSON. Members stay as they are; later versions
// add.
#pragma once

#include <string>
#include <vector>

#include "record/binary/diagnosis.h"
#include "record/list_subject.h"

namespace pgrec {

// What the binary is, where its names come from, and how many functions each verdict is for.
// `diagnoses`: of all its functions.
std::string binary_json(const Subject& subject, const std::vector<Diagnosis>& diagnoses);

// What names and globs mean in the binary, and which mean nothing.
std::string named_json(const Named& named, const Subject& subject);

}  // namespace pgrec
