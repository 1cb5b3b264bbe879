// Covers analyze/sql/virtual_table.h: a relation answers each query as a table with the same rows
// does, whatever it does of the query by itself; its errors; how it is listed.
#include "analyze/sql/virtual_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

#include "analyze/sql/database.h"
#include "format/error.h"
#include "tests/unit/fake_relation.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using test::FakeRelation;

// Queries of a relation `{}`, put together at random.
class Queries {
 public:
  explicit Queries(unsigned seed) : random_(seed) {}

  std::string next() {
    switch (random_() % 9) {
      case 0:
        return "SELECT id, " + column() + " FROM {} x" + where("x.") + order("id") + limit();
      case 1:
        return "SELECT * FROM {} x" + where("x.") + " ORDER BY " + column() + direction() + ", id" +
               limit();
      case 2: {
        const std::string by = column();
        return "SELECT " + by +
               ", count(*), sum(a), max(note), min(name), min(note), total(c) FROM {} x" +
               where("x.") + " GROUP BY " + by;
      }
      case 3: {
        const std::string by = column() + ", " + column();
        return "SELECT " + by + ", count(*), max(b) FROM {} x" + where("x.") + " GROUP BY " + by;
      }
      case 4:
        return "SELECT DISTINCT " + column() + ", " + column() + " FROM {} x" + where("x.");
      case 5:
        return "SELECT x.id, y.id, x.note, y.name FROM {} x " + join() + " JOIN {} y ON x." +
               number() + compare() + "y." + number() + where("x.");
      case 6:
        return "SELECT x.id, x.note, m.v FROM mixed m " + join() + " JOIN {} x ON x." + column() +
               compare() + "m.v" + where("x.");
      case 7:
        return "SELECT count(*), sum(a), count(DISTINCT note) FROM {} x" + where("x.");
      default:
        return "SELECT id, (SELECT max(y.note) FROM {} y WHERE y." + number() + compare() + "x." +
               number() + ") FROM {} x" + where("x.") + order("id");
    }
  }

 private:
  template <std::size_t kSize>
  std::string one_of(const char* const (&all)[kSize]) {
    return all[random_() % kSize];
  }
  std::string column() { return one_of({"id", "a", "b", "c", "name", "note"}); }
  std::string number() { return one_of({"id", "a", "b", "c"}); }
  std::string compare() { return one_of({" = ", " = ", " < ", " <= ", " > ", " >= ", " IS "}); }
  std::string join() { return one_of({"", "", "LEFT", "RIGHT", "FULL"}); }
  std::string direction() { return one_of({"", " DESC"}); }
  std::string literal() {
    return one_of({"0", "3", "5", "2.5", "-0.5", "1e300", "-1e300", "9223372036854775807", "'5'",
                   "'05'", "'abc'", "' 5'", "'2.5'", "'bb'", "NULL", "x'35'", "12"});
  }
  std::string order(const std::string& by) { return " ORDER BY " + by + direction(); }
  std::string limit() {
    return random_() % 2 ? " LIMIT 7 OFFSET " + std::to_string(random_() % 9) : "";
  }
  std::string term(const std::string& of) {
    const std::string left = of + column();
    switch (random_() % 6) {
      case 0:
        return left + " IN (" + literal() + ", " + literal() + ", " + literal() + ")";
      case 1:
        return "(" + left + compare() + literal() + " OR " + of + column() + compare() + literal() +
               ")";
      case 2:
        return left + " IN (SELECT v FROM mixed)";
      case 3:
        return left + " BETWEEN " + literal() + " AND " + literal();
      case 4:
        return left + " COLLATE NOCASE = " + literal();
      default:
        return left + compare() + literal();
    }
  }
  std::string where(const std::string& of) {
    std::string all;
    for (auto terms = random_() % 3; terms > 0; --terms)
      all += (all.empty() ? " WHERE " : " AND ") + term(of);
    return all;
  }

  std::mt19937 random_;
};

std::string of_table(std::string query, const std::string& table) {
  for (std::size_t at = query.find("{}"); at != query.npos; at = query.find("{}"))
    query.replace(at, 2, table);
  return query;
}

