// Covers analyze/sql/set_database.h with table_relations.h, function_relation.h,
// statement_relation.h and pass_relations.h: the plain database has the rows of the relations.
#include "analyze/sql/set_database.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analyze/sql/function_relation.h"
#include "analyze/sql/open_relations.h"
#include "analyze/sql/pass_relations.h"
#include "analyze/sql/set_relations.h"
#include "analyze/sql/statement_relation.h"
#include "analyze/sql/table_relations.h"
#include "tests/unit/random_trace.h"
#include "tests/unit/relations.h"
#include "tests/unit/sorted.h"

namespace pgrec {
namespace {

using test::sorted;

using Rows = std::vector<std::string>;

class SetDatabaseTest : public testing::Test {
 protected:
  void open() {
    analysis_ = std::make_unique<Analysis>(std::vector<std::string>{file_.path()}, Filters{}, 2);
    for (auto& relation : set_relations(*analysis_))
      database_.add(relation);
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  test::TraceFile file_;
  std::unique_ptr<Analysis> analysis_;
  Database database_;
};

TEST_F(SetDatabaseTest, HasTheRowsOfEveryRelation) {
  test::write_random_trace(file_, {31, 6, 6, true});
  file_.flip_byte_of(test::chunk_frames(file_.reader())[2]);
  open();
  const std::string path = file_.beside("out.sqlite");
  {
    Analysis analysis({file_.path()}, Filters{}, 2);
    write_database(analysis, path, false);
  }
  database_.execute("ATTACH '" + path + "' AS written");
  for (const auto& relation : set_relations(std::shared_ptr<Analysis>())) {
    const std::string name = relation->name();
    EXPECT_EQ(sorted(rows("SELECT * FROM written." + name)),
              sorted(rows("SELECT * FROM main." + name)))
        << name;
  }
  EXPECT_GT(std::stoi(rows("SELECT count(*) FROM written.calls").front()), 50);
  EXPECT_EQ(rows("SELECT count(*) FROM written.damages"), Rows{"1"});
  EXPECT_EQ(rows("SELECT name FROM written.sqlite_master WHERE type = 'index' ORDER BY 1"),
            (Rows{"calls_execution_id", "executions_pid_ts_ns", "executions_statement_id",
                  "function_times_execution_id"}));
}

TEST_F(SetDatabaseTest, StatementsSumUpExecutions) {
  test::write_random_trace(file_, {32, 6, 6, true});
  open();
  EXPECT_EQ(rows("SELECT statement_id, executions, total_ns FROM statements"),
            rows("SELECT statement_id, count(*), ifnull(sum(duration_ns), 0) FROM executions WHERE "
                 "statement_id IS NOT NULL GROUP BY 1 ORDER BY 1"));
  EXPECT_GT(rows("SELECT DISTINCT text FROM statements").size(), 2u);
}

TEST_F(SetDatabaseTest, DamageIsToldToWhoAsksForNothingElse) {
  test::write_random_trace(file_, {33, 6, 6, true});
  file_.flip_byte_of(test::chunk_frames(file_.reader())[2]);
  open();
  EXPECT_EQ(rows("SELECT bytes > 0, trace FROM damages"), Rows{"1|1"});
}

TEST_F(SetDatabaseTest, OpenRelationsKeepWhatTheyRead) {
  test::write_random_trace(file_, {34, 3, 6, true});
  Database database;
  for (auto& relation : open_relations({file_.path()}))
    database.add(relation);
  open();
  EXPECT_EQ(test::rows_of(database, "SELECT * FROM calls"), rows("SELECT * FROM calls"));
  EXPECT_EQ(open_relations({}).size(), open_relations({file_.path()}).size());
}

TEST_F(SetDatabaseTest, MetaHasTheFactsOfTheFile) {
  TraceWriter writer = file_.writer();
  writer.write(Metadata{{"label.run", "a"}, {"host.name", "db1"}, {"label.run", "b"}});
  writer.write(std::vector<Loss>{{from_ns(10), from_ns(20), "ring-full", FunctionId{0}, {}, 3}});
  writer.close(from_ns(1000));
  open();
  EXPECT_EQ(rows("SELECT key, value, trace FROM meta WHERE key NOT LIKE 'trace.%'"),
            (Rows{"host.name|db1|1", "label.run|b|1"}));
  EXPECT_EQ(rows("SELECT value FROM meta WHERE key = 'trace.duration_ns'"), Rows{"1000"});
  EXPECT_EQ(rows("SELECT * FROM losses"), Rows{"ring-full|function 0|3|10|20|NULL|1"});
}

}  // namespace
}  // namespace pgrec
