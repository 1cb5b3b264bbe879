// Covers format/postgres/statement_text.h: literals replaced, and texts that do not parse left as
// they are; fingerprints; and texts of which nothing may be left that a user typed as a value.
#include "format/postgres/statement_text.h"

#include <gtest/gtest.h>

#include "format/postgres/parsing_room.h"
#include "tests/unit/memory_limit.h"

namespace pgrec {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

TEST(StatementText, ReplacesConstants) {
  EXPECT_EQ(statement_text("SELECT * FROM t WHERE a = 42 AND b = 'x'"),
            "SELECT * FROM t WHERE a = $1 AND b = $2");
}

TEST(StatementText, NumbersOnFromTheParametersThere) {
  EXPECT_EQ(statement_text("SELECT $1, 7"), "SELECT $1, $2");
}

TEST(StatementText, JoinsQueriesThatDifferInConstants) {
  EXPECT_EQ(statement_text("UPDATE t SET a = 1 WHERE id = 2"),
            statement_text("UPDATE t SET a = -33 WHERE id = 444"));
}

TEST(StatementText, LeavesATextThatDoesNotParse) {
  EXPECT_EQ(statement_text("SELEC 1"), "SELEC 1");
  EXPECT_EQ(statement_text("SELECT 'not clos"), "SELECT 'not clos");
}

TEST(StatementText, LeavesTheEmptyText) {
  EXPECT_EQ(statement_text(""), "");
}

TEST(StatementText, LeavesBytesThatAreNotUtf8) {
  EXPECT_EQ(statement_text("\xFF\xFE("), "\xFF\xFE(");
}

TEST(StatementText, TakesSeveralStatements) {
  EXPECT_EQ(statement_text("SELECT 1; SELECT 2"), "SELECT $1; SELECT $2");
}

// A recorded text holds up to 64 KiB, so a query nests some ten thousand levels deep.
TEST(StatementText, SurvivesAHugeSum) {
  EXPECT_NE(statement_text("SELECT 1" + repeated("+1", 30'000)), "");
}

TEST(StatementText, SurvivesDeepParentheses) {
  EXPECT_NE(statement_text("SELECT " + repeated("(", 30'000) + "1" + repeated(")", 30'000)), "");
}

TEST(StatementText, SurvivesDeepNegations) {
  EXPECT_NE(statement_text("SELECT " + repeated("NOT ", 15'000) + "true"), "");
}

TEST(StatementText, SurvivesDeepSubqueries) {
  EXPECT_NE(statement_text(repeated("SELECT (", 7'000) + "1" + repeated(")", 7'000)), "");
}

TEST(StatementText, SurvivesManyUnions) {
  EXPECT_NE(statement_text("SELECT 1" + repeated(" UNION SELECT 1", 4'000)), "");
}

TEST(StatementFingerprint, IsOneOfQueriesThatDifferInLiterals) {
  EXPECT_EQ(statement_fingerprint("SELECT * FROM t WHERE a = 1 AND b IN (1, 2)"),
            statement_fingerprint("select * from t where a=-22 and b in ('x', 'y', 'z') -- c"));
}

TEST(StatementFingerprint, IsAnotherOneOfOtherQueries) {
  EXPECT_NE(statement_fingerprint("SELECT a FROM t"), statement_fingerprint("SELECT b FROM t"));
}

TEST(StatementFingerprint, IsThatOfTheLibrary) {
  EXPECT_EQ(statement_fingerprint("SELECT 1"), 0x50fde20626009aba);
}

TEST(StatementFingerprint, IsThereOfTheEmptyText) {
  EXPECT_TRUE(statement_fingerprint(""));
}

TEST(StatementFingerprint, IsNotThereOfATextThatDoesNotParse) {
  EXPECT_FALSE(statement_fingerprint("SELEC 1"));
  EXPECT_FALSE(statement_fingerprint("SELECT 'not clos"));
}

TEST(StatementFingerprint, IsNotThereOfATextThatIsTooLong) {
  EXPECT_TRUE(statement_fingerprint("SELECT '" + std::string(65'527, 'x') + "'"));
  EXPECT_FALSE(statement_fingerprint("SELECT '" + std::string(65'528, 'x') + "'"));
}

TEST(StatementFingerprint, SurvivesDeepTexts) {
  statement_fingerprint("SELECT 1" + repeated("+1", 30'000));
  statement_fingerprint("SELECT " + repeated("(", 30'000) + "1" + repeated(")", 30'000));
  statement_fingerprint(repeated("SELECT (", 7'000) + "1" + repeated(")", 7'000));
}

// What becomes of a query; "(nothing)" where nothing may be kept.
std::string bare(const std::string& query) {
  return text_without_literals(query).text.value_or("(nothing)");
}

TEST(TextWithoutLiterals, ReplacesLiteralsOfEveryKind) {
  EXPECT_EQ(bare("SELECT 'secret', E'sec\\'ret', U&'sec\\0072et', N'secret'"),
            "SELECT $1, $2, $3, N$4");
  EXPECT_EQ(bare("SELECT $$secret$$, $a$ $$secret'$$ $a$, B'0101', X'1FF'"),
            "SELECT $1, $2, $3, $4");
  EXPECT_EQ(bare("SELECT 4711, 47.11, 4e11, .4711"), "SELECT $1, $2, $3, $4");
}

TEST(TextWithoutLiterals, ReplacesAStringOverSeveralLinesAsOne) {
  EXPECT_EQ(bare("SELECT 'secret'\n  'secret', 'it''s secret'"), "SELECT $1, $2");
}

TEST(TextWithoutLiterals, ReplacesTheEscapeOfAUnicodeString) {
  EXPECT_EQ(bare("SELECT U&'d!0061t' UESCAPE '!', 1"), "SELECT $1 UESCAPE $2, $3");
}

TEST(TextWithoutLiterals, LeavesNames) {
  EXPECT_EQ(bare(R"(SELECT "Name", "it's", U&"n\0061me", t.ä FROM "T t" AS u)"),
            R"(SELECT "Name", "it's", U&"n\0061me", t.ä FROM "T t" AS u)");
}

TEST(TextWithoutLiterals, NumbersOnFromTheParametersThere) {
  EXPECT_EQ(bare("SELECT $2, 7, $1, 'x'"), "SELECT $2, $3, $1, $4");
}

TEST(TextWithoutLiterals, LeavesATextWithAHugeParameterOut) {
  EXPECT_EQ(bare("SELECT $1000000000, 7"), "(nothing)");
}

TEST(TextWithoutLiterals, TakesASignWithItsNumber) {
  EXPECT_EQ(bare("SELECT -1, - 2.5 WHERE a = -3 AND b > -4 LIMIT -5"),
            "SELECT $1, $2 WHERE a = $3 AND b > $4 LIMIT $5");
  EXPECT_EQ(bare("SELECT a-1, 2-1, $1-1, (a)-1, x[1]-1, NULL-1"),
            "SELECT a-$2, $3-$4, $1-$5, (a)-$6, x[$7]-$8, NULL-$9");
}

TEST(TextWithoutLiterals, AgreesWithTheStatementsText) {
  for (const char* query : {"SELECT * FROM t WHERE a = 42 AND b = 'x' AND c = -3",
                            "UPDATE t SET a = a + 1 WHERE id IN (1, 2, 3)", "SELECT 1; SELECT 2",
                            "INSERT INTO t VALUES (1, 'x', DEFAULT)", "SET search_path TO a, 'b'",
                            "ALTER ROLE r PASSWORD 'secret'"})
    EXPECT_EQ(bare(query), statement_text(query));
}

TEST(TextWithoutLiterals, LeavesCommentsOut) {
  EXPECT_EQ(bare("/* secret */ SELECT /* a /* secret */ b */ 1 -- secret\n, a -- secret"),
            "SELECT $1 , a");
  EXPECT_EQ(bare("SELECT/**/a/* secret */FROM/**/t"), "SELECT a FROM t");
  EXPECT_EQ(bare("-- secret"), "");
}

TEST(TextWithoutLiterals, KeepsBlanksAndLineEnds) {
  EXPECT_EQ(bare("  SELECT  1,\n\t2 ;\n"), "SELECT  $1,\n\t$2 ;");
}

TEST(TextWithoutLiterals, TakesSeveralStatements) {
  EXPECT_EQ(bare("SELECT 1; UPDATE t SET a = b; SET a = b; SELECT 'x'"),
            "SELECT $1; UPDATE t SET a = b; SET a = $2; SELECT $3");
}

TEST(TextWithoutLiterals, ReplacesValuesOfSettings) {
  EXPECT_EQ(bare("SET x TO secret"), "SET x TO $1");
  EXPECT_EQ(bare("SET x = on"), "SET x = $1");
  EXPECT_EQ(bare("SET LOCAL a.b = secret, 'secret', -5, \"secret\""),
            "SET LOCAL a.b = $1, $2, $3, $4");
  EXPECT_EQ(bare("SET SESSION x TO DEFAULT"), "SET SESSION x TO DEFAULT");
  EXPECT_EQ(bare("SET TIME ZONE 'secret'"), "SET TIME ZONE $1");
  EXPECT_EQ(bare("ALTER SYSTEM SET x = secret"), "ALTER SYSTEM SET x = $1");
  EXPECT_EQ(bare("ALTER ROLE r IN DATABASE d SET x TO secret"),
            "ALTER ROLE r IN DATABASE d SET x TO $1");
  EXPECT_EQ(bare("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET x TO secret AS 'secret'"),
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET x TO $1 AS $2");
  EXPECT_EQ(bare("SET SESSION AUTHORIZATION r"), "SET SESSION AUTHORIZATION r");
  EXPECT_EQ(bare("ALTER TABLE t ALTER a SET STATISTICS 5"),
            "ALTER TABLE t ALTER a SET STATISTICS $1");
}

// Every one of these has "secret" or 4711 in each place that a value can have.
TEST(TextWithoutLiterals, LeavesNoSecretInUtilityStatements) {
  for (const char* query :
       {"CREATE ROLE r PASSWORD 'secret' VALID UNTIL 'secret'",
        "ALTER ROLE r WITH ENCRYPTED PASSWORD 'secret'",
        "ALTER ROLE r PASSWORD E'secret' VALID UNTIL E'secret'",
        "ALTER USER r PASSWORD $$secret$$",
        "ALTER USER r PASSWORD/*'*/'secret'",
        "ALTER USER r PASSWORD U&'secret'",
        "CREATE USER r CONNECTION LIMIT 4711",
        "DO $$BEGIN PERFORM 'secret'; END$$",
        "DO LANGUAGE plpgsql $x$secret$x$",
        "CREATE FUNCTION f(a int DEFAULT 4711) RETURNS text AS 'secret' LANGUAGE sql COST 4711",
        "CREATE FUNCTION f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT 'secret'; END",
        "CREATE PROCEDURE p() AS $body$ SELECT 'secret' $body$ LANGUAGE sql",
        "COPY t FROM '/secret' WITH (DELIMITER 'secret', NULL 'secret')",
        "COPY (SELECT 'secret') TO PROGRAM 'secret'",
        "COPY t FROM STDIN (FORMAT \"cs'v\", NULL 'secret', HEADER \"x\", DELIMITER 'secret')",
        "EXECUTE p('secret', 4711)",
        "PREPARE p AS SELECT 'secret', 4711",
        "PREPARE TRANSACTION 'secret'",
        "COMMENT ON TABLE t IS 'secret'",
        "CREATE SUBSCRIPTION s CONNECTION 'host=h password=secret' PUBLICATION p",
        "ALTER SUBSCRIPTION s CONNECTION 'password=secret'",
        "CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'secret')",
        "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'u', password 'secret')",
        "ALTER USER MAPPING FOR u SERVER s OPTIONS (SET password 'secret')",
        "SECURITY LABEL ON TABLE t IS 'secret'",
        "NOTIFY c, 'secret'",
        "LOAD 'secret'",
        "CREATE TABLE t (a text DEFAULT 'secret' CHECK (a <> 'secret'))",
        "CREATE TABLE p PARTITION OF t FOR VALUES IN ('secret', 4711)",
        "CREATE TABLE p PARTITION OF t FOR VALUES FROM (4711) TO (4711)",
        "CREATE VIEW v AS SELECT 'secret'",
        "CREATE INDEX i ON t (a) WHERE a = 'secret'",
        "CREATE POLICY p ON t USING (a = 'secret')",
        "CREATE TYPE e AS ENUM ('secret')",
        "ALTER TYPE e ADD VALUE 'secret' AFTER 'secret'",
        "ALTER TABLE t ADD a int DEFAULT 4711",
        "CREATE SEQUENCE s START 4711",
        "ALTER SEQUENCE s RESTART 4711",
        "CREATE TABLESPACE x LOCATION 'secret'",
        "CREATE DATABASE d LOCALE 'secret'",
        "CREATE RULE r AS ON INSERT TO t DO NOTIFY c, 'secret'",
        "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('secret') EXECUTE FUNCTION f()",
        "CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f('secret', 4711)",
        "DECLARE c CURSOR FOR SELECT 'secret'",
        "FETCH 4711 FROM c",
        "MOVE FORWARD 4711 IN c",
        "EXPLAIN SELECT 'secret'",
        "CALL p('secret', 4711)",
        "VALUES ('secret', 4711)",
        "SET x = 'secret'",
        "SET x TO 4711",
        "SET x TO secret",
        "ALTER DATABASE d SET x = 'secret'",
        "ALTER ROLE r SET x TO secret, secret",
        "CREATE PUBLICATION p FOR TABLE t WHERE (a = 'secret')",
        "MERGE INTO t USING s ON t.a = 'secret' WHEN MATCHED THEN UPDATE SET a = 4711"}) {
    const std::string text = bare(query);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("4711"), std::string::npos) << text;
    EXPECT_NE(text, "(nothing)") << query;
  }
}

TEST(TextWithoutLiterals, LeavesNoSecretInQueries) {
  for (const char* query :
       {"SELECT a FROM t WHERE b = 'secret' AND c > 4711 OR d = -4711",
        "SELECT CAST('secret' AS text), 'secret'::text, text 'secret', date 'secret'",
        "SELECT interval '4711' day, interval(3) '4711', time with time zone '4711'",
        "SELECT '{\"k\": \"secret\"}'::jsonb -> 'secret' ->> 4711",
        "SELECT a[4711], a[1:4711], ARRAY['secret'], ROW('secret'), f(VARIADIC a => 'secret')",
        "SELECT a LIKE 'secret%' ESCAPE 'secret', a SIMILAR TO 'secret', a ~ 'secret'",
        "SELECT a AT TIME ZONE 'secret', extract('secret' FROM a), overlay(a placing 'secret' from "
        "4711)",
        "SELECT CASE a WHEN 'secret' THEN 4711 ELSE 'secret' END",
        "SELECT * FROM f('secret') WITH ORDINALITY AS x(a) TABLESAMPLE system (4711)",
        "SELECT a::varchar(4711), a::numeric(4711, 2), a::bit(4711) FROM t",
        "SELECT sum(a) OVER (ROWS 4711 PRECEDING) FROM t LIMIT 4711 OFFSET 4711",
        "SELECT a FROM t FETCH FIRST 4711 ROWS ONLY",
        "INSERT INTO t (a) VALUES ('secret') ON CONFLICT (a) DO UPDATE SET a = 'secret' RETURNING "
        "'secret'",
        "UPDATE t SET a = 'secret', (b, c) = ('secret', 4711) WHERE CURRENT OF x",
        "DELETE FROM t WHERE a = $1 AND b = 'secret'",
        "WITH x AS (SELECT 'secret') SELECT a FROM x",
        "SELECT 'a\nsecret\"' || \"b'\" || 'secret'",
        "SELECT '--', 'secret' -- 'secret'",
        "SELECT 'secret' -- secret\n 'secret'",
        "SELECT '/*', 'secret', '*/'",
        "SELECT \"a\"\"'\" , 'secret'",
        "SELECT $$a'$$, 'secret', $$'$$",
        "SELECT $a$ $b$ $a$, 'secret', 'x$b$'",
        "SELECT e'\\\\', 'secret', E'\\''"}) {
    const std::string text = bare(query);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("4711"), std::string::npos) << text;
  }
}

TEST(TextWithoutLiterals, KeepsBytesThatAreNotUtf8) {
  EXPECT_EQ(bare("SELECT '\xFF\xFE', \"\xFF\""), "SELECT $1, \"\xFF\"");
}

TEST(TextWithoutLiterals, GivesNothingOfATextThatDoesNotParse) {
  for (const char* query :
       {"SELEC 'secret'", "SELECT 'secret", "SELECT $$secret", "SELECT \"secret",
        "SELECT 1 /* secret", "SELECT E'secret\\'", "START_REPLICATION 'secret'",
        "SELECT 'a' 'secret'", "SELECT 12secret", "SELECT 0x1F", "\xFF\xFE("})
    EXPECT_EQ(bare(query), "(nothing)") << query;
}

// 'a\', 'secret' is a string and the beginning of another one there, and two strings here.
TEST(TextWithoutLiterals, GivesNothingOfATextThatAnotherSettingReadsOtherwise) {
  EXPECT_EQ(bare("SELECT 'a\\', 'secret\\'"), "(nothing)");
  EXPECT_EQ(bare("SELECT 'a\\'' secret ''"), "(nothing)");
  EXPECT_EQ(bare("SELECT 'a\\b', E'a\\'b'"), "SELECT $1, $2");
}

TEST(TextWithoutLiterals, GivesNothingOfATextThatIsTooLong) {
  EXPECT_EQ(bare("SELECT '" + std::string(65'528, 'x') + "'"), "(nothing)");
  EXPECT_EQ(bare("SELECT '" + std::string(65'527, 'x') + "'"), "SELECT $1");
}

TEST(TextWithoutLiterals, SurvivesDeepTexts) {
  EXPECT_NE(bare("SELECT 1" + repeated("+1", 30'000)), "");
  EXPECT_NE(bare("SELECT " + repeated("(", 30'000) + "1" + repeated(")", 30'000)), "");
  EXPECT_NE(bare("SELECT " + repeated("- ", 15'000) + "1"), "");
  EXPECT_NE(bare(repeated("SELECT (", 7'000) + "1" + repeated(")", 7'000)), "");
}

// A client's text must not end a recorder, whatever it takes to parse it.
TEST(QueriesWithoutMemory, AreLeftAsTheyAre) {
  if (!test::kCanLimitMemory) GTEST_SKIP() << "the address space cannot be limited";
  for (const std::string& query : {
           "SELECT 1; SELECT '" + std::string(2'048, 'x') + "'",
           "SELECT 1; SELECT '" + std::string(60'000, 'x') + "'",
           "SELECT 1" + repeated("+1", 10'000) + "; SELECT 2",
           "SELECT 1" + repeated(",1", 30'000) + "; SELECT 2",
           "SELECT " + repeated("(", 9'000) + "1" + repeated(")", 9'000) + "; COMMIT",
           "SELECT ARRAY" + repeated("[", 900) + repeated("]", 900) + "; COMMIT",
       }) {
    // From too little to what some of it can be parsed in.
    for (const std::size_t mebibytes : {1, 3, 6, 12, 24, 48, 96}) {
      EXPECT_TRUE(test::holds_with_memory(
          mebibytes << 20,
          [&] {
            const auto statements = split_statements(query);
            const std::string text = statement_text(query);
            const auto without = text_without_literals(query).text;
            statement_fingerprint(query);
            const bool whole = statements == std::vector{query} || statements.size() == 2;
            return whole && (text == query || text.find('$') != text.npos) &&
                   (!without || without->find_first_of("'x") == without->npos);
          }))
          << query.size() << " bytes with " << mebibytes << " MiB";
    }
    EXPECT_TRUE(test::holds_with_memory(1u << 20, [&] {
      const std::uint64_t before = parsings_without_room();
      return split_statements(query) == std::vector{query} &&
             !text_without_literals(query).had_room && parsings_without_room() == before + 2;
    }));
  }
}

TEST(QueriesWithoutMemory, AreToldFromWhatDoesNotParse) {
  EXPECT_TRUE(text_without_literals("SELEC 1").had_room);
  EXPECT_TRUE(text_without_literals("SELECT '" + std::string(65'600, 'x') + "'").had_room);
}

TEST(QueriesWithoutMemory, AreParsedAgainWhenThereIsSome) {
  if (!test::kCanLimitMemory) GTEST_SKIP() << "the address space cannot be limited";
  const std::string query = "SELECT 1; SELECT '" + std::string(4'000, 'x') + "'";
  EXPECT_TRUE(test::holds_with_memory(1u << 20, [&] {
    const bool refused = split_statements(query).size() == 1;
    test::limit_memory(1u << 30);
    return refused && split_statements(query).size() == 2;
  }));
}

}  // namespace
}  // namespace pgrec
