# Live tests of real drivers and of a pooler: each execution of their sessions, its text, SQLSTATE, rows, application and
# query id, beside the server's own log (tests/clients/judge.py).

. "$here/postgres_vocabulary.sh"
clients=$here/../clients
installed=$here/../../build/clients
python=/usr/bin/python3 # that which has the system's packages
export PYTHONDONTWRITEBYTECODE=1

# workload NAME COMMAND...: records what this command's clients do on a server of its own, and judges it.
workload() {
  local name=$1 version
  shift
  [ -e "$installed/pgbouncer" ] || skip "the drivers are not installed; tests/run.sh clients does that"
  version=$(cd / && server_version)
  [ "$version" -ge 15 ] || skip "PostgreSQL $version has no jsonlog"
  require_postgres shared_preload_libraries=pg_stat_statements pg_stat_statements.max=10000 max_prepared_transactions=5 \
    logging_collector=on log_destination=jsonlog log_directory=log log_filename=server.log log_rotation_age=0 \
    log_statement=all log_duration=on log_error_verbosity=verbose compute_query_id=on
  run_sql 'CREATE EXTENSION pg_stat_statements; CREATE ROLE client LOGIN; GRANT CREATE ON SCHEMA public TO client'
  mkdir -m 755 "$cluster_dir/tap"
  "$python" "$clients/tap.py" "$cluster_dir/.s.PGSQL.5432" "$cluster_dir/tap/.s.PGSQL.5432" results port 2>tap.err &
  background_pids=$!
  until_true [ -e port ]
  run_sql 'SELECT pg_stat_statements_reset()' >/dev/null
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  background_slowlog -t 0 --errors --format json
  PGHOST=$cluster_dir/tap PGUSER=client TAP_PORT=$(cat port) timeout "$patience" "$@" >client.out 2>&1 ||
    fail "the workload failed: $(tail -n 30 client.out)"
  until_true no_sessions
  record_stop
  kill -INT "$slowlog_pid" && wait "$slowlog_pid" || fail "slowlog: $(cat slow.err)"
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  run_sql "COPY (SELECT queryid, calls, rows, query FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
                 WHERE rolname = 'client') TO STDOUT CSV" >statements.csv
  # What is logged later stands behind it.
  run_sql "SELECT 'the end of the log'" >/dev/null
  until_true grep -q 'the end of the log' "$cluster_dir/data/log/server.json"
  "$python" "$clients/judge.py" "$name" "$version" "$PGREC" t.pgt slow.log "$cluster_dir/data/log/server.json" results \
    "$clients/differences.list" statements.csv >judged.txt 2>&1 || fail "$(cat judged.txt)"
  tail -n 1 judged.txt
}

no_sessions() {
  [ "$(run_sql "SELECT count(*) FROM pg_stat_activity WHERE usename = 'client'")" = 0 ]
}

test_psycopg2() {
  workload psycopg2 "$python" "$clients/psycopg2_client.py"
}

test_psycopg3() {
  workload psycopg3 "$python" "$clients/psycopg3_client.py"
}

test_asyncpg() {
  workload asyncpg "$python" "$clients/asyncpg_client.py"
}

test_dbd_pg() {
  workload dbd_pg perl "$clients/dbd_pg_client.pl"
}

# node_workload NAME FILE: modules are looked for beside the file that wants them.
node_workload() {
  ln -s "$(realpath "$installed")/node_modules" node_modules
  cp "$clients/$2" .
  workload "$1" node "$2"
}

test_node_pg() {
  node_workload node_pg node_pg_client.mjs
}

test_postgres_js() {
  node_workload postgres_js postgres_js_client.mjs
}

test_jdbc() {
  workload jdbc java -XX:TieredStopAtLevel=1 -cp /usr/share/java/postgresql.jar "$clients/JdbcClient.java"
}

test_pgbouncer() {
  PATH=$PATH:$(realpath "$installed")/pgbouncer/usr/sbin
  workload pgbouncer "$python" "$clients/pgbouncer_client.py"
}
