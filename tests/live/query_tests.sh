# Live tests of executions: every query of every protocol, its text, what became of it and whose it was, beside
# what PostgreSQL says of the same run.

. "$here/postgres_vocabulary.sh"

# start_recording ARGUMENTS...: of the private cluster, to t.pgt
start_recording() {
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt "$@"
}

# stop_recording: and nothing may be lost or unaccounted for
stop_recording() {
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

# executions [WHERE]: outcome, rows, sqlstate and text of each, in order
executions() {
  query t.pgt "SELECT outcome, rows, sqlstate, text FROM executions WHERE ${1:-1} ORDER BY ts_ns, execution_id" | tr -d '"'
}

test_pgbench_counts_the_same_executions_in_every_protocol() {
  require_postgres
  pgbench -i -q -s 1 >/dev/null 2>&1 || fail "pgbench -i failed"
  local mode
  for mode in simple extended prepared; do
    start_recording --force
    pgbench -n -c 4 -t 200 -M "$mode" >pgbench.out 2>&1 || fail "pgbench failed"
    stop_recording
    check "transactions" "number of transactions actually processed: 800/800" "$(grep processed pgbench.out)"
    check "statements, executions and outcomes, $mode" "BEGIN;,800,completed
END;,800,completed
INSERT,800,completed
SELECT,800,completed
UPDATE pgbench_accounts,800,completed
UPDATE pgbench_branches,800,completed
UPDATE pgbench_tellers,800,completed" \
      "$(query t.pgt "SELECT CASE WHEN text LIKE 'UPDATE%' THEN substr(text, 1, instr(text, ' SET') - 1)
                             WHEN text LIKE '% %' THEN substr(text, 1, 6) ELSE text END AS what, count(*), outcome
                      FROM executions WHERE text GLOB '*pgbench_*' AND text NOT GLOB 'select *' OR text IN ('BEGIN;', 'END;')
                      GROUP BY what, outcome ORDER BY what")"
    check "processes, users and applications, $mode" "4,postgres,postgres,[local],pgbench" \
      "$(query t.pgt "SELECT count(DISTINCT process_id), database, user, client, application
                      FROM executions JOIN processes USING (process_id) WHERE text = 'BEGIN;'")"
  done
}

test_a_pipeline_has_one_execution_for_each_execute() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  # What pgbench pipelines, libpq pipelines.
  printf '%s\n' '\startpipeline' 'INSERT INTO t VALUES (1);' 'INSERT INTO t VALUES (1);' 'SELECT 7;' \
    'INSERT INTO t VALUES (1);' '\endpipeline' >script.sql
  local mode
  for mode in extended prepared; do
    start_recording --force
    pgbench -n -c 2 -t 50 -M "$mode" -f script.sql >/dev/null 2>&1 || fail "pgbench failed"
    stop_recording
    check "executions, $mode" "INSERT INTO t VALUES (1);,completed,300,300
SELECT 7;,completed,100,100" \
      "$(query t.pgt "SELECT text, outcome, count(*), sum(rows) FROM executions
                      WHERE text LIKE 'INSERT%' OR text = 'SELECT 7;' GROUP BY 1, 2 ORDER BY 1")"
  done
}

test_each_message_of_the_extended_protocol_is_understood() {
  require_postgres
  start_recording
  start_frontend
  frontend_do 'parse a SELECT generate_series(1,5)' sync \
    'bind - a' 'execute - 2' 'execute - 2' 'execute - 2' sync \
    'query BEGIN' 'bind p a' 'execute p 3' sync 'execute p 0' sync 'query COMMIT' \
    'parse - SELECT 7' 'bind - -' 'describe -' 'execute - 0' 'parse - SELECT 7' 'bind - -' 'execute - 0' sync \
    'parse b SELECT 8' 'parse c SELECT 9' 'bind - b' 'execute - 0' 'bind - c' 'execute - 0' sync \
    'parse - SELECT 1/0' 'bind - -' 'execute - 0' 'parse - SELECT 10' 'bind - -' 'execute - 0' sync \
    'call 2026'
  stop_frontend
  stop_recording
  check executions "suspended,2,,SELECT generate_series(1,5)
suspended,2,,SELECT generate_series(1,5)
completed,1,,SELECT generate_series(1,5)
completed,0,,BEGIN
suspended,3,,SELECT generate_series(1,5)
completed,2,,SELECT generate_series(1,5)
completed,0,,COMMIT
completed,1,,SELECT 7
completed,1,,SELECT 7
completed,1,,SELECT 8
completed,1,,SELECT 9
error,,22012,SELECT 1/0
completed,0,,fastpath function call" "$(executions)"
  check "what was only prepared" "SELECT generate_series(1,5)
SELECT 8
SELECT 9" "$(query t.pgt 'SELECT text FROM preparations ORDER BY ts_ns, execution_id' | tr -d '"')"
  check "times idle in the transaction, and after which execution" "3,0,1" \
    "$(query t.pgt "SELECT count(*), sum(aborted), min(e.outcome IN ('completed', 'suspended')) AS known
                    FROM idle_in_transaction i JOIN executions e USING (execution_id)")"
}

test_statements_of_one_message_are_executions_of_their_own() {
  require_postgres
  start_recording
  start_frontend
  frontend_do "query SELECT 1; SELECT 'a;b' ; INSERT INTO nothing VALUES (3); SELECT 4" \
    "query SELECT 'a;b' ; -- done" 'query ;' 'query SELECT 5; SELEC 6' 'query SELECT 7;SELECT 8;'
  stop_frontend
  stop_recording
  check executions "completed,1,,SELECT 1
completed,1,,SELECT 'a;b'
error,,42P01,INSERT INTO nothing VALUES (3)
completed,1,,SELECT 'a;b' ; -- done
error,,42601,SELECT 5; SELEC 6
completed,1,,SELECT 7
completed,1,,SELECT 8" "$(executions)"
}

test_exactly_the_failed_statements_have_the_outcome_error() {
  require_postgres
  run_sql 'CREATE TABLE t (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED); INSERT INTO t VALUES (0)'
  local i
  for ((i = 1; i <= 1000; i++)); do
    if ((i > 863)); then
      case $((i % 5)) in
        0) echo "SELECT $i/0;" ;;
        1) echo "SELECT nothing_$i;" ;;
        2) echo "SELEC $i;" ;;
        3) echo "INSERT INTO t VALUES (0);" ;; # at its commit
        4) echo "DO 'BEGIN RAISE EXCEPTION ''no $i''; END';" ;;
      esac
    elif ((i % 3 == 0)); then
      # An error that is caught is none.
      echo "DO 'BEGIN PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN RAISE WARNING ''$i''; END';"
    else
      echo "SELECT $i;"
    fi
  done >script.sql
  start_recording
  psql -qXAt -f script.sql >/dev/null 2>&1
  stop_recording
  check "executions by outcome" "completed,863
