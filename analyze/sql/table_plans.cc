#include "analyze/sql/table_plans.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include "analyze/sql/sqlite_api.h"
#include "format/error.h"

namespace pgrec {
namespace {

constexpr std::array<std::string_view, 5> kSigns = {"=", "<", "<=", ">", ">="};

std::optional<Compare> compare_of(unsigned char operation) {
  switch (operation) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return Compare::kEqual;
    case SQLITE_INDEX_CONSTRAINT_LT:
      return Compare::kLess;
    case SQLITE_INDEX_CONSTRAINT_LE:
      return Compare::kLessEqual;
    case SQLITE_INDEX_CONSTRAINT_GT:
      return Compare::kGreater;
    case SQLITE_INDEX_CONSTRAINT_GE:
      return Compare::kGreaterEqual;
    default:
      return std::nullopt;
  }
}

bool is_upper(Compare compare) {
  return compare == Compare::kLess || compare == Compare::kLessEqual;
}
bool is_lower(Compare compare) {
  return compare == Compare::kGreater || compare == Compare::kGreaterEqual;
}

// Whether SQLite's own look at a row may be spared when the relation's is exact. What a number is
// to a TEXT column depends on where it comes from, so only a text in the query itself will do; and
// a large INTEGER is no REAL.
bool may_be_exact(ColumnKind kind, sqlite3_index_info& info, int constraint) {
  if (kind == ColumnKind::kInteger) return true;
  if (kind == ColumnKind::kReal) return false;
  sqlite3_value* value = nullptr;
  return sqlite3_vtab_rhs_value(&info, constraint, &value) == SQLITE_OK && value &&
         sqlite3_value_type(value) == SQLITE_TEXT;
}

bool by_bytes(sqlite3_index_info& info, int constraint) {
  const char* collation = sqlite3_vtab_collation(&info, constraint);
  return collation && sqlite3_stricmp(collation, "BINARY") == 0;
}

// Whether it is `column IN (…)`.
bool is_list(sqlite3_index_info& info, int constraint) {
  return sqlite3_vtab_in(&info, constraint, -1) != 0;
}

enum class Fit { kBound, kAnyRow, kNoRow };

// What every INTEGER fulfils, and no NULL.
Fit any_integer(Bound& bound) {
  bound.compare = Compare::kGreaterEqual;
  bound.value = std::numeric_limits<std::int64_t>::min();
  return Fit::kBound;
}

Fit integer_bound(Bound& bound, double value) {
  constexpr double kEnd = 9223372036854775808.0;
  if (value >= kEnd) return is_upper(bound.compare) ? any_integer(bound) : Fit::kNoRow;
  if (value < -kEnd) return is_lower(bound.compare) ? any_integer(bound) : Fit::kNoRow;
  const double below = std::floor(value);
  bound.value = static_cast<std::int64_t>(below);
  if (below == value) return Fit::kBound;
  if (bound.compare == Compare::kEqual) return Fit::kNoRow;
  bound.compare = is_upper(bound.compare) ? Compare::kLessEqual : Compare::kGreater;
  return Fit::kBound;
}

// SQL compares a number with a text as numbers where the text is one, and holds any other text, and
// a BLOB, for larger than every number.
Fit numeric_bound(ColumnKind kind, Bound& bound, sqlite3_value* value) {
  constexpr std::int64_t kExactReal = std::int64_t{1} << 53;
  const int type = sqlite3_value_numeric_type(value);
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) {
    if (!is_upper(bound.compare)) return Fit::kNoRow;
    return kind == ColumnKind::kInteger ? any_integer(bound) : Fit::kAnyRow;
  }
  if (kind == ColumnKind::kInteger && type == SQLITE_FLOAT)
    return integer_bound(bound, sqlite3_value_double(value));
  if (kind == ColumnKind::kInteger) {
    bound.value = std::int64_t{sqlite3_value_int64(value)};
    return Fit::kBound;
  }
  if (type == SQLITE_INTEGER) {
    const std::int64_t integer = sqlite3_value_int64(value);
    if (integer > kExactReal || integer < -kExactReal) return Fit::kAnyRow;
  }
  bound.value = sqlite3_value_double(value);
  return Fit::kBound;
}

