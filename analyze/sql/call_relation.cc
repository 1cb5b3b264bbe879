#include "analyze/sql/call_relation.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "analyze/sql/call_columns.h"
#include "analyze/sql/call_lookup.h"
#include "analyze/sql/call_scan.h"
#include "format/error.h"

namespace pgrec {
namespace {

// A pass for each function costs less than SQLite's sorter up to so many.
constexpr std::size_t kMostPasses = 24;

bool is_least_or_equal(Compare compare) {
  return compare == Compare::kGreater || compare == Compare::kGreaterEqual ||
         compare == Compare::kEqual;
}

std::optional<std::size_t> equality(const Question& question, int column) {
  for (std::size_t i = 0; i < question.constraints.size(); ++i) {
    const Constraint& one = question.constraints[i];
    if (one.column == column && one.compare == Compare::kEqual) return i;
  }
  return std::nullopt;
}

// What share of the rows a condition leaves, about.
double share_of(const Constraint& one) {
  const bool is_equal = one.compare == Compare::kEqual;
  switch (one.column) {
    case kCallFunction:
    case kCallFunctionId:
    case kCallPid:
    case kCallTid:
      return is_equal ? 0.1 : 0.5;
    case kCallDuration:
      return is_equal ? 0.001 : 0.1;
    case kCallTs:
    case kCallId:
      return is_equal ? 1e-6 : 0.1;
    default:
      return is_equal ? 0.3 : 0.6;
  }
}

}  // namespace

std::vector<RelationColumn> CallRelation::columns() const {
  return call_columns();
}

double CallRelation::rows() const {
  if (source_->is_empty()) return 1e8;
  return static_cast<double>(source_->set().calls()) + 1;
}

bool CallRelation::has_few_functions() {
  if (source_->is_empty()) return false;
  if (has_few_functions_) return *has_few_functions_;
  std::set<FunctionId> with_calls;
  try {
    for (TraceSet::File& file : source_->set().files()) {
      for (const auto& [function, sums] : file.reader.summary().functions) {
        if (sums.calls > 0) with_calls.insert(function_in_set(file, function));
      }
    }
    has_few_functions_ = with_calls.size() <= kMostPasses;
  } catch (const Error&) {
    has_few_functions_ = false;
  }
  return *has_few_functions_;
}

bool CallRelation::keeps_order(const Question& question) {
  if (question.order.empty()) return false;
  const Order& first = question.order.front();
  if (first.column == kCallId && !first.descending) return true;
  if (question.order.size() > 1) return false;
  if (first.column == kCallTs) return !first.descending;
  return (first.column == kCallFunction || first.column == kCallFunctionId) && has_few_functions();
}

Plan CallRelation::scan_plan(const Question& question, bool by_end) {
  Plan plan;
  plan.number = by_end ? kByEnd : kScan;
  plan.rows = rows();
  for (const Constraint& one : question.constraints) {
    const bool is_used = CallConditions::knows(one.column, by_end);
    plan.uses.push_back(is_used ? Plan::Use::kExact : Plan::Use::kNone);
    if (is_used) plan.rows *= share_of(one);
  }
  plan.ordered = !by_end && keeps_order(question);
  plan.rows = std::max(plan.rows, 1.0);
  // A chunk at least.
  plan.cost = std::max(plan.rows, 70'000.0);
  return plan;
}

Plan CallRelation::best_plan(const Question& question) {
  const auto by = [&](PlanNumber number, std::size_t constraint, double cost, double count) {
    Plan plan;
    plan.number = number;
    plan.uses.assign(question.constraints.size(), Plan::Use::kNone);
    plan.uses[constraint] = Plan::Use::kExact;
    plan.one_row = number == kById;
    plan.cost = cost;
    plan.rows = count;
    return plan;
  };
  if (const auto id = equality(question, kCallId)) return by(kById, *id, 50, 1);
  if (const auto execution = equality(question, kCallExecution))
    return by(kByExecution, *execution, 70'000, 300);
  const bool by_end = std::any_of(
      question.constraints.begin(), question.constraints.end(), [](const Constraint& one) {
        return one.column == kCallDuration && is_least_or_equal(one.compare);
      });
  return scan_plan(question, by_end);
}

std::unique_ptr<Cursor> CallRelation::open(const Scan& scan) {
  if (source_->is_empty()) return std::make_unique<NoRows>();
  const auto value_of = [&](int column) -> std::optional<std::uint64_t> {
    for (const Bound& bound : scan.bounds) {
      if (bound.column == column)
        return static_cast<std::uint64_t>(std::get<std::int64_t>(bound.value));
    }
    return std::nullopt;
  };
  if (scan.plan == kById) {
    return call_by_id(*source_, scan.columns, CallId{value_of(kCallId).value_or(UINT64_MAX)});
  }
  if (scan.plan == kByExecution) {
    return calls_by_execution(*source_, scan.columns,
                              ExecutionId{value_of(kCallExecution).value_or(UINT64_MAX)});
  }
  return scan_of_calls(*source_, scan, scan.plan == kByEnd);
}

}  // namespace pgrec
