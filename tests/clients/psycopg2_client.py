# What psycopg2 sends: only the simple protocol, cursors by DECLARE and FETCH, large objects through the fast path.
import io
import threading

import psycopg2
import psycopg2.extras
from psycopg2 import errors

from workload import expect, other_says_running, pid_of, wait_until_gone

connection = psycopg2.connect("application_name=psycopg2")
cursor = connection.cursor()
cursor.execute("DROP TABLE IF EXISTS t, u, child")
cursor.execute("CREATE TABLE t (a int PRIMARY KEY, b text)")
cursor.execute("CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
connection.commit()

# One row, several, and many commands of one message.
cursor.execute("INSERT INTO t VALUES (%s, %s)", (1, "it's; \\ -- one"))
cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(i, "x" * i) for i in range(2, 12)])
psycopg2.extras.execute_values(cursor, "INSERT INTO t VALUES %s", [(i, "v") for i in range(12, 40)], page_size=10)
psycopg2.extras.execute_batch(cursor, "INSERT INTO t VALUES (%s, %s)", [(i, ";") for i in range(40, 60)], page_size=7)
cursor.execute("SELECT a FROM t ORDER BY a")
cursor.fetchmany(3)
cursor.execute("  SELECT 1 ; ")
cursor.execute("SELECT 1; SELECT 'a;b' -- not ; a statement\n; /* a ; /* nested; */ comment */ SELECT $q$;$q$")
cursor.execute("UPDATE t SET b = 'z' WHERE a > 50; DELETE FROM t WHERE a > 55; SELECT count(*) FROM t")
cursor.execute("SELECT count(*) FROM t -- behind it a comment")
cursor.execute("/* before it */ SELECT 2 /* in it */ + 2")
cursor.execute("SELECT E'a\\';b', U&'d\\0061t\\+000061', B'1', 'größer 猫' AS \"n;ï\"")
connection.commit()

# A cursor of the server, read in parts, and one that outlives its transaction.
with connection.cursor("named") as named:
    named.itersize = 7
    named.execute("SELECT * FROM t ORDER BY a")
    assert sum(1 for _ in named) == 55
with connection.cursor("scrolled", scrollable=True, withhold=True) as named:
    named.execute("SELECT a FROM t ORDER BY a")
    named.fetchmany(5)
    connection.commit()
    named.scroll(3)
    named.scroll(0, mode="absolute")
    named.fetchone()
    named.fetchall()
connection.commit()

# COPY, to and from, and one whose client gives up.
cursor.copy_expert("COPY t TO STDOUT", io.StringIO())
cursor.copy_expert("COPY (SELECT a FROM t WHERE a < 5) TO STDOUT CSV", io.StringIO())
cursor.copy_expert("COPY t FROM STDIN", io.StringIO("".join(f"{i}\tcopied\n" for i in range(100, 200))))
connection.commit()
expect(errors.UniqueViolation, connection, cursor.copy_expert, "COPY t FROM STDIN", io.StringIO("300\tx\n1\ty\n"))
expect(errors.BadCopyFileFormat, connection, cursor.copy_expert, "COPY t FROM STDIN", io.StringIO("300\n"))

# Failures, each of another SQLSTATE.
for text, error in [("SELECT 1/0", errors.DivisionByZero), ("SELEC 1", errors.SyntaxError),
                    ("SELECT 'open", errors.SyntaxError), ("SELECT 1; SELEC 2", errors.SyntaxError),
                    ("SELECT * FROM nothing", errors.UndefinedTable), ("SELECT nothing FROM t", errors.UndefinedColumn),
                    ("SELECT f(1)", errors.UndefinedFunction), ("SELECT 'x'::int", errors.InvalidTextRepresentation),
                    ("INSERT INTO t VALUES (1)", errors.UniqueViolation),
                    ("INSERT INTO t VALUES (NULL)", errors.NotNullViolation),
                    ("SELECT 7; INSERT INTO t VALUES (1); SELECT 8", errors.UniqueViolation),
                    ("SELECT 9; SELECT * FROM nothing", errors.UndefinedTable),
                    ("DO $$ BEGIN RAISE 'no' USING ERRCODE = 'ZZ123'; END $$", psycopg2.DatabaseError),
                    ("CREATE ROLE r", errors.InsufficientPrivilege), ("SET x = 1", errors.UndefinedObject),
                    ("SET statement_timeout = 50; SELECT pg_sleep(10)", errors.QueryCanceled)]:
    expect(error, connection, cursor.execute, text)
# An error that is caught is none.
cursor.execute("DO $$ BEGIN PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN RAISE WARNING 'caught'; END $$")

# Transactions: savepoints, what fails in a failed one, what fails at its commit, two phases.
cursor.execute("SAVEPOINT s")
try:
    cursor.execute("SELECT 1/0")
