# Live tests of who ran what: each execution has the application and the users of its own time, each process is who
# the server says, whatever its roles and databases are called.

. "$here/postgres_vocabulary.sh"

# start_recording ARGUMENTS...: of the private cluster, to t.pgt
start_recording() {
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt "$@"
}

stop_recording() {
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

# sessions [FILE]: what each execution of a SELECT says of itself, and what the trace says of it
sessions() {
  query "${1:-t.pgt}" "SELECT text || ' | ' || coalesce(application, '-') || ' ' || coalesce(user, '-') || ' ' ||
                    coalesce(session_user, '-') AS said FROM executions WHERE text LIKE 'SELECT %' ORDER BY ts_ns" | tr -d '"'
}

# A pooler names each of its clients; what was set is taken back in many ways.
test_an_execution_has_the_application_of_its_time() {
  require_postgres
  start_recording
  PGAPPNAME=first psql -qXAt -c "SELECT 'first'" \
    -c "SET application_name = 'web'" -c "SELECT 'web'" -c "SELECT 'web too'" \
    -c "BEGIN; SET LOCAL application_name = 'local'; SELECT 'local'; ROLLBACK; SELECT 'web after it'" \
    -c "SET application_name = 'a b: c'; SELECT 'in one message'; SET application_name = ''; SELECT 'none'" \
    -c "RESET application_name" -c "SELECT 'first again'" >/dev/null
  stop_recording
  check "applications" "SELECT 'first' | first postgres postgres
SELECT 'web' | web postgres postgres
SELECT 'web too' | web postgres postgres
SELECT 'local' | local postgres postgres
SELECT 'web after it' | web postgres postgres
SELECT 'in one message' | a b: c postgres postgres
SELECT 'none' | - postgres postgres
SELECT 'first again' | first postgres postgres" "$(sessions)"
  check "names that the process has too" "web,1" \
    "$(query t.pgt "SELECT application, count(*) FROM executions JOIN processes USING (process_id)
                    WHERE text = 'SELECT ''web''' AND database = 'postgres' AND backend_type = 'client backend'")"
}

test_an_execution_runs_as_the_users_of_its_time() {
  require_postgres
  run_sql 'CREATE ROLE "app user"; CREATE ROLE alice LOGIN SUPERUSER; CREATE ROLE bob LOGIN; GRANT "app user" TO bob;
           ALTER ROLE bob SET role = "app user"'
  # As the server has it: before 13.17, 15.9 and 17.1 a rollback brings a role back that was reset (CVE-2024-10978).
  local after_rollback
  after_rollback=$(psql -qXAt -U alice -c 'SET ROLE "app user"' -c 'SET SESSION AUTHORIZATION bob' \
    -c 'RESET SESSION AUTHORIZATION' -c 'BEGIN; SET LOCAL ROLE bob; ROLLBACK; SELECT current_user' | tail -n 1)
  start_recording
  psql -qXAt -U alice -c 'SELECT 1' -c 'SET ROLE "app user"' -c 'SELECT 2' -c 'SET SESSION AUTHORIZATION bob' \
    -c 'SELECT 3' -c 'RESET SESSION AUTHORIZATION' -c 'SELECT 4' \
    -c 'BEGIN; SET LOCAL ROLE bob; SELECT 5; ROLLBACK; SELECT 6' \
    -c 'SET ROLE bob; SELECT 7; RESET ROLE; SELECT 8' -c 'SET ROLE bob' -c 'DISCARD ALL' -c 'SELECT 9' >/dev/null
  psql -qXAt -U bob -c 'SELECT 10' -c 'SET ROLE NONE' -c 'SELECT 11' >/dev/null
  stop_recording
  check "users" "SELECT 1 | psql alice alice
SELECT 2 | psql app user alice
SELECT 3 | psql bob bob
SELECT 4 | psql alice alice
SELECT 5 | psql bob alice
SELECT 6 | psql $after_rollback alice
SELECT 7 | psql bob alice
SELECT 8 | psql alice alice
SELECT 9 | psql alice alice
SELECT 10 | psql app user bob
SELECT 11 | psql bob bob" "$(sessions)"
  check "who logged in" "alice
bob" "$(query t.pgt "SELECT user FROM processes WHERE backend_type = 'client backend' ORDER BY started_ns")"
}

# In the server's own words.
test_the_server_says_the_same_users() {
  require_postgres
  run_sql 'CREATE ROLE app; CREATE TABLE said (n int, u text, s text); GRANT INSERT ON said TO app'
  cat >script.sql <<'END'
INSERT INTO said VALUES (1, current_user, session_user);
SET ROLE app;
INSERT INTO said VALUES (2, current_user, session_user);
SET SESSION AUTHORIZATION app;
INSERT INTO said VALUES (3, current_user, session_user);
RESET SESSION AUTHORIZATION;
INSERT INTO said VALUES (4, current_user, session_user);
BEGIN;
SET ROLE app;
INSERT INTO said VALUES (5, current_user, session_user);
SAVEPOINT s;
SET SESSION AUTHORIZATION app;
ROLLBACK TO s;
INSERT INTO said VALUES (6, current_user, session_user);
SET SESSION AUTHORIZATION app;
INSERT INTO said VALUES (7, current_user, session_user);
COMMIT;
INSERT INTO said VALUES (8, current_user, session_user);
END
  start_recording
  pgbench -n -t 1 -M extended -f script.sql >/dev/null 2>&1 || fail "pgbench failed"
  stop_recording
  check "users" "$(psql -qXAt -F, -c 'SELECT n, u, s FROM said ORDER BY n')" \
    "$(query t.pgt "SELECT substr(text, 26, 1), user, session_user FROM executions WHERE text LIKE 'INSERT INTO said%' ORDER BY ts_ns")"
}

test_what_a_session_was_when_recording_began_is_known() {
  require_postgres
  run_sql 'CREATE ROLE "my role"; CREATE ROLE other'
  start_session "SET application_name = 'before'" 'SET ROLE "my role"' "SELECT pg_sleep(3), 'running'" "SELECT 'next'" \
    'SET ROLE other' "SELECT 'other'"
  until_true sleeps "$session_pid"
  start_recording
  session_wait
  stop_recording
  check "sessions" "SELECT pg_sleep(3), 'running' | before my role postgres
SELECT 'next' | before my role postgres
SELECT 'other' | before other postgres" "$(sessions)"
}

# Names with what stands between the parts of a process title, or like processes of the server.
test_processes_are_known_whatever_they_are_called() {
  require_postgres cluster_name='a: b'
  local names=('two words' 'checkpointer' 'walsender' 'a: autovacuum worker' '[local]' 'x(5)' 'parallel worker for PID 1' "it's")
  local name expected=
  for name in "${names[@]}"; do
    psql -qX -v name="$name" <<<'CREATE ROLE :"name" LOGIN; CREATE DATABASE :"name" OWNER :"name" TEMPLATE template0'
  done
  start_recording
  for name in "${names[@]}"; do
    psql -qXAt -U "$name" -d "$name" -c "SELECT 1" >/dev/null || fail "$name cannot connect"
    psql -qXAt -U "$name" -d postgres -c "SELECT 1" >/dev/null
    expected+="client backend|$name|$name|[local]"$'\n'"client backend|postgres|$name|[local]"$'\n'
  done
  stop_recording
  check "processes" "${expected%$'\n'}" \
    "$("$PGREC" sql t.pgt "SELECT backend_type || '|' || database || '|' || user || '|' || client AS who
                           FROM processes JOIN executions e USING (process_id) WHERE text = 'SELECT 1' ORDER BY e.ts_ns" --format csv |
       tail -n +2 | tr -d '"')"
  check "executions without a name" 0 \
    "$(query t.pgt "SELECT count(*) FROM executions WHERE database IS NULL OR user IS NULL OR session_user IS NULL")"
}