class SameAsTable : public testing::TestWithParam<unsigned> {
 protected:
  SameAsTable() {
    std::mt19937 random(GetParam());
    const auto rows = test::random_rows(random, 60);
    database_.add(std::make_shared<FakeRelation>("fake", rows, GetParam()));
    database_.execute(
        "CREATE TABLE plain (id INTEGER, a INTEGER, b INTEGER, c REAL, name TEXT, note TEXT); "
        "CREATE TABLE mixed (v); INSERT INTO mixed VALUES (3), (5), ('5'), ('05'), ('abc'), (2.5), "
        "(NULL), (x'35'), ('bb'), ('2.5'), (1e300), ('1e0')");
    auto insert = database_.prepare("INSERT INTO plain VALUES (?,?,?,?,?,?)");
    for (const auto& row : rows) {
      insert.bind(1, row.id).bind(2, row.a).bind(3, row.b).bind(5, row.name).bind(6, row.note);
      insert.bind(4, row.c ? std::optional(std::to_string(*row.c)) : std::nullopt).run();
    }
  }
  std::vector<std::string> answer(const std::string& query, const std::string& table) const {
    auto rows = test::rows_of(database_, of_table(query, table));
    // What the query does not order is in any order.
    if (query.find("ORDER BY") == query.npos) std::sort(rows.begin(), rows.end());
    return rows;
  }
  Database database_;
};

TEST_P(SameAsTable, AnswersEachQuery) {
  Queries queries(GetParam());
  for (int i = 0; i < 200; ++i) {
    const std::string query = queries.next();
    ASSERT_EQ(answer(query, "fake"), answer(query, "plain")) << query;
  }
}

INSTANTIATE_TEST_SUITE_P(VirtualTable, SameAsTable, testing::Range(1u, 9u));

// Throws where it is told to.
class Throwing : public Relation {
 public:
  enum class At { kNowhere, kPlan, kOpen, kRows, kLaterRows };

  std::string name() const override { return "throwing"; }
  std::vector<RelationColumn> columns() const override { return {{"n"}}; }
  Plan best_plan(const Question&) override {
    fail_at(At::kPlan);
    return {};
  }
  std::unique_ptr<Cursor> open(const Scan&) override {
    fail_at(At::kOpen);
    return std::make_unique<Rows>(*this);
  }

  At at = At::kNowhere;
  bool no_memory = false;

 private:
  class Rows : public Cursor {
   public:
    explicit Rows(const Throwing& relation) : relation_(relation) {}
    bool next(Block& block) override {
      relation_.fail_at(At::kRows);
      if (block.columns[0].integers) relation_.fail_at(At::kLaterRows);
      if (block.columns[0].integers) return false;
      block.rows = 2;
      block.columns[0].integers = numbers_;
      return true;
    }

   private:
    const Throwing& relation_;
    std::int64_t numbers_[2] = {1, 2};
  };

  void fail_at(At here) const {
    if (at != here) return;
    if (no_memory) throw std::bad_alloc();
    throw Error("it is broken");
  }
};

