# Live tests of counts: one number for one thing, wherever it is told, and one outcome in a recording and in the
# slow-query log.

. "$here/postgres_vocabulary.sh"

parallel_settings="max_parallel_workers_per_gather=2 min_parallel_table_scan_size=0 parallel_setup_cost=0 parallel_tuple_cost=0"

# make_rows: a table of 100,000 rows, which is scanned by two workers and their leader
make_rows() {
  run_sql 'CREATE TABLE t AS SELECT g FROM generate_series(1, 100000) g; ANALYZE t'
}

# outcomes_in_log PATTERN: outcome, SQLSTATE and rows of each statement whose text begins like this pattern of grep
outcomes_in_log() {
  grep " text=$1" slow.log | sed -nE 's/.* rows=([^ ]*) outcome=([^ ]*)( sqlstate=([^ ]*))? .*/\2,\4,\1/p'
}

# outcomes LIKE: the same of the recording
outcomes() {
  query t.pgt "SELECT outcome, sqlstate, coalesce(rows, '-') FROM executions WHERE text LIKE '$1' ORDER BY ts_ns, execution_id"
}

test_executions_are_as_many_wherever_they_are_counted() {
  require_postgres $parallel_settings
  make_rows
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  start_frontend
  frontend_do 'query SELECT count(*) FROM t' 'parse a SELECT 7' sync 'bind - a' 'execute - 0' sync 'parse - SELECT 8' sync
  stop_frontend
  record_stop
  check "in the relations" 2,2,2 "$(query t.pgt "SELECT (SELECT count(*) FROM executions) AS e,
    (SELECT count(*) FROM preparations) AS p, (SELECT count(*) FROM worker_runs) AS w")"
  check_match "in the summary" $'*\n  executions  2\n  workers     2 runs of *' "$recorder_said"
  pgrec info t.pgt
  check "in info" $'trace.executions 2\ntrace.preparations 2\ntrace.worker_runs 2' \
    "$(grep -E '^trace\.(executions|preparations|worker_runs) ' <<<"$out" | tr -s ' ')"
  pgrec analyze t.pgt --by-query --format json
  check "in analyze" 2 "$(grep -o '"executions": [0-9]*' <<<"$out" | awk '{ sum += $2 } END { print sum }')"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

test_the_parallel_workers_of_a_process_belong_to_it() {
  require_postgres $parallel_settings
  make_rows
  start_frontend
  record_start -p "$frontend_backend" -f heap_getnextslot -o t.pgt
  # Of another session, whose workers are its own.
  run_sql 'SELECT count(*) FROM t' >/dev/null
  frontend_do 'query SELECT count(*) FROM t' 'query SELECT count(*) FROM t'
  stop_frontend
  record_wait
  check "recorder status" 0 "$recorder_status"
  # Of t; the others are of catalogs.
  check "all calls" 1 "$(query t.pgt "SELECT count(*) BETWEEN 200006 AND 200100 AS found FROM calls")"
  check "executions and worker runs" 2,4,4 "$(query t.pgt "SELECT (SELECT count(*) FROM executions) AS e,
    (SELECT count(*) FROM worker_runs) AS w, (SELECT count(*) FROM worker_runs WHERE leader_execution_id IS NOT NULL) AS known")"
  check "processes, and for whom they work" "$(printf '%s\n' "1,client backend," "4,parallel worker,$frontend_backend")" \
    "$(query t.pgt "SELECT count(*), backend_type, leader_pid FROM processes GROUP BY 2, 3 ORDER BY 1")"
}

test_parallel_workers_that_run_already_belong_to_their_leader() {
  require_postgres $parallel_settings
  make_rows
  start_session "SELECT count(*) FROM t WHERE g > 0 AND pg_sleep(0.001) IS NOT NULL"
  until_true workers_run 2
  record_start -p "$session_pid" -f pg_sleep -d 1s -o t.pgt
  record_wait
  check "processes that make calls" "1,client backend
2,parallel worker" "$(query t.pgt "SELECT count(DISTINCT c.pid), backend_type FROM calls c JOIN processes p ON p.pid = c.pid
                                    GROUP BY 2 ORDER BY 1")"
}

# workers_run N
workers_run() {
  [ "$(run_sql "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'parallel worker'")" = "$1" ]
}

test_rows_are_those_that_the_server_counts() {
  require_postgres
  run_sql 'CREATE TABLE t (a int); INSERT INTO t SELECT g FROM generate_series(1, 1000) g'
  run_sql 'CREATE MATERIALIZED VIEW v AS SELECT a FROM t'
  run_sql "CREATE PROCEDURE p(INOUT a int) LANGUAGE plpgsql AS 'BEGIN a := a + 1; END'"
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  background_slowlog -t 0
  start_frontend
  local i fetches=()
  for i in 1 2 3 4 5 6 7 8 9 10 11; do fetches+=('execute - 100'); done
  frontend_do 'parse - SELECT a FROM t' 'bind - -' "${fetches[@]}" sync \
    'parse - INSERT INTO t VALUES (1), (2), (3) RETURNING a' 'bind - -' 'execute - 1' 'execute - 1' 'execute - 0' sync \
    'parse - EXPLAIN SELECT a FROM t WHERE a > 1' 'bind - -' 'execute - 1' 'execute - 0' sync \
    'query EXPLAIN SELECT a FROM t WHERE a > 1' 'query SHOW ALL' 'query CALL p(1)' 'query REFRESH MATERIALIZED VIEW v' \
    'query BEGIN' 'query DECLARE c CURSOR FOR SELECT a FROM t' 'query FETCH 7 FROM c' 'query MOVE 5 FROM c' 'query COMMIT' \
    'query PREPARE q AS SELECT 4 UNION ALL SELECT 5' 'query EXECUTE q'
  stop_frontend
  stop_background_slowlog
  record_stop
  check "a portal that is fetched in parts" "10,suspended,1000
1,completed,0" "$(query t.pgt "SELECT count(*), outcome, sum(rows) FROM executions WHERE text = 'SELECT a FROM t' GROUP BY 2 ORDER BY 1 DESC")"
  check "what an INSERT returns in parts" "suspended,,1
suspended,,1
completed,,1" "$(outcomes 'INSERT INTO t%')"
  check "EXPLAIN" "suspended,,-
completed,,0
completed,,0" "$(outcomes 'EXPLAIN%')"
  check "the others" "SHOW ALL,0
CALL p(1),0
REFRESH MATERIALIZED VIEW v,$([ "$(server_version)" -ge 14 ] && echo 1003 || echo 0)
FETCH 7 FROM c,7
MOVE 5 FROM c,5
EXECUTE q,2" "$(query t.pgt "SELECT text, rows FROM executions WHERE text LIKE 'SHOW%' OR text LIKE 'CALL%' OR text LIKE 'REFRESH%'
                             OR text LIKE 'FETCH%' OR text LIKE 'MOVE%' OR text LIKE 'EXECUTE%' ORDER BY ts_ns")"
  local text
  for text in 'SELECT a FROM t' 'INSERT INTO t' 'EXPLAIN' 'SHOW' 'CALL' 'FETCH' 'MOVE' 'EXECUTE'; do
    check "$text in the log" "$(outcomes "$text%")" "$(outcomes_in_log "$text")"
  done
}

test_a_transaction_that_was_idle_before_the_recording_is_told() {
  require_postgres
  start_frontend
  local backend=$frontend_backend
  frontend_do 'query BEGIN' 'query SELECT 1 / 0'
  until_true idles "$backend" 'idle in transaction (aborted)'
  record_start -p "$cluster_postmaster" --preset queries --rotate 1s -o t.pgt
  until_true [ -e t.2.pgt ]
  frontend_do 'query ROLLBACK'
  stop_frontend
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "in the first part" "$backend,1,0,1" \
    "$(query t.pgt "SELECT pid, aborted, ts_ns, running_ns > 0 AS before FROM idle_in_transaction")"
  check "in the second" "$backend,1,0,1" \
    "$(query t.2.pgt "SELECT pid, aborted, ts_ns, running_ns > 1000000000 AS before FROM idle_in_transaction")"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

# idles PID STATE
idles() {
  [ "$(run_sql "SELECT state FROM pg_stat_activity WHERE pid = $1")" = "$2" ]
}

test_what_ends_with_its_process_has_one_outcome() {
  require_postgres restart_after_crash=on
  record_start -x "$server" --preset queries -o t.pgt
  background_slowlog -t 1h --errors
  start_session 'SELECT pg_sleep(1001)'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_terminate_backend($session_pid)" >/dev/null
  session_wait
  # Prepared, and its client is gone.
  start_frontend
  frontend_do 'parse - SELECT 1002' 'send'
  stop_frontend
  start_session 'SELECT pg_sleep(1003)'
  until_true sleeps "$session_pid"
  kill -9 "$session_pid"
  session_wait
  until_true pg_isready -q
  stop_background_slowlog
  record_stop
  check "terminated" "error,57P01,-" "$(outcomes '%1001%')"
  check "killed" "error,,-" "$(outcomes '%1003%')"
  check "terminated, in the log" "error,57P01,-" "$(outcomes_in_log '.*1001')"
  check "killed, in the log" "error,,-" "$(outcomes_in_log '.*1003')"
  check "prepared" "not-run" "$(query t.pgt "SELECT outcome FROM preparations WHERE text LIKE '%1002'")"
  check "prepared is no execution" "" "$(outcomes '%1002')$(outcomes_in_log '.*1002')"
}

# stream_has_begun
stream_has_begun() {
  [ "$(run_sql "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'")" = 1 ]
}

test_messages_to_a_walsender_are_executions_once() {
  require_postgres wal_level=logical
  local stream
  run_sql "SELECT pg_create_logical_replication_slot('s', 'test_decoding')" >/dev/null 2>&1 ||
    skip "the server has no test_decoding"
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  background_slowlog -t 0 --errors
  psql -qXAt "dbname=postgres replication=true" -c 'SELECT 1' -c 'IDENTIFY_SYSTEM' -c 'IDENTIFY_SYSTEM nothing' >/dev/null 2>&1
  psql -qXAt "dbname=postgres replication=database" -c 'SELECT 2' -c 'SELECT 3; SELECT 4' -c 'SELECT 5 / 0' \
    -c 'SELECT nothing' >/dev/null 2>&1
  # It ends by CopyDone.
  pg_recvlogical -d postgres --slot s --start --endpos "$(run_sql 'SELECT pg_current_wal_insert_lsn()')" -f - >/dev/null &
  stream=$!
  background_pids+=" $stream"
  until_true writes_wal "$stream"
  # These end with their connection.
  pg_recvlogical -d postgres --slot s --start -f - >/dev/null 2>&1 &
  stream=$!
  background_pids+=" $stream"
  until_true stream_has_begun
  { kill -9 "$stream" && wait "$stream"; } 2>/dev/null
  until_true no_stream
  stop_background_slowlog
  record_stop
  check "on a physical connection" "SELECT 1,error,0A000
IDENTIFY_SYSTEM,completed,
IDENTIFY_SYSTEM nothing,error,42601" "$(query t.pgt "SELECT text, outcome, sqlstate FROM executions
  WHERE pid = (SELECT pid FROM executions WHERE text = 'IDENTIFY_SYSTEM') ORDER BY ts_ns")"
  check "SQL on a logical one" "SELECT 2,completed,1
SELECT 3,completed,1
SELECT 4,completed,1
SELECT 5 / 0,error,
SELECT nothing,error," "$(query t.pgt "SELECT text, outcome, rows FROM executions
  WHERE pid = (SELECT pid FROM executions WHERE text = 'SELECT 2') ORDER BY ts_ns")"
  check "streams" "completed
ended" "$(query t.pgt "SELECT outcome FROM executions WHERE text LIKE 'START_REPLICATION%' ORDER BY ts_ns")"
  check "what was only prepared" 0 "$(query t.pgt "SELECT count(*) FROM preparations")"
  check "failed in the log" "SELECT 1
IDENTIFY_SYSTEM nothing
SELECT 5 / 0
SELECT nothing" "$(grep ' outcome=error ' slow.log | sed 's/.* text=//')"
  check "streams in the log" 0 "$(grep -c 'text=START_REPLICATION' slow.log)"
}

# writes_wal PID: until the process is gone, so that the stream gets behind its end
writes_wal() {
  run_sql 'SELECT pg_current_wal_insert_lsn(); CREATE TABLE IF NOT EXISTS u (a int); DROP TABLE u' >/dev/null
  ! kill -0 "$1" 2>/dev/null
}

no_stream() {
  [ "$(run_sql "SELECT count(*) FROM pg_stat_replication")" = 0 ]
}

test_an_error_of_a_message_is_not_of_the_statement_before_it() {
  require_postgres
  background_slowlog -t 0
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  start_frontend
  # What is not there is not reported; a deferred constraint is checked at Sync.
  frontend_do 'query CREATE TABLE d (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)' \
    'parse - SELECT 1' 'bind - -' 'execute - 0' 'bind - missing' 'execute - 0' sync \
    'parse - SELECT 2' 'bind - -' 'execute - 0' 'execute missing 0' sync \
    'parse - SELECT 3' 'bind - -' 'execute - 0' 'parse - SELECT 4/0' 'bind - -' 'execute - 0' sync \
    'parse - INSERT INTO d VALUES (1), (1)' 'bind - -' 'execute - 0' sync
  stop_frontend
  record_stop
  stop_background_slowlog
  check "errors, and of which statement" $'26000,\n34000,\n22012,SELECT 4/0\n23505,"INSERT INTO d VALUES (1), (1)"' \
    "$(query t.pgt "SELECT r.sqlstate, e.text FROM errors r LEFT JOIN executions e USING (execution_id) ORDER BY r.ts_ns")"
  local expected=$'completed,,1\ncompleted,,1\ncompleted,,1\nerror,22012,-'
  check "recorded" "$expected" "$(outcomes 'SELECT _%')"
  check "logged" "$expected" "$(outcomes_in_log 'SELECT [1-4]')"
  check "recorded at its commit" error,23505 "$(outcomes 'INSERT%' | cut -d, -f1,2)"
  check "logged at its commit" error,23505 "$(outcomes_in_log INSERT | cut -d, -f1,2)"
}
