#include "tests/unit/fake_relation.h"

#include <algorithm>
#include <iterator>

namespace pgrec::test {
namespace {

// As SQL orders them: variants by kind, and then by value.
bool is_before(const SqlValue& a, const SqlValue& b) {
  return a < b;
}

bool fulfils(const FakeRelation::Row& row, const Bound& bound) {
  const SqlValue value = value_of(row, bound.column);
  if (value.index() != bound.value.index()) return false;  // NULL
  switch (bound.compare) {
    case Compare::kEqual:
      return value == bound.value;
    case Compare::kLess:
      return value < bound.value;
    case Compare::kLessEqual:
      return value <= bound.value;
    case Compare::kGreater:
      return value > bound.value;
    case Compare::kGreaterEqual:
      return value >= bound.value;
  }
  return false;
}

class FakeCursor : public Cursor {
 public:
  FakeCursor(std::vector<FakeRelation::Row> rows, ColumnSet columns, unsigned seed)
      : rows_(std::move(rows)), columns_(columns), random_(seed) {}

  bool next(Block& block) override {
    spoil();
    if (at_ == rows_.size()) return false;
    const std::size_t end = std::min(rows_.size(), at_ + 1 + random_() % 7);
    block.rows = end - at_;
    for (; at_ < end; ++at_)
      add(rows_[at_]);
    for (std::size_t i = 0; i < texts_.size(); ++i)
      views_.push_back(texts_[i]);
    block.row_ids = ids_.data();
    if (columns_.has(0)) block.columns[0].integers = ids_.data();
    if (columns_.has(1)) block.columns[1].integers = a_.data();
    if (columns_.has(2))
      block.columns[2].integers = b_.data(), block.columns[2].nulls = nulls_[0].data();
    if (columns_.has(3))
      block.columns[3].reals = c_.data(), block.columns[3].nulls = nulls_[1].data();
    if (columns_.has(4)) {
      block.columns[4].texts = FakeRelation::kNames;
      block.columns[4].codes = codes_.data();
      block.columns[4].texts_stay = true;
    }
    if (columns_.has(5))
      block.columns[5].texts = views_.data(), block.columns[5].nulls = nulls_[2].data();
    return true;
  }

 private:
  void add(const FakeRelation::Row& row) {
    ids_.push_back(row.id);
    a_.push_back(row.a);
    b_.push_back(row.b.value_or(-77));
    c_.push_back(row.c.value_or(-77));
    codes_.push_back(static_cast<std::uint32_t>(
        std::find(std::begin(FakeRelation::kNames), std::end(FakeRelation::kNames), row.name) -
        std::begin(FakeRelation::kNames)));
    texts_.push_back(row.note.value_or("nothing"));
    nulls_[0].push_back(!row.b);
    nulls_[1].push_back(!row.c);
    nulls_[2].push_back(!row.note);
  }
  void spoil() {
    for (std::string& text : texts_)
      text.assign(text.size(), '#');
    ids_.clear(), a_.clear(), b_.clear(), c_.clear(), codes_.clear(), views_.clear();
    texts_.clear();
    for (auto& nulls : nulls_)
      nulls.clear();
  }

  std::vector<FakeRelation::Row> rows_;
  ColumnSet columns_;
  std::mt19937 random_;
  std::size_t at_ = 0;
  std::vector<std::int64_t> ids_, a_, b_;
  std::vector<double> c_;
  std::vector<std::uint32_t> codes_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
  std::vector<std::uint8_t> nulls_[3];
};

}  // namespace

SqlValue value_of(const FakeRelation::Row& row, int column) {
  switch (column) {
    case 0:
      return row.id;
    case 1:
      return row.a;
    case 2:
      return row.b ? SqlValue(*row.b) : SqlValue();
    case 3:
      return row.c ? SqlValue(*row.c) : SqlValue();
    case 4:
      return row.name;
    default:
      return row.note ? SqlValue(*row.note) : SqlValue();
  }
}

std::vector<RelationColumn> FakeRelation::columns() const {
  using Kind = RelationColumn::Kind;
  return {{"id", Kind::kInteger, true}, {"a", Kind::kInteger}, {"b", Kind::kInteger},
          {"c", Kind::kReal},           {"name", Kind::kText}, {"note", Kind::kText}};
}

// Its number says what it does: bit i of constraint i, and its cost draws SQLite to what does most.
Plan FakeRelation::best_plan(const Question& question) {
  question_ = question;
  Plan plan;
  plan.rows = plan.cost = 1000;
  for (std::size_t i = 0; i < question.constraints.size(); ++i) {
    const auto use = does_all_ ? Plan::Use::kExact : static_cast<Plan::Use>(random_() % 3);
    plan.uses.push_back(use);
    if (use != Plan::Use::kNone) plan.cost /= 2, plan.rows /= 2;
  }
  plan.ordered = does_all_ || random_() % 2 == 0;
  plan.number = static_cast<int>(random_() % 5);
  return plan;
}

std::unique_ptr<Cursor> FakeRelation::open(const Scan& scan) {
  scans_.push_back(scan);
  std::vector<Row> rows;
  for (const Row& row : rows_) {
    const auto holds = [&row](const Bound& bound) { return fulfils(row, bound); };
    if (std::all_of(scan.bounds.begin(), scan.bounds.end(), holds)) rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(), [&scan](const Row& a, const Row& b) {
    for (const Order& order : scan.order) {
      const SqlValue of_a = value_of(a, order.column), of_b = value_of(b, order.column);
      // What is only to be grouped comes the other way round.
      const bool descending = order.descending != scan.grouping_only;
      if (is_before(of_a, of_b)) return !descending;
      if (is_before(of_b, of_a)) return descending;
    }
    return false;
  });
  return std::make_unique<FakeCursor>(std::move(rows), scan.columns,
                                      static_cast<unsigned>(random_()));
}

std::vector<FakeRelation::Row> random_rows(std::mt19937& random, std::size_t count) {
  std::vector<FakeRelation::Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    FakeRelation::Row row;
    row.id = static_cast<std::int64_t>(i + 1) * 3;
    row.a = static_cast<std::int64_t>(random() % 12) - 2;
    if (random() % 4 != 0) row.b = static_cast<std::int64_t>(random() % 9);
    if (random() % 4 != 0) row.c = static_cast<double>(random() % 9) / 2;
    row.name = FakeRelation::kNames[random() % std::size(FakeRelation::kNames)];
    if (random() % 4 != 0)
      row.note = std::string(1 + random() % 3, static_cast<char>('a' + random() % 4));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pgrec::test
