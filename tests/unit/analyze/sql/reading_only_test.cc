// Covers analyze/sql/reading_only.h: what is refused, what passes, and that nothing was written.
#include "analyze/sql/reading_only.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "format/error.h"
#include "tests/unit/fake_relation.h"
#include "tests/unit/relations.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

constexpr const char* kRefused =
    "SQL: this would change something, and what is here can only be read";

class ReadingOnlyTest : public testing::Test {
 protected:
  ReadingOnlyTest() {
    database_.add(
        std::make_shared<test::FakeRelation>("calls", std::vector<test::FakeRelation::Row>(3), 1u));
    database_.execute(
        "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1), (2); CREATE INDEX i ON t (a); "
        "CREATE VIEW v AS SELECT count(*) AS n, capped_sum(a) AS a FROM calls");
    make_reading_only(database_);
  }
  std::vector<std::string> rows(const std::string& sql) const {
    return test::rows_of(database_, sql);
  }
  std::string error(const std::string& sql) {
    try {
      database_.execute(sql);
      return "no error";
    } catch (const Error& thrown) {
      return thrown.what();
    }
  }
  Database database_;
  test::TemporaryDirectory directory_;
};

class RefusedStatement : public ReadingOnlyTest, public testing::WithParamInterface<const char*> {};

TEST_P(RefusedStatement, HasAHintAndChangesNothing) {
  try {
    database_.execute(GetParam());
    FAIL() << "nothing thrown";
  } catch (const Error& thrown) {
    EXPECT_STREQ(thrown.what(), kRefused);
    EXPECT_EQ(thrown.hint(), "what is temporary may be made: CREATE TEMP TABLE t AS SELECT ...");
  }
  EXPECT_EQ(rows("SELECT group_concat(a) FROM t"), std::vector<std::string>{"1,2"});
  EXPECT_EQ(rows("SELECT group_concat(name) FROM sqlite_schema"),
            std::vector<std::string>{"calls,t,i,v"});
}

INSTANTIATE_TEST_SUITE_P(
    ReadingOnly, RefusedStatement,
    testing::Values(
        "INSERT INTO t VALUES (3)", "UPDATE t SET a = 5", "DELETE FROM t", "DROP TABLE t",
        "DROP TABLE calls", "DROP VIEW v", "DROP INDEX i", "CREATE TABLE u (a)",
        "CREATE TABLE u AS SELECT 1", "CREATE INDEX j ON t (a)", "CREATE VIEW w AS SELECT 1",
        "ALTER TABLE t RENAME TO u", "ALTER TABLE t ADD COLUMN b",
        "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE TEMP TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; END",
        "CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE temp.f USING fts5(a)",
        "ATTACH '' AS more", "DETACH main", "REINDEX", "ANALYZE", "PRAGMA user_version = 5",
        "PRAGMA writable_schema = ON", "PRAGMA journal_mode = WAL", "PRAGMA journal_mode",
        "PRAGMA temp_store_directory = '/'", "PRAGMA trusted_schema = ON", "PRAGMA wal_checkpoint",
        "PRAGMA optimize", "WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n"));

TEST_F(ReadingOnlyTest, LeavesTheSchemaToSqlite) {
  EXPECT_EQ(error("UPDATE sqlite_master SET type = 'index'"),
            "SQL: table sqlite_master may not be modified");
  EXPECT_EQ(error("DELETE FROM sqlite_master"), "SQL: table sqlite_master may not be modified");
}

TEST_F(ReadingOnlyTest, WritesNoFile) {
  const std::string file = directory_.file("copy");
  EXPECT_NE(error("VACUUM INTO '" + file + "'"), "no error");
  EXPECT_NE(error("VACUUM"), "no error");
  EXPECT_EQ(error("ATTACH '" + file + "' AS copy"), kRefused);
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(ReadingOnlyTest, LoadsNothing) {
  EXPECT_EQ(error("SELECT load_extension('pgrec')"),
            "SQL: not authorized to use function: load_extension");
  EXPECT_EQ(error("SELECT fts3_tokenizer('simple')"),
            "SQL: not authorized to use function: fts3_tokenizer");
}

TEST_F(ReadingOnlyTest, Reads) {
  EXPECT_EQ(rows("SELECT n FROM v"), std::vector<std::string>{"3"});
  EXPECT_EQ(rows("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4) "
                 "SELECT sum(i) FROM n"),
            std::vector<std::string>{"10"});
  EXPECT_EQ(rows("SELECT percentile(a, 50) FROM calls"), std::vector<std::string>{"0"});
  EXPECT_EQ(rows("EXPLAIN QUERY PLAN SELECT 1").size(), 1u);
}

TEST_F(ReadingOnlyTest, TellsOfItself) {
  EXPECT_EQ(rows("PRAGMA table_info(t)"), std::vector<std::string>{"0|a|INTEGER|0|NULL|0"});
  EXPECT_EQ(rows("SELECT name FROM pragma_table_xinfo('v')"), (std::vector<std::string>{"n", "a"}));
  EXPECT_EQ(rows("SELECT type FROM pragma_table_list('calls')"),
            std::vector<std::string>{"virtual"});
  EXPECT_EQ(rows("PRAGMA user_version"), std::vector<std::string>{"0"});
  EXPECT_FALSE(rows("PRAGMA compile_options").empty());
}

TEST_F(ReadingOnlyTest, MakesWhatIsTemporary) {
  EXPECT_EQ(
      error("CREATE TEMP TABLE u AS SELECT a FROM t; INSERT INTO u VALUES (7); "
            "UPDATE u SET a = a + 1; DELETE FROM u WHERE a = 2; CREATE INDEX temp.j ON u (a); "
            "ALTER TABLE u RENAME TO w; ANALYZE temp; "
            "CREATE TEMP VIEW x AS SELECT sum(a) AS a FROM w"),
      "no error");
  EXPECT_EQ(rows("SELECT a FROM x"), std::vector<std::string>{"11"});
  EXPECT_EQ(error("DROP VIEW x; DROP INDEX j; DROP TABLE w"), "no error");
  EXPECT_EQ(error("BEGIN; CREATE TEMP TABLE z (a); ROLLBACK"), "no error");
}

}  // namespace
}  // namespace pgrec
