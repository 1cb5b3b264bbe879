# What PgBouncer makes of its clients: sessions of the server that run statements of many of them, in the three ways to
# pool. Starts one, as the server's user in a directory beside the tap's, and stops it.
import os
import signal
import subprocess
import threading
import time

import psycopg
import psycopg2
import psycopg2.errors

from workload import expect, other_says_running

beside = os.path.dirname(os.environ["PGHOST"])
directory = beside + "/pool"
owner = os.stat(beside + "/data")
os.mkdir(directory, 0o700)
os.chown(directory, owner.st_uid, owner.st_gid)
os.chdir(directory)
SETTINGS = f"""
[databases]
session = host={os.environ["PGHOST"]} dbname=postgres user=client pool_mode=session pool_size=1
transaction = host={os.environ["PGHOST"]} dbname=postgres user=client pool_mode=transaction pool_size=2
one = host={os.environ["PGHOST"]} dbname=postgres user=client pool_mode=transaction pool_size=1
statement = host={os.environ["PGHOST"]} dbname=postgres user=client pool_mode=statement pool_size=1
[pgbouncer]
listen_port = 6432
unix_socket_dir = {os.getcwd()}
unix_socket_mode = 0700
auth_type = any
"""


def pooled(pool, application, **more):
    connection = psycopg2.connect(host=os.getcwd(), port=6432, dbname=pool, application_name=application, **more)
    connection.autocommit = True
    return connection, connection.cursor()


def pooled3(pool, application):
    connection = psycopg.connect(f"host={os.getcwd()} port=6432 dbname={pool} application_name={application}", autocommit=True)
    connection.prepare_threshold = 0
    return connection


def applications_in_turn(pool):
    clients = [pooled(pool, f"{pool}; {i}") for i in range(3)]
    for turn in range(3):
        for i, (_, cursor) in enumerate(clients):
            cursor.execute("SELECT %s", (i,))
            cursor.execute("SELECT 1; SELECT 'of turn; %s'", (turn,))
            if turn == 1:
                cursor.execute(f"SET application_name = 'renamed {i}'")
    for connection, _ in clients:
        connection.close()


def transactions(pool):
    clients = [pooled(pool, f"in transactions {i}") for i in range(3)]
    def run(connection, cursor):
        connection.autocommit = False
        for i in range(5):
            cursor.execute("INSERT INTO t VALUES (%s)", (i,))
            cursor.execute("SELECT count(*) FROM t")
            connection.rollback() if i % 2 else connection.commit()
        expect(psycopg2.errors.DivisionByZero, connection, cursor.execute, "SELECT 1/0")
        connection.close()
    threads = [threading.Thread(target=run, args=one) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def prepared(pool):
    """Statements that a session has prepared and the next does not have, or has already."""
    states = []
    first, second = pooled3(pool, "first"), pooled3(pool, "second")
    for connection in (first, second, first, second, first):
        for text in ("SELECT %s::int AS a", "SELECT a FROM t WHERE a = %s", "SELECT %s::int AS a"):
            try:
                connection.execute(text, (1,))
            except psycopg.Error as error:
                states.append(error.sqlstate)
    first.execute("SELECT 'between'", prepare=False)
    second.execute("DEALLOCATE ALL")
    for connection in (first, second):
        try:
            connection.execute("SELECT %s::int AS a", (1,))
        except psycopg.Error as error:
            states.append(error.sqlstate)
        connection.close()
    if "26000" not in states or "42P05" not in states:
        raise SystemExit(f"prepared statements failed with {states} only")


def ends(pool):
    connection, cursor = pooled(pool, "cancelled")
    cursor.execute("SELECT pg_backend_pid()")
    pid = cursor.fetchone()[0]
    canceller = threading.Thread(target=lambda: (other_says_running(pid), connection.cancel()))
    canceller.start()
    expect(psycopg2.errors.QueryCanceled, connection, cursor.execute, "SELECT pg_sleep(100)")
    canceller.join()
    # Gone in the middle: the pooler then closes the server's session.
    connection.autocommit = False
    cursor.execute("INSERT INTO t VALUES (1000)")
    connection.close()
    connection, cursor = pooled(pool, "after it")
    cursor.execute("SELECT 'after it'")
    connection.close()


with open("pgbouncer.ini", "w") as file:
    file.write(SETTINGS)
user = ["setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"] if os.getuid() == 0 else []
bouncer = subprocess.Popen([*user, "pgbouncer", "-q", "pgbouncer.ini"])
try:
    while not os.path.exists(".s.PGSQL.6432"):
        if bouncer.poll() is not None:
            raise SystemExit("pgbouncer did not start")
        time.sleep(0.02)
    _, cursor_ = pooled("session", "session")
    cursor_.execute("DROP TABLE IF EXISTS t")
    cursor_.execute("CREATE TABLE t (a int)")
    cursor_.connection.close()
    for pool_ in ("one", "transaction", "statement"):
        applications_in_turn(pool_)
    for pool_ in ("one", "transaction", "session"):
        transactions(pool_)
    prepared("one")
    ends("one")
    connection_, cursor_ = pooled("statement", "statement by statement")
    connection_.autocommit = False
    try:
        cursor_.execute("SELECT 1")
        raise SystemExit("a transaction in a pool of statements")
    except psycopg2.OperationalError:
        pass
finally:
    bouncer.send_signal(signal.SIGINT)
    bouncer.wait()
