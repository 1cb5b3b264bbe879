# What asyncpg sends: prepared statements that it keeps, limited Executes (fetchrow, fetchval, cursors), COPY.
import asyncio
import io

import asyncpg
from asyncpg import exceptions

from workload import other_says_running, wait_until_gone


async def expect(error, awaitable):
    try:
        await awaitable
    except error:
        return
    raise SystemExit(f"no {error}")


async def main():
    connection = await asyncpg.connect(server_settings={"application_name": "asyncpg"})
    await connection.execute("DROP TABLE IF EXISTS t, u; CREATE TABLE t (a int PRIMARY KEY, b text);"
                             "CREATE TABLE u (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)")
    # All rows, one row of some, of one and of none; each prepared once and then used again.
    for i in range(3):
        await connection.execute("INSERT INTO t VALUES ($1, $2)", i, "it's; one")
        await connection.fetch("SELECT * FROM t WHERE a <= $1", i)
    await connection.executemany("INSERT INTO t VALUES ($1, $2)", [(i, "many") for i in range(10, 40)])
    for _ in range(2):
        await connection.fetchrow("SELECT * FROM t ORDER BY a")
        await connection.fetchrow("SELECT * FROM t WHERE a = $1", 1)
        await connection.fetchrow("SELECT * FROM t WHERE a = $1", -1)
        await connection.fetchval("SELECT generate_series(1, 5)")
        await connection.fetchval("SELECT count(*) FROM t")
    await connection.fetchrow("INSERT INTO t VALUES (50, 'x'), (51, 'y') RETURNING a")
    await connection.fetchval("UPDATE t SET b = $1 WHERE a > 45 RETURNING b", "größer; 猫")
    await connection.fetch("SELECT 1 -- behind it")
    await connection.fetchrow("SHOW work_mem")
    await connection.fetch("EXPLAIN SELECT 1")
    statement = await connection.prepare("SELECT a, b FROM t WHERE a > $1 ORDER BY a")
    await statement.fetch(3)
    await statement.fetchrow(3)
    await statement.fetchval(100)
    await statement.explain(3)
    # Cursors: portals that are fetched in parts.
    async with connection.transaction():
        rows = 0
        async for _ in connection.cursor("SELECT a FROM t ORDER BY a", prefetch=7):
            rows += 1
        assert rows == 35
        cursor = await connection.cursor("SELECT a FROM t WHERE a > $1 ORDER BY a", 5)
        await cursor.fetch(4)
        await cursor.forward(3)
        await cursor.fetchrow()
        await cursor.fetch(100)
        await cursor.fetch(100)
        async for _ in statement.cursor(10):
            break
    # Many commands, without one, and the errors of each part of the protocol.
    await connection.execute("SELECT 1; SELECT 'a;b'; /* ; */ UPDATE t SET b = 'z' WHERE a < 2; -- done")
    await expect(AttributeError, connection.execute(""))  # asyncpg 0.27 does not know the answer to that
    await connection.fetch("")
    await connection.fetch("-- only a comment")
    await expect(exceptions.DivisionByZeroError, connection.execute("SELECT 1; SELECT 1/0; SELECT 2"))
    await expect(exceptions.DivisionByZeroError, connection.fetch("SELECT 1 / $1::int", 0))
    await expect(exceptions.PostgresSyntaxError, connection.fetch("SELEC $1", 0))
    await expect(exceptions.PostgresSyntaxError, connection.fetch("SELECT 1; SELECT 2"))
    await expect(exceptions.UndefinedTableError, connection.fetch("SELECT * FROM nothing"))
    await expect(exceptions.UniqueViolationError, connection.execute("INSERT INTO t VALUES ($1)", 1))
    await expect(exceptions.UniqueViolationError, connection.executemany("INSERT INTO t VALUES ($1)", [(60,), (61,), (1,), (62,)]))
    await expect(exceptions.UniqueViolationError, connection.execute("INSERT INTO u VALUES ($1), (1)", 1))
    await expect(exceptions.UniqueViolationError, connection.fetchrow("INSERT INTO u VALUES ($1), (1) RETURNING a", 1))
    await expect(exceptions.DivisionByZeroError, connection.fetch("SELECT 10 / (a - 20) FROM t ORDER BY a"))
    await connection.execute("SET statement_timeout = 100")
    await expect(exceptions.QueryCanceledError, connection.fetch("SELECT pg_sleep($1)", 10))
    await connection.execute("RESET statement_timeout")

    async def fails_at_its_commit():
        async with connection.transaction():
            await connection.execute("INSERT INTO u VALUES (3), (3)")
    await expect(exceptions.UniqueViolationError, fails_at_its_commit())
    async with connection.transaction(isolation="serializable", readonly=True):
        try:
            async with connection.transaction():
                await connection.execute("DELETE FROM t")
        except exceptions.ReadOnlySQLTransactionError:
            pass
        await connection.fetchval("SELECT 'goes on'")
    # What it prepared is gone, or does not fit any more, and it does not know.
    await connection.fetch("SELECT * FROM t WHERE a = $1", 1)
    await connection.execute("ALTER TABLE t ADD c int")
    await connection.fetch("SELECT * FROM t WHERE a = $1", 1)
    await connection.fetch("SELECT 'prepared', $1::int", 1)
    await connection.execute("DEALLOCATE ALL")
    await expect(exceptions.InvalidSQLStatementNameError, connection.fetch("SELECT 'prepared', $1::int", 1))
    # COPY.
    await connection.copy_from_table("t", output=io.BytesIO(), format="csv")
    await connection.copy_from_query("SELECT a FROM t WHERE a < $1", 20, output=io.BytesIO())
    await connection.copy_records_to_table("t", records=[(i, "copied") for i in range(100, 150)], columns=["a", "b"])
    await connection.copy_to_table("t", source=io.BytesIO(b"200\tx\n201\ty\n"), columns=["a", "b"])
    await expect(exceptions.UniqueViolationError, connection.copy_records_to_table("t", records=[(100, "z")], columns=["a", "b"]))
    # Applications.
    for application in ("one", "two; three"):
        await connection.execute(f"SET application_name = '{application}'")
        await connection.fetchval("SELECT $1::text", application)
        await connection.fetchval("SELECT generate_series(1, 3)")
    await connection.add_listener("channel", lambda *_: None)
    await connection.execute("NOTIFY channel, 'x'")
    await connection.reset()
    # Cancelled by asyncpg, terminated, and gone in the middle.
    await expect(asyncio.TimeoutError, connection.fetch("SELECT pg_sleep($1)", 100, timeout=0.2))
    await connection.fetchval("SELECT 'after it'")
    pid = connection.get_server_pid()
    sleeping = asyncio.create_task(connection.fetch("SELECT pg_sleep($1)", 200))
    await asyncio.to_thread(other_says_running, pid, "SELECT pg_terminate_backend(%s)")
    await expect((exceptions.AdminShutdownError, exceptions.ConnectionDoesNotExistError), sleeping)
    await asyncio.to_thread(wait_until_gone, pid)
    connection = await asyncpg.connect()
    pid = connection.get_server_pid()
    await connection.transaction().start()
    await connection.execute("INSERT INTO t VALUES (1000)")
    connection.terminate()
    await asyncio.to_thread(wait_until_gone, pid)
    pool = await asyncpg.create_pool(min_size=2, max_size=2, server_settings={"application_name": "pool"})
    await asyncio.gather(*(pool.fetchrow("SELECT $1::int, generate_series(1, 3)", i) for i in range(20)))
    await pool.close()


asyncio.run(main())