# autovacuum_came N: so often to the tables of "my db"
autovacuum_came() {
  [ "$(psql -qXAt -d 'my db' -c "SELECT coalesce(sum(autovacuum_count + autoanalyze_count), 0) >= $1 FROM pg_stat_user_tables")" = t ]
}

test_every_execution_of_autovacuum_has_its_process() {
  require_postgres autovacuum=on autovacuum_naptime=1s autovacuum_vacuum_threshold=0 autovacuum_analyze_threshold=0
  run_sql 'CREATE DATABASE "my db"'
  start_recording
  local i
  for i in 1 2 3 4; do
    psql -qXAt -d 'my db' -c 'CREATE TABLE IF NOT EXISTS t (a int)' -c 'INSERT INTO t SELECT generate_series(1, 100)' -c 'DELETE FROM t' >/dev/null
    until_true autovacuum_came "$i"
  done
  stop_recording
  local all
  all=$(query t.pgt "SELECT count(*) FROM executions WHERE text LIKE 'autovacuum: %'")
  [ "$all" -gt 0 ] || fail "autovacuum did nothing"
  check "those of a worker whose database is known" "$all" \
    "$(query t.pgt "SELECT count(*) FROM executions JOIN processes USING (process_id) WHERE text LIKE 'autovacuum: %'
                    AND backend_type = 'autovacuum worker' AND database IN ('postgres', 'my db', 'template1')")"
  check "those of the table" 1 \
    "$(query t.pgt "SELECT count(*) > 0 FROM executions WHERE text LIKE 'autovacuum: %public.t%' AND database = 'my db'")"
}

