#include "analyze/sql/call_columns.h"

#include <algorithm>
#include <array>

namespace pgrec {
namespace {

// The field behind each column; those without are made here.
struct Shown {
  const char* name;
  ColumnKind kind;
  std::optional<CallField> field;
};
const std::array<Shown, kCallColumns>& shown() {
  static const std::array<Shown, kCallColumns> kShown = {{
      {"call_id", ColumnKind::kInteger, CallField::kId},
      {"ts_ns", ColumnKind::kInteger, CallField::kBegun},
      {"duration_ns", ColumnKind::kInteger, CallField::kDuration},
      {"self_ns", ColumnKind::kInteger, CallField::kSelf},
      {"pid", ColumnKind::kInteger, CallField::kPid},
      {"tid", ColumnKind::kInteger, CallField::kTid},
      {"function", ColumnKind::kText, CallField::kFunction},
      {"depth", ColumnKind::kInteger, CallField::kDepth},
      {"parent_id", ColumnKind::kInteger, CallField::kParent},
      {"execution_id", ColumnKind::kInteger, CallField::kExecution},
      {"outcome", ColumnKind::kText, CallField::kOutcome},
      {"at_most_ns", ColumnKind::kInteger, CallField::kAtMost},
      {"self_at_most_ns", ColumnKind::kInteger, CallField::kSelfAtMost},
      {"function_id", ColumnKind::kInteger, CallField::kFunction},
      {"trace", ColumnKind::kInteger, std::nullopt},
      {"at", ColumnKind::kText, CallField::kBegun},
  }};
  return kShown;
}

const std::array<std::string_view, kOutcomes>& outcome_names() {
  static const auto kNames = [] {
    std::array<std::string_view, kOutcomes> names;
    for (unsigned i = 0; i < kOutcomes; ++i)
      names[i] = name(static_cast<Outcome>(i));
    return names;
  }();
  return kNames;
}

}  // namespace

std::vector<RelationColumn> call_columns() {
  std::vector<RelationColumn> columns;
  for (const Shown& one : shown())
    columns.push_back({one.name, one.kind, one.field == CallField::kId});
  return columns;
}

CallFields fields_of(ColumnSet columns) {
  CallFields fields;
  for (int i = 0; i < kCallColumns; ++i) {
    const auto& field = shown()[static_cast<std::size_t>(i)].field;
    if (columns.has(i) && field) fields.add(*field);
  }
  return fields;
}

void CallBlocks::fill(Block& block, const CallRows& rows, const TraceSet::File& file,
                      std::size_t from, std::size_t to) {
  block.rows = to - from;
  block.row_ids = rows.numbers(CallField::kId) + from;
  for (std::size_t i = 0; i < kCallColumns; ++i) {
    const auto& field = shown()[i].field;
    if (!columns_.has(static_cast<int>(i)) || !field) continue;
    BlockColumn& column = block.columns[i];
    if (i == kCallAt) continue;
    if (i == kCallFunction) {
      column.texts = source_.function_names(rows.functions_end()).data();
      column.codes = rows.functions() + from;
      column.texts_stay = true;
    } else if (i == kCallOutcome) {
      column.texts = outcome_names().data();
      column.codes = rows.outcomes() + from;
      column.texts_stay = true;
    } else {
      column.integers = rows.numbers(*field) + from;
      column.nulls = rows.nulls(*field) ? rows.nulls(*field) + from : nullptr;
    }
  }
  if (columns_.has(kCallTrace)) {
    traces_.assign(block.rows, file.trace);
    block.columns[kCallTrace].integers = traces_.data();
  }
  if (columns_.has(kCallAt)) fill_at(block, rows, file, from);
}

void CallBlocks::fill_at(Block& block, const CallRows& rows, const TraceSet::File& file,
                         std::size_t from) {
  constexpr std::size_t kLength = SortableUtc::kLength;
  at_bytes_.resize(block.rows * kLength);
  at_.resize(block.rows);
  at_nulls_.resize(block.rows);
  for (std::size_t i = 0; i < block.rows; ++i) {
    const auto at = from_ns(rows.number(CallField::kBegun, from + i));
    const auto realtime = source_.set().realtime_ns(file, at);
    at_nulls_[i] = !realtime;
    char* const text = at_bytes_.data() + i * kLength;
    if (realtime) utc_.text(*realtime).copy(text, kLength);
    at_[i] = std::string_view(text, kLength);
  }
  block.columns[kCallAt].texts = at_.data();
  block.columns[kCallAt].nulls = at_nulls_.data();
}

}  // namespace pgrec
