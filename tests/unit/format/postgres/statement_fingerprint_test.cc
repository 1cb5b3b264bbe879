// Covers format/postgres/statement_fingerprint.h: which queries have one fingerprint, and which
// have not.
#include "format/postgres/statement_fingerprint.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgrec {
namespace {

std::string words(std::string_view query, bool cut = false) {
  std::string all = words_of_statement(query, cut);
  for (char& c : all)
    c = c == '\x01' ? '?' : c == '\x02' ? '~' : c;
  return all;
}

// They are all one.
void expect_one(const std::vector<std::string>& queries) {
  for (const std::string& query : queries)
    EXPECT_EQ(statement_fingerprint(query), statement_fingerprint(queries[0])) << words(query);
}

// Each is another.
void expect_different(const std::vector<std::string>& queries) {
  for (std::size_t i = 0; i < queries.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_NE(statement_fingerprint(queries[i]), statement_fingerprint(queries[k]))
          << words(queries[i]) << "\n"
          << words(queries[k]);
  }
}

TEST(StatementFingerprint, IsOneOfQueriesThatDifferInLiterals) {
  expect_one({"SELECT * FROM t WHERE a = 1 AND b = 'x'", "select * from T where a=-22 and b=$$y$$",
              "SELECT * FROM t WHERE a = NULL AND b = true",
              "SELECT * FROM t WHERE a = $1 AND b = $2 -- c",
              "/* c */ SELECT*FROM t WHERE a = 0x1F AND b = U&'x';;"});
}

TEST(StatementFingerprint, IsOneOfListsOfAnyLength) {
  expect_one({"SELECT a FROM t WHERE b IN (1)", "SELECT a FROM t WHERE b IN (1, 2, 3)",
              "SELECT a FROM t WHERE b IN ($1, $2)", "SELECT a FROM t WHERE b IN (1, NULL, -3)"});
  expect_one({"SELECT a FROM t WHERE (b, c) IN ((1, 2))",
              "SELECT a FROM t WHERE (b, c) IN ((1, 2), (3, 4))"});
  expect_one({"SELECT ARRAY[1]", "SELECT ARRAY[1, 2]"});
  expect_one({"SELECT ARRAY[[1, 2], [3, 4]]", "SELECT ARRAY[[1]]"});
  expect_one({"SELECT ARRAY['a'::text]", "SELECT ARRAY['a'::text, 'b'::text]"});
  expect_one({"INSERT INTO t (a, b) VALUES (1, 'x') RETURNING a",
              "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL), (3, 'z') RETURNING a"});
  expect_one({"SELECT * FROM (VALUES (1, now()), (2, now())) AS x",
              "SELECT * FROM (VALUES (1, now())) AS x"});
}

TEST(StatementFingerprint, IsAnotherWhereTheServerPlansAnother) {
  expect_different({"SELECT * FROM t WHERE a = 1", "SELECT * FROM t WHERE a IN (1)",
                    "SELECT * FROM t WHERE a = ANY (ARRAY[1])", "SELECT * FROM t WHERE a > 1",
                    "SELECT * FROM t WHERE a = 1::bigint", "SELECT * FROM t WHERE a = 1::numeric",
                    "SELECT * FROM t WHERE a = CAST(1 AS bigint)",
                    "SELECT * FROM t WHERE a IS NULL", "SELECT * FROM t WHERE a IS TRUE",
                    "SELECT * FROM t WHERE a IS NOT NULL"});
  expect_different({"SELECT a, b FROM t", "SELECT b, a FROM t", "SELECT a AS b FROM t"});
  expect_different({"SELECT a FROM t WHERE b = 1 AND c = 2",
                    "SELECT a FROM t WHERE c = 2 AND b = 1", "SELECT a FROM t WHERE b = 1 OR c = 2",
                    "SELECT a FROM t WHERE b = 1"});
  expect_different(
      {"SELECT f(1)", "SELECT f(1, 2)", "SELECT f(1, 2, 3)", "SELECT 1", "SELECT 1, 2"});
  expect_different({"INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (1, 2)",
                    "INSERT INTO t VALUES (1, DEFAULT)", "INSERT INTO t VALUES (DEFAULT, 1)"});
  expect_different(
      {"SELECT a FROM t, u", "SELECT a FROM t JOIN u ON true", "SELECT a FROM \"t, u\""});
  expect_different({"SELECT a[1]", "SELECT a[1][2]", "SELECT a[1:2]"});
  expect_different({"SELECT a FROM \"T\"", "SELECT a FROM t", "SELECT a FROM \"t\""});
  expect_different({"SELECT a - 1", "SELECT a, -1", "SELECT a + 1"});
  expect_different({"SELECT 1; SELECT 2", "SELECT 1 SELECT 2", "SELECT 1"});
  expect_different({"SET a = 1", "SET b = 1", "SET LOCAL a = 1", "RESET a"});
}

// Only what is alike counts for the number of values.
TEST(StatementFingerprint, LeavesOutNothingElseOfAList) {
  EXPECT_EQ(words("a IN (1, b, 2, 3, c)"), "a in ( ? , b , ? , c )");
  EXPECT_EQ(words("a IN (b, b)"), "a in ( b , b )");
  EXPECT_EQ(words("a IN (SELECT 1, 1, 1)"), "a in ( select ? , ? , ? )");
  EXPECT_EQ(words("a IN (f(1, 2), f(3, 4)) AND b"), "a in ( f ( ? , ? ) ) and b");
  EXPECT_EQ(words("VALUES (1), (2) ORDER BY 1, 2"), "values ( ? ) order by ? , ?");
  EXPECT_EQ(words("VALUES (1), (2), x"), "values ( ? ) , x");
  EXPECT_EQ(words("SELECT values, 1, 1 FROM values"), "select values , ? , ? from values");
  EXPECT_EQ(words("a IN (1, 2)) x, 1, 1"), "a in ( ? ) ) x , ? , ?");
}

TEST(StatementFingerprint, IsOfTextsThatDoNotParseToo) {
  expect_one({"SELEC 1", "SELEC 2"});
  expect_one({"SELECT 'not clos", "SELECT 'not"});
  expect_one({"SELECT count(*) FROM (SELECT a FROM t WHERE a = 1)",
              "SELECT count(*) FROM (SELECT a FROM t WHERE a = 1_000)"});
  expect_one({"SELECT * FROM JSON_TABLE('{}', '$[*]' COLUMNS (a int PATH '$.a'))",
              "SELECT * FROM json_table('[]', '$[1]' columns (a int path '$.b'))"});
  expect_one({"", " ", "-- a", ";"});
}

TEST(StatementFingerprint, IsThatOfTheSpecification) {
  EXPECT_EQ(words_of_statement("SELECT a FROM t WHERE b IN (1, 2) -- x"),
            "select a from t where b in ( \x01 )");
  EXPECT_EQ(statement_fingerprint(""), 0xCBF29CE484222325u);
}

TEST(StatementFingerprint, OfWhatWasCutIsOfWhatIsWhole) {
  EXPECT_EQ(words("SELECT a FROM t WHERE b IN (1, 2, 3", true), "select a from t where b in ( ?~");
  EXPECT_EQ(words("SELECT a FROM t WHERE b IN (1, 2, ", true), "select a from t where b in ( ?~");
  EXPECT_EQ(words("SELECT a FROM t WHERE b IN (1", true), "select a from t where b in ( ?~");
  EXPECT_EQ(words("INSERT INTO t VALUES (1, 2), (3, 4), (5", true),
            "insert into t values ( ? , ? )~");
  EXPECT_EQ(words("SELECT a, bc", true), "select a ,~");
  EXPECT_NE(statement_fingerprint("SELECT a", true), statement_fingerprint("SELECT a"));
}

TEST(StatementFingerprint, TakesDeepTexts) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i)
    deep += "IN (";
  EXPECT_NE(statement_fingerprint(deep + "1"), 0u);
  EXPECT_NE(statement_fingerprint(deep + "1", true), 0u);
}

TEST(IsUtility, IsWhatPostgresqlDoesNotPlan) {
  for (const char* query : {"SET a = 1", "begin", "EXPLAIN SELECT 1", "COPY t TO STDOUT",
                            "DECLARE c CURSOR FOR SELECT 1", "/* c */ VACUUM"})
    EXPECT_TRUE(is_utility(query)) << query;
  for (const char* query : {"SELECT 1", "((select 1))", "WITH x AS (SELECT 1) SELECT 1",
                            "VALUES (1)", "TABLE t", "insert into t values (1)", "MERGE INTO t",
                            "EXECUTE p(1)", "", "(14 bytes that do not parse)"})
    EXPECT_FALSE(is_utility(query)) << query;
}

}  // namespace
}  // namespace pgrec
