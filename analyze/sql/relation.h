// What a relation is to SQL: columns, what it can do of a query by itself, and rows in blocks.
// analyze/sql/virtual_table.h makes a table of one. Nothing here knows SQLite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/sql/sql_value.h"

namespace pgrec {

struct RelationColumn {
  enum class Kind : std::uint8_t { kInteger, kReal, kText };

  std::string name;
  Kind kind = Kind::kInteger;
  // The number of a row, INTEGER and never NULL: the key of the table that is written of it.
  bool is_key = false;
};

using ColumnKind = RelationColumn::Kind;

// Those columns that a query looks at. Columns from 63 on are in it together.
class ColumnSet {
 public:
  explicit ColumnSet(std::uint64_t bits = ~std::uint64_t{0}) : bits_(bits) {}
  bool has(int column) const { return (bits_ >> (column < 63 ? column : 63)) & 1; }
  std::uint64_t bits() const { return bits_; }

 private:
  std::uint64_t bits_;
};

enum class Compare : std::uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// A condition whose value is known when rows are asked for: `column compare VALUE`. Those of a TEXT
// column are kEqual, byte by byte. A NULL in the column fulfils none.
struct Constraint {
  int column = 0;
  Compare compare = Compare::kEqual;

  bool operator==(const Constraint&) const = default;
};

// Rows by this column; NULL is the smallest value, then numbers, then texts, byte by byte.
struct Order {
  int column = 0;
  bool descending = false;

  bool operator==(const Order&) const = default;
};

// What a query would have of a relation.
struct Question {
  std::vector<Constraint> constraints;
  std::vector<Order> order;  // the first column counts most; empty where the query wants none
  // Rows with the same values in the columns of `order` need only be neighbours, in any order.
  bool grouping_only = false;
  ColumnSet columns;
};

// What the relation would do of it.
struct Plan {
  enum class Use : std::uint8_t {
    kNone,
    kNarrows,  // rows that do not fulfil it may come all the same
    kExact     // none does; SQLite then need not look, where it can know that it agrees
  };

  int number = 0;         // the relation's own, which comes back in Scan
  std::vector<Use> uses;  // of each constraint; none for those that it is too short for
  bool ordered = false;   // rows come as `order` wants them, whatever bounds come
  bool one_row = false;   // at most one comes
  double cost = 1e6;      // in rows that are read, more or less; for comparing plans
  double rows = 1e6;      // that come, about
};

// A constraint with its value. Of an INTEGER column it is an INTEGER, of a REAL column a REAL, of a
// TEXT column a TEXT, whatever type the query wrote: `pid = '42'` comes as 42, `pid < 41.5` as
// `pid <= 41`. What all rows fulfil is left out; where none can, the relation is not asked.
struct Bound {
  int column = 0;
  Compare compare = Compare::kEqual;
  SqlValue value;
};

// One run through a relation.
struct Scan {
  int plan = 0;                // Plan::number
  std::vector<Bound> bounds;   // of the constraints that the plan uses
  std::vector<Order> order;    // what the plan promised; empty where it did not
  bool grouping_only = false;  // of this order
  ColumnSet columns;           // only these are looked at
};

// One column of a block: an array of its kind with a value for each row.
struct BlockColumn {
  const std::int64_t* integers = nullptr;
  const double* reals = nullptr;
  const std::string_view* texts = nullptr;
  // Where it is set, the text of row i is texts[codes[i]].
  const std::uint32_t* codes = nullptr;
  // nulls[i] is not 0: row i has NULL; nullptr: none has.
  const std::uint8_t* nulls = nullptr;
  // The bytes of the texts stay where they are as long as the relation. SQLite copies others,
  // because it may keep a text longer than a row: as the largest, or that of the group before.
  bool texts_stay = false;
};

// Rows next to each other. The arrays are the cursor's and stay until its next call.
struct Block {
  static constexpr std::size_t kRows = 4096;  // as many are a good size; not a bound

  std::size_t rows = 0;
  std::vector<BlockColumn> columns;  // one with no array is NULL in every row
  // The number of each row in the relation, where it numbers its rows.
  const std::int64_t* row_ids = nullptr;
};

// A run through rows. It may throw; what it throws becomes SQLite's error.
class Cursor {
 public:
  virtual ~Cursor() = default;
  // Fills the next rows in, at least one; false at the end. `block` comes as it was left, at first
  // with a column without an array for each of the relation's.
  virtual bool next(Block& block) = 0;
};

// Of which it is known that there is none.
class NoRows final : public Cursor {
 public:
  bool next(Block& /*block*/) override { return false; }
};

// Lives as long as the connection that it is a table of. May throw, as a cursor.
class Relation {
 public:
  virtual ~Relation() = default;
  virtual std::string name() const = 0;
  virtual std::vector<RelationColumn> columns() const = 0;
  // Whether each row has a number that no other has, the same in every run (Block::row_ids). SQLite
  // tells by it which rows it has seen, as for OR. A relation without is asked for all its rows
  // each time, in the same order: no constraint is offered to it.
  virtual bool numbers_rows() const { return false; }
  virtual Plan best_plan(const Question& question) = 0;
  // A cursor may not outlive the relation; any number may be open.
  virtual std::unique_ptr<Cursor> open(const Scan& scan) = 0;
};

}  // namespace pgrec
