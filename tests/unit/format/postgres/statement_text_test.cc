// Covers format/postgres/statement_text.h: texts of which nothing may be left that a user typed as
// a value, and messages taken apart into their statements.
#include "format/postgres/statement_text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgrec {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

std::string bare(const std::string& query, bool cut = false) {
  return text_without_literals(query, cut);
}

TEST(TextWithoutLiterals, ReplacesConstants) {
  EXPECT_EQ(bare("SELECT * FROM t WHERE a = 42 AND b = 'x'"),
            "SELECT * FROM t WHERE a = $1 AND b = $2");
}

TEST(TextWithoutLiterals, ReplacesLiteralsOfEveryKind) {
  EXPECT_EQ(bare("SELECT 'secret', E'sec\\'ret', U&'sec\\0072et', N'secret'"),
            "SELECT $1, $2, $3, $4");
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

TEST(TextWithoutLiterals, ReplacesAHugeParameter) {
  EXPECT_EQ(bare("SELECT $1000000000, 7"), "SELECT $1, $2");
}

TEST(TextWithoutLiterals, KeepsApartWhatWouldJoin) {
  EXPECT_EQ(bare("SELECT date'2000-01-01', 'a'b, a/**/b, 12c, 1-- d\ne"),
            "SELECT date $1, $2 b, a b, $3, $4 e");
  EXPECT_EQ(bare("SELECT+1,-/**/-2"), "SELECT+$1,- $2");
}

TEST(TextWithoutLiterals, TakesASignWithItsNumber) {
  EXPECT_EQ(bare("SELECT -1, - 2.5 WHERE a = -3 AND b > -4 LIMIT -5"),
            "SELECT $1, $2 WHERE a = $3 AND b > $4 LIMIT $5");
  EXPECT_EQ(bare("SELECT a-1, 2-1, $1-1, (a)-1, x[1]-1, NULL-1"),
            "SELECT a-$2, $3-$4, $1-$5, (a)-$6, x[$7]-$8, NULL-$9");
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
        "ALTER USER r PASSWORD secret",
        "ALTER ROLE r PASSWORD \"secret\" VALID UNTIL 'secret'",
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
    EXPECT_FALSE(text.ends_with("...")) << query;
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

// What a later PostgreSQL takes, and what none does.
TEST(TextWithoutLiterals, LeavesNoSecretInWhatDoesNotParse) {
  EXPECT_EQ(bare("SELEC 'secret'"), "SELEC $1");
  EXPECT_EQ(bare("alter role r pasword 'secret'"), "alter role r pasword $1");
  EXPECT_EQ(bare("SELECT 'secret"), "SELECT $1");
  EXPECT_EQ(bare("SELECT E'secret\\'"), "SELECT $1");
  EXPECT_EQ(bare("SELECT $$secret"), "SELECT $1");
  EXPECT_EQ(bare("SELECT \"secret"), "SELECT ...");
  EXPECT_EQ(bare("SELECT 1 /* secret"), "SELECT $1");
  EXPECT_EQ(bare("SELECT 'a' 'secret'"), "SELECT $1 $2");
  EXPECT_EQ(bare("SELECT 12secret, 0x1F, 1_000"), "SELECT $1, $2, $3");
  EXPECT_EQ(bare("START_REPLICATION SLOT \"s\" LOGICAL 0/1A (a 'secret')"),
            "START_REPLICATION SLOT \"s\" LOGICAL $1/$2 (a $3)");
  EXPECT_EQ(bare("SELECT * FROM JSON_TABLE('secret', '$' COLUMNS (a int PATH '$.secret'))"),
            "SELECT * FROM JSON_TABLE($1, $2 COLUMNS (a int PATH $3))");
  EXPECT_EQ(bare("MERGE INTO t USING s ON a = 'secret' WHEN NOT MATCHED BY SOURCE THEN DELETE "
                 "RETURNING 'secret'"),
            "MERGE INTO t USING s ON a = $1 WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING $2");
  EXPECT_EQ(bare("\xFF\xFE("), "\xFF\xFE(");
}

// With standard_conforming_strings off the word "secret" is in a string there.
TEST(TextWithoutLiterals, EndsWhereAnotherSettingReadsOtherwise) {
  EXPECT_EQ(bare("SELECT 1, 'a\\' \\' secret', b"), "SELECT $1, ...");
  EXPECT_EQ(bare("SELECT 1, 'a\\', secret, 'b'", true), "SELECT $1, ...");
}

// The other reading is no SQL.
TEST(TextWithoutLiterals, GoesOnWithTheLikelyReadingWhereNothingIsToBeHidden) {
  const auto likely = [](const std::string& query) {
    return text_without_literals(query, false, Doubt::kTakesTheLikely);
  };
  const std::string like = "SELECT a LIKE 'x' ESCAPE '\\' ORDER BY a";
  EXPECT_EQ(likely(like), "SELECT a LIKE $1 ESCAPE $2 ORDER BY a");
  EXPECT_EQ(bare(like), "SELECT a LIKE $1 ESCAPE ...");
  EXPECT_EQ(likely("SELECT 'it\\'s secret', 1"), "SELECT $1, $2");
  EXPECT_EQ(bare("SELECT 1, 'it\\'s secret', 1"), "SELECT $1, ...");
  EXPECT_EQ(likely("SELECT 1, 'a\\' \\' secret', b"), "SELECT $1, ...");
  EXPECT_EQ(bare("SELECT 'a\\b', E'a\\'b'"), "SELECT $1, $2");
}

TEST(TextWithoutLiterals, TakesTextsOfAnyLength) {
  EXPECT_EQ(bare("SELECT '" + std::string(1u << 20, 'x') + "'"), "SELECT $1");
  EXPECT_EQ(bare("SELECT 1" + repeated("+1", 30'000)).substr(0, 15), "SELECT $1+$2+$3");
}

TEST(TextWithoutLiterals, TakesDeepTexts) {
  EXPECT_NE(bare("SELECT " + repeated("(", 100'000) + "1" + repeated(")", 100'000)), "");
  EXPECT_NE(bare("SELECT " + repeated("- ", 100'000) + "1"), "");
}

TEST(TextWithoutLiterals, IsWithoutAnyWhenTakenAgain) {
  for (const char* query :
       {"SELECT 'a'b, date'c', -1, - -2, x[1:2], $3, N'd'", "SET a = b; SELECT 1..2, 1.5.6"}) {
    const std::string once = bare(query);
    EXPECT_EQ(bare(once), once);
  }
}

// What is behind the cut is not known; what is before it says no more than it would in the whole.
TEST(TextWithoutLiterals, LeavesNoSecretInWhatWasCut) {
  const std::string query =
      "SELECT 'it''s secret', E'a\\'secret', $x$ secret $y$ $x$, \"a\"\"b\", 4711 /* secret */";
  for (std::size_t size = 0; size <= query.size(); ++size) {
    const std::string text = bare(query.substr(0, size), true);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("47"), std::string::npos) << text;
  }
}

using Parts = std::vector<std::string>;

Parts split(const std::string& query) {
  const auto parts = split_statements(query);
  return {parts.begin(), parts.end()};
}

TEST(SplitStatements, EndsThemWithSemicolons) {
  EXPECT_EQ(split(" SELECT ';' ; ;\nSELECT 2; "), (Parts{"SELECT ';'", "SELECT 2"}));
  EXPECT_EQ(split("SELECT $$;$$; SELECT \";\"; SELECT 1 /* ; */"),
            (Parts{"SELECT $$;$$", "SELECT \";\"", "SELECT 1 /* ; */"}));
  EXPECT_EQ(split("SELECT 1; /* a */ SELECT 2 -- ;"), (Parts{"SELECT 1", "/* a */ SELECT 2 -- ;"}));
  EXPECT_EQ(split("select 1_000; select 'second'"), (Parts{"select 1_000", "select 'second'"}));
}

TEST(SplitStatements, LeavesASingleStatementAsItIs) {
  for (const std::string query : {"", " ", ";", " SELECT 1 ; -- a\n", "-- a; b", "SELECT 'a; b"})
    EXPECT_EQ(split(query), Parts{query});
}

TEST(SplitStatements, LeavesSemicolonsInsideOfOne) {
  for (const std::string query :
       {"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; "
        "SELECT 2; END",
        "CREATE PROCEDURE p() BEGIN /* a */ ATOMIC INSERT INTO t VALUES (1); end",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2'"}) {
    EXPECT_EQ(split(query), Parts{query});
    EXPECT_EQ(split(query + "; COMMIT"), (Parts{query, "COMMIT"}));
  }
}

TEST(SplitStatements, EndWhereAnotherSettingReadsOtherwise) {
  EXPECT_EQ(split("SELECT 1; SELECT 'a\\' ; \\' b'; SELECT 2"),
            (Parts{"SELECT 1", "SELECT 'a\\' ; \\' b'; SELECT 2"}));
  EXPECT_EQ(split("SELECT 'a\\'; b'; SELECT 2"), (Parts{"SELECT 'a\\'; b'", "SELECT 2"}));
}

TEST(SplitStatements, TakesBeginAndEndForWhatTheyAreElsewhere) {
  EXPECT_EQ(split("BEGIN; SELECT CASE WHEN a THEN 1 END; END; BEGIN"),
            (Parts{"BEGIN", "SELECT CASE WHEN a THEN 1 END", "END", "BEGIN"}));
  EXPECT_EQ(split("SELECT atomic; SELECT ); SELECT 1"),
            (Parts{"SELECT atomic", "SELECT )", "SELECT 1"}));
}

}  // namespace
}  // namespace pgrec