except errors.DivisionByZero:
    pass
try:
    cursor.execute("SELECT 'in a failed transaction'")
except errors.InFailedSqlTransaction:
    pass
cursor.execute("ROLLBACK TO SAVEPOINT s")
cursor.execute("RELEASE SAVEPOINT s")
connection.rollback()
cursor.execute("INSERT INTO u VALUES (1), (1)")
expect(errors.UniqueViolation, connection, connection.commit)
connection.tpc_begin(connection.xid(1, "g", "b"))
cursor.execute("INSERT INTO t VALUES (500)")
connection.tpc_prepare()
connection.tpc_rollback()
connection.autocommit = True
expect(errors.UniqueViolation, connection, cursor.execute, "INSERT INTO u VALUES (2), (2)")
expect(errors.UniqueViolation, connection, cursor.execute, "BEGIN; INSERT INTO u VALUES (2), (2); COMMIT; SELECT 1")
cursor.execute("BEGIN; SELECT 1; ROLLBACK")
connection.autocommit = False
connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
expect(errors.ReadOnlySqlTransaction, connection, cursor.execute, "DELETE FROM t")
connection.set_session(isolation_level="DEFAULT", readonly=False)

# No command at all.
for text in ["", ";", " -- only a comment", "/* and this */ ; ;"]:
    try:
        cursor.execute(text)
    except psycopg2.ProgrammingError:  # "can't execute an empty query"
        pass
connection.rollback()

# What PostgreSQL does not plan.
connection.autocommit = True
for text in ["SET application_name = 'renamed'", "SELECT 1", "SET application_name TO 'renamed; again'", "SELECT 2",
             "BEGIN; SET LOCAL application_name = 'local'; SELECT 3; COMMIT; SELECT 4", "RESET application_name", "SELECT 5",
             "VACUUM t", "ANALYZE t", "EXPLAIN ANALYZE SELECT * FROM t", "SHOW work_mem", "LISTEN channel",
             "NOTIFY channel, 'it''s'", "CREATE INDEX ON t (b)", "CREATE TABLE child AS SELECT * FROM t", "TRUNCATE child",
             "PREPARE p AS SELECT a FROM t WHERE a < $1", "EXECUTE p(10)", "EXECUTE p(20)", "DEALLOCATE p",
             "CREATE OR REPLACE FUNCTION f(n int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT n; END", "SELECT f(3)",
             "CREATE OR REPLACE PROCEDURE c() LANGUAGE plpgsql AS 'BEGIN INSERT INTO child VALUES (1); COMMIT; END'", "CALL c()",
             "INSERT INTO child VALUES (7) RETURNING a",
             "MERGE INTO child USING t ON child.a = t.a WHEN MATCHED THEN DELETE",
             "CREATE MATERIALIZED VIEW m AS SELECT * FROM t", "REFRESH MATERIALIZED VIEW m", "DROP MATERIALIZED VIEW m",
             "BEGIN; DECLARE c CURSOR FOR SELECT a FROM t; FETCH 3 FROM c; MOVE 2 FROM c; CLOSE c; COMMIT", "DISCARD ALL"]:
    cursor.execute(text)
connection.autocommit = False

# Large objects: functions called through the fast path.
large = connection.lobject(0, "wb")
large.write(b"x" * 10000)
large.seek(0)
large.close()
large.unlink()
connection.commit()

# Cancelled by another thread.
def cancel():
    other_says_running(pid)
    connection.cancel()
pid = connection.get_backend_pid()
canceller = threading.Thread(target=cancel)
canceller.start()
expect(errors.QueryCanceled, connection, cursor.execute, "SELECT pg_sleep(100)")
canceller.join()

# Ends: in the middle of a transaction, and of a statement whose client does not wait for it.
cursor.execute("INSERT INTO t VALUES (1000)")
connection.close()
wait_until_gone(pid)
asynchronous = psycopg2.connect("", async_=True)
psycopg2.extras.wait_select(asynchronous)
pid = asynchronous.get_backend_pid()
asynchronous.cursor().execute("SELECT g, repeat('x', 1000) FROM pg_sleep(0.3), generate_series(1, 100000) g")
other_says_running(pid)
asynchronous.close()
wait_until_gone(pid)
# And by the server.
connection = psycopg2.connect("application_name=terminated")
cursor = connection.cursor()
pid = pid_of(connection)
terminator = threading.Thread(target=other_says_running, args=(pid, "SELECT pg_terminate_backend(%s)"))
terminator.start()
try:
    cursor.execute("SELECT pg_sleep(100)")
except psycopg2.OperationalError:
    pass
terminator.join()
wait_until_gone(pid)