test_a_walsender_has_its_database() {
  require_postgres wal_level=logical
  run_sql 'CREATE ROLE rep LOGIN REPLICATION SUPERUSER'
  run_sql 'CREATE DATABASE "my db"'
  start_recording
  psql -qXAt "user=rep dbname='my db' replication=database" -c IDENTIFY_SYSTEM -c 'SELECT 1' >/dev/null ||
    fail "it cannot replicate"
  psql -qXAt "user=rep replication=true" -c IDENTIFY_SYSTEM >/dev/null || fail "it cannot replicate"
  stop_recording
  check "walsenders" "my db,rep,[local]
,rep,[local]" \
    "$(query t.pgt "SELECT database, user, client FROM processes WHERE backend_type = 'walsender' ORDER BY started_ns" | tr -d '"')"
  check "SQL of one" "my db,rep" "$(query t.pgt "SELECT database, user FROM executions WHERE text = 'SELECT 1'" | tr -d '"')"
}

test_a_slow_statement_has_the_session_of_its_time() {
  require_postgres
  run_sql 'CREATE ROLE "my role"'
  slowlog_start -p "$cluster_postmaster" -t 0 --format json
  PGAPPNAME=first psql -qXAt -c 'SELECT 1' -c "SET application_name = 'web'" -c 'SELECT 2' -c 'SET ROLE "my role"; SELECT 3' \
    -c 'SET SESSION AUTHORIZATION "my role"' -c 'SELECT 4' >/dev/null
  record_stop
  check "sessions" "SELECT 1 postgres postgres first
SET application_name = 'web' postgres postgres first
SELECT 2 postgres postgres web
SELECT 3 my role postgres web
SELECT 4 my role my role web" \
    "$(sed -nE 's/.*"user": "([^"]*)", "session_user": "([^"]*)".*"application": "([^"]*)".*"text": "(S[^"]*[0-9b]'"'?"')",.*/\4 \1 \2 \3/p' slow.out | grep -v '^SET [RS]')"
}

test_each_part_of_a_recording_says_its_own_sessions() {
  require_postgres
  record_start -p "$cluster_postmaster" --preset queries -o part.pgt --rotate 2s --keep 9
  PGAPPNAME=first psql -qXAt -c "SELECT 'one'" -c "SET application_name = 'second'" -c "SELECT 'two'" \
    -c 'SELECT pg_sleep(2.5)' -c "SELECT 'three'" >/dev/null
  record_stop
  local file
  check "applications" "SELECT 'one' first
SELECT 'three' second
SELECT 'two' second" \
    "$(for file in part*.pgt; do query "$file" "SELECT text || ' ' || application FROM executions WHERE text LIKE 'SELECT ''%' ORDER BY ts_ns"; done | tr -d '"' | sort)"
}