error,137" "$(query t.pgt 'SELECT outcome, count(*) FROM executions GROUP BY 1 ORDER BY 1')"
  check "their SQLSTATEs" "22012,28
23505,27
42601,27
42703,27
P0001,28" "$(query t.pgt 'SELECT sqlstate, count(*) FROM executions WHERE sqlstate IS NOT NULL GROUP BY 1 ORDER BY 1')"
}

test_cancelled_and_terminated_statements_have_failed() {
  require_postgres
  start_recording
  start_session 'SELECT pg_sleep(1001)' 'SELECT pg_sleep(1002)'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_cancel_backend($session_pid)" >/dev/null
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_terminate_backend($session_pid)" >/dev/null
  session_wait
  stop_recording
  check executions "error,,57014,SELECT pg_sleep(1001)
error,,57P01,SELECT pg_sleep(1002)" "$(executions "text LIKE 'SELECT pg_sleep%'")"
}

test_pg_stat_statements_counts_the_same() {
  require_postgres shared_preload_libraries=pg_stat_statements
  psql -qXc 'CREATE EXTENSION pg_stat_statements' >/dev/null 2>&1 || skip "pg_stat_statements is not installed"
  run_sql "CREATE TABLE t (a int PRIMARY KEY, b text);
           INSERT INTO t SELECT g, repeat('x', 50) FROM generate_series(1, 20000) g"
  run_sql 'VACUUM (ANALYZE) t'
  cat >script.sql <<'SQL'
SELECT count(*), sum(length(b)) FROM t WHERE a % 7 = 3;
SELECT b FROM t WHERE a = 77;
INSERT INTO t SELECT g, 'y' FROM generate_series(20001, 20100) g;
UPDATE t SET b = 'z' WHERE a BETWEEN 500 AND 599;
DELETE FROM t WHERE a > 20000;
BEGIN;
DECLARE c CURSOR FOR SELECT a FROM t ORDER BY a;
FETCH 10 FROM c;
FETCH 5 FROM c;
COMMIT;
CREATE TEMP TABLE u AS SELECT a FROM t WHERE a < 100;
COPY (SELECT * FROM u) TO STDOUT;
DROP TABLE u;
SQL
  # The same session before: what a backend reads from the catalogs when it first writes to a table, it counts for
  # itself only.
  { cat script.sql; echo 'SELECT pg_stat_statements_reset();'
    echo '\! touch warm; while [ ! -e go ]; do sleep 0.1; done'
    for _ in 1 2 3; do cat script.sql; done; } >session.sql
  psql -qXAt -v ON_ERROR_STOP=1 -f session.sql >/dev/null 2>psql.err &
  background_pids=$!
  until_true [ -e warm ]
  start_recording
  touch go
  wait "$background_pids" || fail "psql failed: $(cat psql.err)"
  background_pids=
  stop_recording
  # Up to PostgreSQL 13 it makes ids of utility statements of its own, which it tells nobody.
  local others=pg_stat_statements least=10
  [ "$(server_version)" -ge 14 ] || { others="^(BEGIN|COMMIT|DECLARE|FETCH|COPY|CREATE|DROP)|$others"; least=5; }
  run_sql "COPY (SELECT queryid, sum(calls), sum(rows), sum(shared_blks_hit), sum(shared_blks_read)
                 FROM pg_stat_statements WHERE query !~ '$others' GROUP BY 1 ORDER BY 1) TO STDOUT CSV" >theirs.csv
  query t.pgt "SELECT query_id, count(*), sum(rows), sum(shared_hit), sum(shared_read) FROM executions
               WHERE query_id IN ($(cut -d, -f1 theirs.csv | paste -sd,)) GROUP BY 1 ORDER BY 1" >ours.csv
  [ "$(wc -l <theirs.csv)" -ge "$least" ] || fail "pg_stat_statements has too little: $(cat theirs.csv)"
  check "query id, calls, rows, blocks hit and read" "$(cat theirs.csv)" "$(cat ours.csv)"
}