class ThrowingTest : public testing::TestWithParam<Throwing::At> {
 protected:
  ThrowingTest() { database_.add(relation_); }
  std::string error_of_query() const {
    try {
      test::rows_of(database_, "SELECT n FROM throwing");
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }
  std::shared_ptr<Throwing> relation_ = std::make_shared<Throwing>();
  Database database_;
};

TEST_P(ThrowingTest, BecomesAnErrorInItsWords) {
  relation_->at = GetParam();
  EXPECT_EQ(error_of_query(), GetParam() == Throwing::At::kPlan ? "SQL: throwing: it is broken"
                                                                : "SQL: it is broken");
}

TEST_P(ThrowingTest, ForLackOfMemoryIsThatError) {
  relation_->at = GetParam();
  relation_->no_memory = true;
  EXPECT_EQ(error_of_query(), "SQL: out of memory");
}

TEST_P(ThrowingTest, LeavesTheConnectionAsItWas) {
  relation_->at = GetParam();
  EXPECT_NE(error_of_query(), "");
  relation_->at = Throwing::At::kNowhere;
  EXPECT_EQ(test::rows_of(database_, "SELECT rowid, n FROM throwing"),
            (std::vector<std::string>{"1|1", "2|2"}));
}

INSTANTIATE_TEST_SUITE_P(VirtualTable, ThrowingTest,
                         testing::Values(Throwing::At::kPlan, Throwing::At::kOpen,
                                         Throwing::At::kRows, Throwing::At::kLaterRows));

class VirtualTableTest : public testing::Test {
 protected:
  std::vector<std::string> rows(const std::string& sql) const {
    return test::rows_of(database_, sql);
  }
  std::string error(const std::string& sql) const {
    try {
      rows(sql);
      return "";
    } catch (const Error& thrown) {
      return thrown.what();
    }
  }
  // A function of traces whose one row has the names that it was given.
  void add_function() {
    const auto fake = [](const std::vector<std::string>& names) {
      std::vector<FakeRelation::Row> all;
      for (const std::string& name : names)
        all.push_back({static_cast<std::int64_t>(name.size()), 0, {}, {}, "", name});
      return std::make_shared<FakeRelation>("fake", all, 1u);
    };
    add_table_function(database_.connection(), "of_files", fake({}), fake);
  }
  Database database_;
};

TEST_F(VirtualTableTest, IsListedAsTablesAre) {
  database_.add(
      std::make_shared<FakeRelation>("fake \"one\"", std::vector<FakeRelation::Row>(), 1u));
  EXPECT_EQ(rows("SELECT name, type FROM pragma_table_list WHERE name LIKE 'fake%'"),
            std::vector<std::string>{"fake \"one\"|virtual"});
  EXPECT_EQ(rows("SELECT name FROM sqlite_schema"), std::vector<std::string>{"fake \"one\""});
  EXPECT_EQ(rows("SELECT name, type FROM pragma_table_info('fake \"one\"')"),
            (std::vector<std::string>{"id|INTEGER", "a|INTEGER", "b|INTEGER", "c|REAL", "name|TEXT",
                                      "note|TEXT"}));
}

TEST_F(VirtualTableTest, IsUsedByViews) {
  database_.add(std::make_shared<FakeRelation>("fake", std::vector<FakeRelation::Row>(3), 1u));
  database_.execute("CREATE VIEW v AS SELECT a FROM fake");
  EXPECT_EQ(rows("SELECT count(*) FROM v"), std::vector<std::string>{"3"});
}

TEST_F(VirtualTableTest, TakesNoRows) {
  database_.add(std::make_shared<FakeRelation>("fake", std::vector<FakeRelation::Row>(), 1u));
  EXPECT_EQ(error("DELETE FROM fake"), "SQL: table fake may not be modified");
}

TEST_F(VirtualTableTest, HasFunctionsOfFiles) {
  add_function();
  EXPECT_EQ(rows("SELECT note FROM of_files('a', 'bc') ORDER BY id"),
            (std::vector<std::string>{"a", "bc"}));
  EXPECT_EQ(rows("SELECT * FROM of_files('a')"), std::vector<std::string>{"1|0|NULL|NULL||a"});
  EXPECT_EQ(
      rows("SELECT trace_file, trace_file2, trace_file3 FROM of_files('a', 'bc') WHERE id = 2"),
      std::vector<std::string>{"a|bc|NULL"});
}

TEST_F(VirtualTableTest, HasFunctionsOfFilesThatAQueryFinds) {
  add_function();
  database_.execute("CREATE TABLE files (name TEXT); INSERT INTO files VALUES ('abc'), ('d')");
  EXPECT_EQ(rows("SELECT note FROM of_files(files.name) JOIN files ORDER BY 1"),
            (std::vector<std::string>{"abc", "d"}));
}

TEST_F(VirtualTableTest, SaysWhichArgumentAFunctionLacks) {
  add_function();
  EXPECT_EQ(error("SELECT * FROM of_files"), "SQL: of_files: it needs the name of a trace");
  EXPECT_EQ(error("SELECT * FROM of_files(NULL)"),
            "SQL: of_files: the name of a trace is not NULL");
}

TEST_F(VirtualTableTest, KeepsFunctionsOfFilesOutOfViews) {
  add_function();
  database_.execute("CREATE VIEW v AS SELECT * FROM of_files('a')");
  EXPECT_EQ(error("SELECT * FROM v"), "SQL: unsafe use of virtual table \"of_files\"");
}

}  // namespace
}  // namespace pgrec
