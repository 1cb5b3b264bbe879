// Calls as columns, and what is wanted of those that begin in a chunk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "format/thread_state.h"

namespace pgrec {

// What is known of a call, each an INTEGER in a column.
enum class CallField : std::uint8_t {
  kId,
  kBegun,
  kDuration,
  kSelf,
  kPid,
  kTid,
  kFunction,
  kDepth,
  kParent,
  kExecution,
  kOutcome,
  kAtMost,
  kSelfAtMost,
};
inline constexpr std::size_t kCallFields = 13;

class CallFields {
 public:
  static CallFields all() { return CallFields((1u << kCallFields) - 1); }
  CallFields() = default;
  bool has(CallField field) const { return (bits_ >> static_cast<unsigned>(field)) & 1; }
  void add(CallField field) { bits_ |= 1u << static_cast<unsigned>(field); }
  // Whether one of them is known only when a call has ended.
  bool any_of_end() const {
    return has(CallField::kDuration) || has(CallField::kSelf) || has(CallField::kOutcome) ||
           has(CallField::kAtMost) || has(CallField::kSelfAtMost);
  }

 private:
  explicit CallFields(std::uint32_t bits) : bits_(bits) {}
  std::uint32_t bits_ = 0;
};

// Numbers from `from` to `to`, both among them.
struct NumberRange {
  std::int64_t from = std::numeric_limits<std::int64_t>::min();
  std::int64_t to = std::numeric_limits<std::int64_t>::max();

  bool has(std::int64_t number) const { return number >= from && number <= to; }
  bool is_all() const {
    return from == std::numeric_limits<std::int64_t>::min() &&
           to == std::numeric_limits<std::int64_t>::max();
  }
  bool is_empty() const { return from > to; }
  void narrow(const NumberRange& other) {
    if (other.from > from) from = other.from;
    if (other.to < to) to = other.to;
  }
};

// Calls next to each other. Only the wanted fields are filled in, and the id.
class CallRows {
 public:
  explicit CallRows(CallFields fields = CallFields::all());

  std::size_t size() const { return size_; }
  bool has(CallField field) const { return fields_.has(field); }
  const std::int64_t* numbers(CallField field) const { return of(field).numbers.data(); }
  std::int64_t number(CallField field, std::size_t row) const { return of(field).numbers[row]; }
  // Not 0 where a row has none; null for a field that every call has.
  const std::uint8_t* nulls(CallField field) const {
    return of(field).nulls.empty() ? nullptr : of(field).nulls.data();
  }
  // The function and the outcome again, as places in lists of names.
  const std::uint32_t* functions() const { return functions_.data(); }
  const std::uint32_t* outcomes() const { return outcomes_.data(); }
  // Above the id of every function here.
  std::uint32_t functions_end() const { return functions_end_; }

  // Makes room for so many.
  void reserve(std::size_t rows);
  // Adds one, still open; its row.
  std::size_t add(CallId id, FunctionId function, const ThreadKey& thread, Timestamp begun,
                  std::uint32_t depth, CallId parent, ExecutionId execution) {
    if (size_ == room_) reserve(room_ * 2 + 64);
    const std::size_t row = size_++;
    set(CallField::kId, row, static_cast<std::int64_t>(value(id)));
    if (has(CallField::kBegun)) set(CallField::kBegun, row, to_ns(begun));
    if (has(CallField::kPid)) set(CallField::kPid, row, thread.pid);
    if (has(CallField::kTid)) set(CallField::kTid, row, thread.tid);
    if (has(CallField::kFunction)) {
      set(CallField::kFunction, row, value(function));
      functions_[row] = value(function);
      if (value(function) >= functions_end_) functions_end_ = value(function) + 1;
    }
    if (has(CallField::kDepth)) set(CallField::kDepth, row, depth);
    if (has(CallField::kParent)) {
      set(CallField::kParent, row, static_cast<std::int64_t>(value(parent)));
      of(CallField::kParent).nulls[row] = depth == 0;
    }
    if (has(CallField::kExecution)) {
      set(CallField::kExecution, row, static_cast<std::int64_t>(value(execution)));
      of(CallField::kExecution).nulls[row] = execution == kNoExecution;
    }
    return row;
  }
  // What became of one. `self_known`: else its self time is at most so much.
  void end_returned(std::size_t row, Duration duration, Duration self, bool self_known) {
    if (has(CallField::kOutcome)) outcomes_[row] = static_cast<std::uint32_t>(Outcome::kReturned);
    if (has(CallField::kDuration)) set_known(CallField::kDuration, row, duration.count());
    if (self_known) {
      if (has(CallField::kSelf)) set_known(CallField::kSelf, row, self.count());
    } else if (has(CallField::kSelfAtMost)) {
      set_known(CallField::kSelfAtMost, row, self.count());
    }
  }
  void end(std::size_t row, const Call& call, bool self_known);
  std::size_t add(const Call& call, bool self_known);

  // The rows in the order of when they began.
  void sort_by_begin(std::vector<std::uint32_t>& open);

 private:
  struct Column {
    std::vector<std::int64_t> numbers;
    std::vector<std::uint8_t> nulls;
  };
  Column& of(CallField field) { return columns_[static_cast<std::size_t>(field)]; }
  const Column& of(CallField field) const { return columns_[static_cast<std::size_t>(field)]; }
  void set(CallField field, std::size_t row, std::int64_t number) {
    of(field).numbers[row] = number;
  }
  void set_known(CallField field, std::size_t row, std::int64_t number) {
    set(field, row, number);
    of(field).nulls[row] = 0;
  }

  CallFields fields_;
  std::size_t size_ = 0, room_ = 0;
  std::array<Column, kCallFields> columns_;
  std::vector<std::uint32_t> functions_, outcomes_;
  std::uint32_t functions_end_ = 0;
};

}  // namespace pgrec
