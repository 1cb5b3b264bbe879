// The arguments of events of classes, by their names: for people and for programs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/table/tables.h"

namespace pgrec {

// The class with this id; of two rows with one id the first. Null where the trace describes none.
const EventClass* find_class(const std::vector<EventClass>& classes, ClassId id);

// "class 7" where the trace does not describe it.
std::string class_name(const EventClass* described, ClassId id);

// Whether it is one of the classes by which a trace tells of executions and errors
// (format/postgres/execution_classes.h), which reports show otherwise.
bool is_execution_class(std::string_view name);

// The argument at `place` as people read it: a mode of a lock by its name. "-" where it cannot be
// read. Not made printable.
std::string value_text(const EventClass& described, std::size_t place, const Argument& argument);

// "tranche WALWrite, mode exclusive": all of an event's; which of them could not be read is not
// among them. Empty where it has none.
std::string arguments_text(const EventClass* described, const ArgumentValues& arguments);

// An object with a member for each, the values as they were recorded; null: it could not be read.
std::string arguments_json(const EventClass* described, const ArgumentValues& arguments);
// The same of the arguments at these places only.
std::string arguments_json(const EventClass* described, const ArgumentValues& arguments,
                           const std::vector<std::size_t>& places);

}  // namespace pgrec