# It runs a plan inside another statement; pg_stat_statements counts it as what it executes, too.
test_execute_counts_as_what_it_executes() {
  require_postgres shared_preload_libraries=pg_stat_statements
  psql -qXc 'CREATE EXTENSION pg_stat_statements' >/dev/null 2>&1 || skip "pg_stat_statements is not installed"
  start_recording
  psql -qXAt -c 'PREPARE p AS SELECT count(*) FROM pg_class WHERE oid < $1' -c 'EXECUTE p(50)' -c 'EXECUTE p(60)' >/dev/null
  stop_recording
  local theirs
  theirs=$(run_sql "SELECT queryid, calls FROM pg_stat_statements WHERE query LIKE 'PREPARE p%'" | tr '|' ,)
  check "query id and calls" "${theirs%,*},2" \
    "$(query t.pgt "SELECT query_id, count(*) FROM executions WHERE text LIKE 'EXECUTE%' GROUP BY 1")"
}

test_what_has_an_execute_inside_keeps_its_own_query_id() {
  require_postgres shared_preload_libraries=pg_stat_statements
  psql -qXc 'CREATE EXTENSION pg_stat_statements' >/dev/null 2>&1 || skip "pg_stat_statements is not installed"
  run_sql "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS \$\$ BEGIN EXECUTE 'EXECUTE p'; RETURN 7; END \$\$"
  start_recording
  psql -qXAt -c 'PREPARE p AS SELECT 8' -c 'CREATE TABLE made AS EXECUTE p' -c "DO 'BEGIN EXECUTE ''EXECUTE p''; END'" \
    -c 'SELECT f()' -c 'PREPARE of_f AS SELECT f() + 1' -c 'EXECUTE of_f' >/dev/null
  stop_recording
  # What is executed is counted under the text of its PREPARE.
  local theirs
  theirs=$(run_sql "SELECT queryid FROM pg_stat_statements WHERE query ~ '^(CREATE TABLE made|DO|SELECT f|PREPARE of_f)'
                    ORDER BY query")
  check "how many have one" 4 "$(wc -l <<<"$theirs")"
  check "query ids" "$theirs" \
    "$(query t.pgt "SELECT query_id FROM executions WHERE text GLOB 'CREATE TABLE made*' OR text GLOB 'DO *' OR
                      text = 'SELECT f()' OR text = 'EXECUTE of_f' ORDER BY replace(text, 'EXECUTE', 'PREPARE')")"
}

test_long_and_foreign_texts_are_whole() {
  require_postgres
  local long utf8 huge
  long="SELECT '$(head -c 60000 /dev/zero | tr '\0' 'x')' AS long"
  utf8="SELECT 'größer, 猫, 🐘' AS \"naïve\"
  , 'a \"quoted\" \\ thing' -- ¿?"
  start_recording
  psql -qXAt -c "$long" -c "$utf8" >/dev/null
  # Longer than an argument may be.
  { printf "SELECT '"; head -c 1000000 /dev/zero | tr '\0' 'y'; printf "' AS huge;\n"; } >huge.sql
  psql -qXAt -f huge.sql >/dev/null
  start_frontend
  frontend_do "parse - $long" 'bind - -' 'execute - 0' sync
  stop_frontend
  stop_recording
  query t.pgt "SELECT text FROM executions WHERE text LIKE '%naïve%'" | sed 's/^"//; s/"$//; s/""/"/g' >got
  check "the UTF-8 text" "$utf8" "$(cat got)"
  check "the long ones" "2,${#long},0" \
    "$(query t.pgt "SELECT count(*), length(text), cut FROM executions WHERE text = '${long//\'/\'\'}' GROUP BY 2, 3")"
  check "the huge one: kept, its length, cut" "65536,1000018,1" \
    "$(query t.pgt "SELECT length(text), text_bytes, cut FROM executions WHERE text LIKE 'SELECT ''yyy%'")"
  check "valid JSON" 1 "$("$PGREC" sql t.pgt 'SELECT text FROM executions' --format json | grep -c 'naïve')"
}

test_a_text_limit_is_kept() {
  require_postgres
  start_recording --text-limit 100
  run_sql "SELECT '$(head -c 500 /dev/zero | tr '\0' 'x')'" >/dev/null
  stop_recording
  check "kept, its length, cut" "100,509,1" \
    "$(query t.pgt "SELECT length(text), text_bytes, cut FROM executions WHERE text LIKE 'SELECT ''xxx%'")"
}

# leaves_no SECRET...: none of them is in t.pgt, neither as it is stored nor in what it holds
leaves_no() {
  local secret
  pgrec dump t.pgt --format json
  check "dump status" 0 "$status"
  for secret in "$@"; do
    if grep -aq "$secret" t.pgt || grep -q "$secret" out.txt; then fail "$secret is in the trace: $(grep "$secret" out.txt | head -n 3)"; fi
  done
}

secrets_of_every_protocol() {
  run_sql 'CREATE TABLE people (name text, age int)'
  psql -qXAt -c "INSERT INTO people VALUES ('secret1', 4711001)" -c "SELECT * FROM people WHERE name = E'secret2\\n'" \
    -c "SELECT /* secret3 */ 1 -- secret4" -c "CREATE ROLE r PASSWORD 'secret5'" -c "SET application_name = 'app'" \
    -c "SET my.setting = 'secret6'" -c "DO \$\$ BEGIN PERFORM 'secret7'; END \$\$" -c "SELEC 'secret8' FROM" \
    -c "SELECT 'secret9'; SELECT 'secret10'" -c "SELECT 1 FROM nothing WHERE x = 'secret11'" \
    -c "COMMENT ON TABLE people IS 'secret12'" -c "SELECT 'it''s secret13" >/dev/null 2>&1
  start_frontend
  frontend_do "parse - SELECT 'secret14'" 'bind - -' 'execute - 0' sync "parse - SELEC 'secret15'" sync \
    "parse s SELECT 'secret16'" sync 'bind - s' 'execute - 0' sync
  stop_frontend
}

test_normalized_texts_have_no_literals() {
  require_postgres
  start_recording --text normalized --label kind=secretless -- true
  record_wait
  start_recording --force --text normalized
  secrets_of_every_protocol
  stop_recording
  leaves_no secret1 secret2 secret3 secret4 secret5 secret6 secret7 secret8 secret9 secret10 secret11 secret12 \
    secret13 secret14 secret15 secret16 4711001
  check "what is left of them" 'INSERT INTO people VALUES ($1, $2)' \
    "$(query t.pgt "SELECT DISTINCT text FROM executions WHERE text LIKE 'INSERT%'" | tr -d '"')"
  check "what does not parse" 'SELEC $1
SELEC $1 FROM
SELECT $1' "$(query t.pgt "SELECT text FROM executions WHERE sqlstate = '42601' ORDER BY text" | tr -d '"')"
}

test_without_texts_executions_are_told_apart_by_statement() {
  require_postgres
  start_recording --text none
  secrets_of_every_protocol
  psql -qXAt -c "SELECT 1" -c "SELECT 2" >/dev/null
  stop_recording
  leaves_no secret1 secret2 secret3 secret9 secret14 people SELECT
  check "two of one statement" 1 \
    "$(query t.pgt 'SELECT count(*) FROM statements WHERE executions >= 2 AND text IS NULL AND fingerprint IS NOT NULL' | sed 's/[1-9][0-9]*/1/')"
}

test_what_runs_when_recording_begins_is_known() {
  require_postgres
  start_session 'SELECT pg_sleep(2), 1'
  until_true sleeps "$session_pid"
  start_recording
  session_wait
  stop_recording
  check "the execution" "$session_pid,completed,1,0,\"SELECT pg_sleep(2), 1\"" \
    "$(query t.pgt "SELECT pid, outcome, rows, ts_ns, text FROM executions WHERE ts_ns = 0")"
  # Up to PostgreSQL 13 nothing tells since when.
  check "that since when is known" "$([ "$(server_version)" -ge 14 ] && echo 1 || echo 0)" \
    "$(query t.pgt 'SELECT count(*) FROM executions WHERE running_ns > 0')"
  check "its process" "client backend,psql,1" \
    "$(query t.pgt "SELECT backend_type, application, started_ns < 0 AS before FROM processes WHERE pid = $session_pid")"
}

test_nested_statements_belong_to_what_the_client_sent() {
  require_postgres
  run_sql "CREATE TABLE t (a int); CREATE FUNCTION f(n int) RETURNS void LANGUAGE plpgsql AS
           'BEGIN FOR i IN 1..n LOOP INSERT INTO t VALUES (i); END LOOP; END'"
  record_start -p "$cluster_postmaster" -f heap_insert -o t.pgt
  run_sql "SELECT f(100)" >/dev/null
  run_sql "COPY t TO PROGRAM 'cat >/dev/null'"
  stop_recording
  check "calls by execution" "SELECT f(100),completed,1,100" \
    "$(query t.pgt "SELECT e.text, e.outcome, rows, count(*) FROM calls JOIN executions e USING (execution_id) GROUP BY e.execution_id")"
  check "rows of COPY" 100 "$(query t.pgt "SELECT rows FROM executions WHERE text LIKE 'COPY%'")"
}

test_calls_of_parallel_workers_belong_to_the_leaders_execution() {
  require_postgres max_worker_processes=8
  run_sql "CREATE TABLE t AS SELECT g FROM generate_series(1, 300000) g; ANALYZE t"
  record_start -p "$cluster_postmaster" -f standard_ExecutorRun -o t.pgt
  psql -qXAt -c "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;
                 SET max_parallel_workers_per_gather = 2" -c "SELECT count(*) FROM t" >/dev/null
  stop_recording
  check "executions of the statement" 1 "$(query t.pgt "SELECT count(*) FROM executions WHERE text = 'SELECT count(*) FROM t'")"
  check "processes with a call of it, workers' runs of it, and workers with that leader" "1,1,1" \
    "$(query t.pgt "SELECT count(DISTINCT c.pid) = 1 + (SELECT count(*) FROM worker_runs) AS processes,
                           (SELECT min(leader_execution_id = e.execution_id) FROM worker_runs) AS leaders,
                           (SELECT min(leader_pid = e.pid) FROM processes WHERE backend_type = 'parallel worker') AS pids
                    FROM calls c JOIN executions e USING (execution_id) WHERE e.text = 'SELECT count(*) FROM t'")"
}

test_processes_are_known_however_short_they_are() {
  require_postgres
  run_sql 'CREATE ROLE alice LOGIN'
  run_sql 'CREATE DATABASE shop'
  start_recording
  local i
  for i in 1 2 3 4 5 6 7 8 9 10; do PGAPPNAME=app$i psql -qXAt -U alice -d shop -c 'SELECT 1' >/dev/null; done
  stop_recording
  check "their identities" 10,shop,alice,1,1 \
    "$(query t.pgt "SELECT count(*), database, user, min(started_ns >= 0) AS started, min(ended_ns > started_ns) AS ended
                    FROM processes WHERE backend_type = 'client backend' AND application LIKE 'app%' GROUP BY 2, 3")"
}
