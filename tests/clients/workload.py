# What the workloads in Python have in common.
import time

import psycopg2


def expect(error, connection, function, *arguments):
    """Calls the function, which has to fail with this error, and ends the transaction."""
    try:
        function(*arguments)
    except error:
        connection.rollback()
        return
    raise SystemExit(f"{arguments} did not fail")


def pid_of(connection):
    return connection.info.backend_pid


def _other():
    connection = psycopg2.connect("application_name=other")
    connection.autocommit = True
    return connection, connection.cursor()


def other_says_running(pid, then=None):
    """Returns when that backend sleeps in a statement; does then what is asked for with it."""
    connection, cursor = _other()
    while True:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'", (pid,))
        if cursor.fetchone():
            break
        time.sleep(0.02)
    if then:
        cursor.execute(then, (pid,))
    connection.close()


def wait_until_gone(pid):
    connection, cursor = _other()
    while True:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", (pid,))
        if not cursor.fetchone():
            break
        time.sleep(0.02)
    connection.close()
