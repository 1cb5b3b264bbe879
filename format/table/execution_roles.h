// What the events of each class tell of executions, as plain data: what sums them up
// (format/chunk/statement_sums.h) need not know the classes' names.
// format/postgres/roles_of_classes.h makes it of the classes that a trace describes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "format/event.h"
#include "format/layout.h"
#include "format/table/tables.h"

namespace pgrec {

// Of the events of one class.
struct ExecutionRole {
  enum class Tells : std::uint8_t {
    kNothing,
    kCompletion,  // how the execution ended; the last such event counts
    kFailure,     // the same: by an error
    kNotRun,      // it was only prepared, if nothing else is said after it
    kOfLeader,    // it is a parallel worker's part of another
    kOtherText,   // its text is another than it began with
  };
  // No argument, or no measure.
  static constexpr std::uint8_t kNone = 0xFF;
  // What an execution cannot have done more of: such a number is none.
  static constexpr std::uint64_t kMaxNumber = 1ull << 48;

  Tells tells = Tells::kNothing;
  std::uint8_t query_id = kNone;  // the argument that has it
  std::uint8_t text = kNone;      // of kOtherText
  // Of each argument the measure that it gives, as StatementSummary::measures counts them.
  std::array<std::uint8_t, layout::kMaxArguments> measures = all_none();
  // Of these measures, those of which 0 says that nobody counted: bits.
  std::uint32_t above_zero = 0;
  static_assert(layout::kMaxStatementMeasures <= 32);

  bool ends() const { return tells == Tells::kCompletion || tells == Tells::kFailure; }
  bool has_arguments() const { return ends() || tells == Tells::kOtherText; }
  bool operator==(const ExecutionRole&) const = default;

 private:
  static constexpr std::array<std::uint8_t, layout::kMaxArguments> all_none() {
    std::array<std::uint8_t, layout::kMaxArguments> none{};
    for (std::uint8_t& one : none)
      one = kNone;
    return none;
  }
};

// By class id; those that are not there tell nothing.
struct ExecutionRoles {
  std::vector<ExecutionRole> by_class;
  // By which number texts are of one statement; 0: by none.
  std::uint64_t (*fingerprint)(const Text& text) = [](const Text& text) {
    return text.fingerprint;
  };

  const ExecutionRole& of(ClassId event_class) const {
    static constexpr ExecutionRole kNothing;
    return value(event_class) < by_class.size() ? by_class[value(event_class)] : kNothing;
  }
  bool operator==(const ExecutionRoles&) const = default;
};

}  // namespace pgrec
