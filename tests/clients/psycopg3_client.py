# What psycopg 3 sends: the extended protocol, statements that it prepares by itself, pipelines, cursors of both kinds.
import threading

import psycopg
from psycopg import errors, sql

from workload import expect, other_says_running, pid_of, wait_until_gone

connection = psycopg.connect("application_name=psycopg3")
cursor = connection.cursor()
cursor.execute("DROP TABLE IF EXISTS t, u")
cursor.execute("CREATE TABLE t (a int PRIMARY KEY, b text)")
cursor.execute("CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
connection.commit()

# Without and with parameters, text and binary; prepared from the sixth time on, by a name; many by a pipeline.
for i in range(8):
    cursor.execute("INSERT INTO t VALUES (%s, %s)", (i, "it's; one"))
    cursor.execute("SELECT a, b FROM t WHERE a <= %s", (i,), binary=True).fetchall()
cursor.execute("SELECT count(*) FROM t", prepare=True)
cursor.execute("SELECT count(*) FROM t", prepare=True)
cursor.execute("SELECT %s::text", ("größer; 猫",), prepare=False)
cursor.executemany("INSERT INTO t VALUES (%s, %s)", [(i, "many") for i in range(10, 30)])
cursor.executemany("INSERT INTO t VALUES (%s, %s) RETURNING a", [(i, "many") for i in range(30, 35)], returning=True)
while cursor.nextset():
    cursor.fetchall()
cursor.execute("SELECT 1; SELECT 'a;b'; /* ; */ SELECT 3 -- done; ")
cursor.execute(sql.SQL("SELECT a FROM {} /* behind it */ ; ").format(sql.Identifier("t")))
assert sum(1 for _ in cursor.stream("SELECT * FROM t WHERE a < %s", (20,))) == 18
connection.commit()
with psycopg.ClientCursor(connection) as client:
    client.execute("SELECT %s, %s", (1, "literal; in the text"))
    expect(errors.DivisionByZero, connection, client.execute, "SELECT 1/%s", (0,))

# Cursors of the server.
with connection.cursor("named") as named:
    named.itersize = 10
    named.execute("SELECT * FROM t WHERE a > %s ORDER BY a", (3,))
    assert sum(1 for _ in named) == 29
with connection.cursor("scrolled", scrollable=True, withhold=True) as named:
    named.execute("SELECT a FROM t ORDER BY a")
    named.fetchmany(4)
    connection.commit()
    named.scroll(2)
    named.fetchone()
connection.commit()

# COPY in all formats, with parameters, and one that is given up.
with cursor.copy("COPY t TO STDOUT") as copy:
    for _ in copy:
        pass
with cursor.copy("COPY (SELECT a FROM t WHERE a < %s) TO STDOUT (FORMAT binary)", (5,)) as copy:
    copy.set_types(["int4"])
    list(copy.rows())
with cursor.copy("COPY t FROM STDIN") as copy:
    for i in range(100, 150):
        copy.write_row((i, "copied"))
connection.commit()
def give_up():
    with cursor.copy("COPY t FROM STDIN") as copy_:
        copy_.write_row((200, "not"))
        raise RuntimeError("given up")
expect(errors.QueryCanceled, connection, give_up)
def copy_twice():
    with cursor.copy("COPY t FROM STDIN") as copy_:
        copy_.write_row((100, "again"))
expect(errors.UniqueViolation, connection, copy_twice)

# Failures at Parse, at Bind, at Execute and at the end.
for text, parameters, error in [("SELEC %s", (1,), errors.SyntaxError), ("SELECT * FROM nothing WHERE a = %s", (1,), errors.UndefinedTable),
                                ("SELECT %s::int", ("x",), errors.InvalidTextRepresentation),
                                ("SELECT 1 / %s::int", (0,), errors.DivisionByZero),
                                ("SELECT 1; SELECT %s", (1,), errors.SyntaxError),
                                ("INSERT INTO t VALUES (%s)", (1,), errors.UniqueViolation),
                                ("SELECT a FROM t WHERE a / (a - %s) > 0", (20,), errors.DivisionByZero),
                                ("SELECT pg_sleep(%s)", (10,), errors.QueryCanceled)]:
    cursor.execute("SET LOCAL statement_timeout = 100")
    expect(error, connection, cursor.execute, text, parameters)
cursor.execute("INSERT INTO u VALUES (1), (1)")
expect(errors.UniqueViolation, connection, connection.commit)
connection.autocommit = True
expect(errors.UniqueViolation, connection, cursor.execute, "INSERT INTO u VALUES (%s), (2)", (2,))
cursor.execute("")
cursor.execute("-- only a comment")

# Pipelines: whole, with failures of which the rest is skipped, and each with its own Sync.
with connection.pipeline():
    for i in range(5):
        connection.execute("SELECT %s::int AS piped", (i,))
    connection.execute("INSERT INTO t VALUES (1000, 'p')")
def fails(pipelined):
    pipelined.execute("SELECT 'before'")
    pipelined.execute("SELECT 1 / %s::int", (0,))
    pipelined.execute("SELECT 'skipped'")
def fails_at_its_parse(pipelined):
    pipelined.execute("SELECT 'first'")
    pipelined.execute("SELECT nothing")
    pipelined.execute("SELECT 'skipped'")
def fails_at_its_sync(pipelined):
    pipelined.execute("INSERT INTO u VALUES (%s), (2)", (2,))
def fails_at_a_sync_of_several(pipelined):
    pipelined.execute("INSERT INTO u VALUES (%s), (2)", (2,))
    pipelined.execute("SELECT 'behind it'")
# A connection each: after a pipeline that failed, psycopg 3.1 has lost count of its results.
for function, error in [(fails, errors.DivisionByZero), (fails_at_its_parse, errors.UndefinedColumn),
                        (fails_at_its_sync, errors.UniqueViolation), (fails_at_a_sync_of_several, errors.UniqueViolation)]:
    pipelined = psycopg.connect("application_name=pipeline", autocommit=True)
    try:
        with pipelined.pipeline() as pipeline:
            function(pipelined)
            pipeline.sync()
            pipelined.execute("SELECT 'then'")
    except error:
        pipelined.close()
    else:
        raise SystemExit(f"{function} did not fail")

# Transactions, and applications between.
with connection.transaction():
    connection.execute("SET LOCAL application_name = 'in a transaction'")
    connection.execute("SELECT %s", (1,))
    try:
        with connection.transaction("point"):
            connection.execute("SELECT 1/0")
    except errors.DivisionByZero:
        pass
    connection.execute("SELECT 'goes on'")
connection.execute("SELECT 'after it'")
for application in ("one", "two; three", ""):
    connection.execute(sql.SQL("SET application_name = {}").format(application))
    connection.execute("SELECT %s::text", (application,))
connection.execute("SELECT set_config('application_name', %s, false)", ("by a function",))
for text in ["SHOW work_mem", "EXPLAIN SELECT 1", "LISTEN channel", "SELECT pg_notify('channel', 'x')", "UNLISTEN *", "ANALYZE t",
             "CREATE TEMP TABLE temporary AS SELECT 1 AS x", "DO $$ BEGIN NULL; END $$", "VALUES (1), (2)", "TABLE t",
             "UPDATE t SET b = 'u' WHERE a < 5 RETURNING a", "WITH d AS (DELETE FROM t WHERE a = 1 RETURNING *) SELECT * FROM d",
             "DISCARD ALL"]:
    connection.execute(text)

# Cancelled, terminated, and gone in the middle.
def cancel():
    other_says_running(pid)
    connection.cancel()
pid = pid_of(connection)
canceller = threading.Thread(target=cancel)
canceller.start()
expect(errors.QueryCanceled, connection, connection.execute, "SELECT pg_sleep(%s)", (100,))
canceller.join()
terminator = threading.Thread(target=other_says_running, args=(pid, "SELECT pg_terminate_backend(%s)"))
terminator.start()
try:
    connection.execute("SELECT pg_sleep(%s)", (200,))
except psycopg.OperationalError:
    pass
terminator.join()
wait_until_gone(pid)
connection = psycopg.connect("")
pid = pid_of(connection)
connection.execute("INSERT INTO t VALUES (%s)", (2000,))
connection.close()
wait_until_gone(pid)