Fit bound_of(ColumnKind kind, Bound& bound, sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) return Fit::kNoRow;
  if (kind != ColumnKind::kText) return numeric_bound(kind, bound, value);
  if (type != SQLITE_TEXT) return Fit::kAnyRow;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (!text) throw std::bad_alloc();
  bound.value = std::string(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  return Fit::kBound;
}

// The texts of a list. False where it has anything else; SQLite then looks at each row by itself.
bool texts_of(sqlite3_value* list, std::vector<std::string>& texts) {
  sqlite3_value* value = nullptr;
  int result = sqlite3_vtab_in_first(list, &value);
  for (; result == SQLITE_OK && value; result = sqlite3_vtab_in_next(list, &value)) {
    const int type = sqlite3_value_type(value);
    if (type == SQLITE_NULL) continue;
    if (type != SQLITE_TEXT) return false;
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (!text) throw std::bad_alloc();
    texts.emplace_back(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
  }
  if (result == SQLITE_NOMEM) throw std::bad_alloc();
  return true;
}

}  // namespace

struct TablePlans::Offered {
  Question question;
  std::vector<int> places;  // of its constraints among SQLite's
  int list = -1;            // the place of a list of texts
};

bool TablePlans::take_arguments(sqlite3_index_info& info, Kept& kept) const {
  const int first = static_cast<int>(columns_.size());
  for (int column = first; column < first + hidden_; ++column) {
    bool asked = false, known = false;
    for (int i = 0; i < info.nConstraint && !known; ++i) {
      const auto& one = info.aConstraint[i];
      if (one.iColumn != column || one.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
      asked = true;
      if (!one.usable) continue;
      known = true;
      kept.arguments.push_back(column);
      info.aConstraintUsage[i].argvIndex = static_cast<int>(kept.arguments.size());
      info.aConstraintUsage[i].omit = 1;
    }
    if (asked && !known) return false;
  }
  if (hidden_ > 0 && kept.arguments.empty()) throw Error("it needs the name of a trace");
  return true;
}

TablePlans::Offered TablePlans::offered(sqlite3_index_info& info) const {
  Offered all;
  all.question.columns = ColumnSet(info.colUsed);
  const int columns = static_cast<int>(columns_.size());
  for (int i = 0; numbers_rows_ && i < info.nConstraint; ++i) {
    const auto& one = info.aConstraint[i];
    const auto compare = compare_of(one.op);
    if (!one.usable || !compare || one.iColumn < 0 || one.iColumn >= columns) continue;
    const ColumnKind kind = columns_[static_cast<std::size_t>(one.iColumn)].kind;
    if (kind == ColumnKind::kText && (*compare != Compare::kEqual || !by_bytes(info, i))) continue;
    // Asked for one value of it after the other, as it is by itself, SQLite compares numbers with
    // texts otherwise than IN does; so lists of texts are taken as a whole, one of them.
    if (kind == ColumnKind::kText && is_list(info, i)) {
      if (all.list >= 0) continue;
      all.list = i;
    }
    all.question.constraints.push_back({one.iColumn, *compare});
    all.places.push_back(i);
  }
  for (int i = 0; i < info.nOrderBy; ++i) {
    const auto& one = info.aOrderBy[i];
    if (one.iColumn < 0 || one.iColumn >= columns) {
      all.question.order.clear();
      break;
    }
    all.question.order.push_back({one.iColumn, one.desc != 0});
  }
  const int distinct = sqlite3_vtab_distinct(&info);
  all.question.grouping_only = distinct == 1 || distinct == 2;
  return all;
}

bool TablePlans::choose(Relation& relation, sqlite3_index_info& info) {
  Kept kept;
  if (!take_arguments(info, kept)) return false;
  const Offered all = offered(info);
  const Plan plan = relation.best_plan(all.question);
  kept.scan.plan = plan.number;
  kept.scan.columns = all.question.columns;
  int values = static_cast<int>(kept.arguments.size());
  for (std::size_t i = 0; i < std::min(plan.uses.size(), all.places.size()); ++i) {
    if (plan.uses[i] == Plan::Use::kNone) continue;
    const Constraint& constraint = all.question.constraints[i];
    if (all.places[i] == all.list) {
      sqlite3_vtab_in(&info, all.list, 1);
      kept.list = static_cast<int>(kept.constraints.size());
    }
    kept.constraints.push_back(constraint);
    auto& usage = info.aConstraintUsage[all.places[i]];
    usage.argvIndex = ++values;
    usage.omit = plan.uses[i] == Plan::Use::kExact &&
                 may_be_exact(columns_[static_cast<std::size_t>(constraint.column)].kind, info,
                              all.places[i]);
  }
  const bool one_run = kept.list < 0;
  if (plan.ordered && one_run && !all.question.order.empty()) {
    info.orderByConsumed = 1;
    kept.scan.order = all.question.order;
    kept.scan.grouping_only = all.question.grouping_only;
  }
  if (plan.one_row && one_run) info.idxFlags |= SQLITE_INDEX_SCAN_UNIQUE;
  info.estimatedCost = plan.cost;
  info.estimatedRows = static_cast<sqlite3_int64>(std::clamp(plan.rows, 1.0, 1e18));
  const std::string text = text_of(kept);
  info.idxStr = sqlite3_mprintf("%s", text.c_str());
  if (!info.idxStr) throw std::bad_alloc();
  info.needToFreeIdxStr = 1;
  info.idxNum = keep(std::move(kept), text);
  return true;
}

int TablePlans::keep(Kept kept, const std::string& text) {
  const auto [found, is_new] = numbers_.emplace(text, static_cast<int>(kept_.size()));
  if (is_new) kept_.push_back(std::move(kept));
  return found->second;
}

// What EXPLAIN QUERY PLAN shows, and what tells plans apart.
std::string TablePlans::text_of(const Kept& kept) const {
  const auto name = [this](int column) { return columns_[static_cast<std::size_t>(column)].name; };
  std::string text = fmt::format("plan {}", kept.scan.plan);
  const char* before = " where ";
  for (const Constraint& one : kept.constraints) {
    const bool is_list = kept.list == static_cast<int>(&one - kept.constraints.data());
    text += fmt::format("{}{}{}?", std::exchange(before, " and "), name(one.column),
                        is_list ? " in " : kSigns[static_cast<std::size_t>(one.compare)]);
  }
  before = kept.scan.grouping_only ? " grouped by " : " ordered by ";
  for (const Order& one : kept.scan.order) {
    text += fmt::format("{}{}{}", std::exchange(before, ", "), name(one.column),
                        one.descending ? " desc" : "");
  }
  text += fmt::format(" columns {:x}", kept.scan.columns.bits());
  for (const int argument : kept.arguments)
    text += fmt::format(" argument {}", argument - static_cast<int>(columns_.size()) + 1);
  return text;
}

std::vector<Scan> TablePlans::scans_of(const Kept& kept, sqlite3_value** values) const {
  Scan scan = kept.scan;
  std::vector<std::string> texts;
  bool by_list = false;
  values += kept.arguments.size();
  for (std::size_t i = 0; i < kept.constraints.size(); ++i) {
    const Constraint& one = kept.constraints[i];
    if (static_cast<int>(i) == kept.list) {
      by_list = texts_of(values[i], texts);
      continue;
    }
    Bound bound{one.column, one.compare, {}};
    const ColumnKind kind = columns_[static_cast<std::size_t>(one.column)].kind;
    const Fit fit = bound_of(kind, bound, values[i]);
    if (fit == Fit::kNoRow) return {};
    if (fit == Fit::kBound) scan.bounds.push_back(std::move(bound));
  }
  if (!by_list) return {scan};
  std::vector<Scan> scans;
  for (std::string& text : texts) {
    scans.push_back(scan);
    const int column = kept.constraints[static_cast<std::size_t>(kept.list)].column;
    scans.back().bounds.push_back({column, Compare::kEqual, std::move(text)});
  }
  return scans;
}

}  // namespace pgrec
