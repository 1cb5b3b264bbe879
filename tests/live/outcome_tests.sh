# Live tests on what becomes of PostgreSQL's calls: returned, left by an ERROR, beyond the kernel's limit, ended
# with their process. Every number is exact.

. "$here/postgres_vocabulary.sh"

# calls TRACE: how many of each function and outcome
calls() {
  query "$1" 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2 ORDER BY 1, 2'
}

# A division by zero that the planner cannot foresee: x is a column.
make_table_of_one() {
  run_sql 'CREATE TABLE one AS SELECT 1 AS x'
}

test_calls_of_a_statement_that_timed_out_have_a_bound() {
  require_postgres
  record_start -x "$server" -f pg_sleep,standard_ExecutorRun -o t.pgt
  psql -qXAt -c "SET statement_timeout = 100" -c "SELECT pg_sleep(30)" >/dev/null 2>&1
  record_stop
  check "the calls" "pg_sleep,unwound,1,1,1
standard_ExecutorRun,unwound,1,1,1" \
    "$(query t.pgt "SELECT function, c.outcome, c.duration_ns IS NULL, at_most_ns BETWEEN 1 AND e.duration_ns,
      at_most_ns = self_at_most_ns FROM calls c JOIN executions e USING (execution_id) ORDER BY 1")"
  check "the outer one's is not below the inner one's" 1 \
    "$(query t.pgt "SELECT max(at_most_ns) = max(at_most_ns) FILTER (WHERE name = 'standard_ExecutorRun') FROM functions")"
  pgrec analyze t.pgt --slow --by-query
  check_match "where the time went" "*in standard_ExecutorRun ≤*, pg_sleep ≤*in standard_ExecutorRun ≤*, pg_sleep ≤*" "$out"
}

test_of_a_thousand_executions_exactly_the_failed_ones_are_unwound() {
  require_postgres
  make_table_of_one
  local i
  for ((i = 1; i <= 1000; i++)); do
    if ((i % 10 >= 1 && i % 10 <= 3)); then
      echo "SELECT 1 / (x - x), $i FROM one;"
    else
      echo "SELECT 1 / x, $i FROM one;"
    fi
  done >script.sql
  record_start -x "$server" -f standard_ExecutorRun,int4div -o t.pgt
  psql -qXAt -f script.sql >/dev/null 2>&1
  record_stop
  check "lost events" 0 "$(lost_events t.pgt)"
  check calls "int4div,returned,700
int4div,unwound,300
standard_ExecutorRun,returned,700
standard_ExecutorRun,unwound,300" "$(calls t.pgt)"
  check "executions, texts, failed ones" 1000,1000,300 \
    "$(query t.pgt "SELECT count(*), count(DISTINCT text), sum(outcome = 'error') FROM executions WHERE text LIKE 'SELECT 1 / %'")"
  check "executions with a call of each function, the inner inside the outer, and the outcome of their text" 1000 \
    "$(query t.pgt "SELECT count(*) FROM executions e
                    JOIN calls o ON o.execution_id = e.execution_id AND o.function = 'standard_ExecutorRun'
                    JOIN calls i ON i.execution_id = e.execution_id AND i.function = 'int4div'
                    WHERE i.parent_id = o.call_id AND o.depth = 0 AND i.depth = 1 AND i.outcome = o.outcome
                      AND o.outcome = CASE WHEN text LIKE '%(x - x)%' THEN 'unwound' ELSE 'returned' END")"
}

test_recursion_in_plpgsql_is_exact_up_to_the_kernels_limit_and_beyond() {
  require_postgres
  run_sql "CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS
           'BEGIN IF n = 1 THEN RETURN 1; END IF; RETURN 1 + deep(n - 1); END'"
  record_start -x "$(plpgsql_library)" -f plpgsql_call_handler -o t.pgt
  check "the server's answer" 100 "$(run_sql 'SELECT deep(100)')"
  check "the server's answer" 10 "$(run_sql 'SELECT deep(10)')"
  record_stop
  check "calls by query, outcome and depth" "SELECT deep(10),returned,10,0,9
SELECT deep(100),depth-limit,36,64,99
SELECT deep(100),returned,64,0,63" \
    "$(query t.pgt "SELECT text, c.outcome, count(*), min(depth), max(depth) FROM calls c JOIN executions USING (execution_id)
                    GROUP BY 1, 2 ORDER BY 1, 2")"
  check "depths of the one query" "$(seq 0 99)" \
    "$(query t.pgt "SELECT depth FROM calls JOIN executions USING (execution_id) WHERE text = 'SELECT deep(100)' ORDER BY call_id")"
}

# alternating N OUTER INNER: depth, function and outcome of N nested calls of the two
alternating() {
  local i
  for ((i = 0; i < $1; i++)); do
    echo "$i,$([ $((i % 2)) = 0 ] && echo "$2" || echo "$3"),$([ "$i" -lt 64 ] && echo returned || echo depth-limit)"
  done
}

# The limit is of all return probes of a task together.
test_the_kernels_limit_is_shared_by_the_probed_functions() {
  require_postgres
  run_sql "CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS
           'DECLARE r int; BEGIN IF n = 0 THEN RETURN 0; END IF; SELECT 1 + deep(n - 1) INTO r; RETURN r; END'"
  record_start -x "$server" -f standard_ExecutorRun,SPI_execute_plan_with_paramlist -o t.pgt
  check "the server's answer" 99 "$(run_sql 'SELECT deep(99)')"
  record_stop
  check calls "SPI_execute_plan_with_paramlist,depth-limit,67
SPI_execute_plan_with_paramlist,returned,32
standard_ExecutorRun,depth-limit,68
standard_ExecutorRun,returned,32" "$(calls t.pgt)"
  check "calls by depth" "$(alternating 199 standard_ExecutorRun SPI_execute_plan_with_paramlist)" \
    "$(query t.pgt 'SELECT depth, function, outcome FROM calls ORDER BY depth')"
}

test_errors_caught_in_a_loop_leave_no_parents_behind() {
  require_postgres
  make_table_of_one
  run_sql "CREATE FUNCTION attempts(n int) RETURNS int LANGUAGE plpgsql AS '
           DECLARE caught int := 0;
           BEGIN
             FOR i IN 1..n LOOP
               BEGIN
                 PERFORM 1 / (x - x) FROM one;
               EXCEPTION WHEN division_by_zero THEN
                 caught := caught + 1;
               END;
               PERFORM 1 / x FROM one;
             END LOOP;
             RETURN caught;
           END'"
  record_start -x "$server" -f standard_ExecutorRun,int4div,RollbackAndReleaseCurrentSubTransaction -o t.pgt
  check "errors caught" 500 "$(run_sql 'SELECT attempts(500)')"
  record_stop
  check "lost events" 0 "$(lost_events t.pgt)"
  check "calls by function, outcome, depth and parent" "RollbackAndReleaseCurrentSubTransaction,returned,1,standard_ExecutorRun,0,500
int4div,returned,2,standard_ExecutorRun,1,500
int4div,unwound,2,standard_ExecutorRun,1,500
standard_ExecutorRun,returned,0,,,1
standard_ExecutorRun,returned,1,standard_ExecutorRun,0,500
standard_ExecutorRun,unwound,1,standard_ExecutorRun,0,500" \
    "$(query t.pgt "SELECT c.function, c.outcome, c.depth, p.function, p.depth, count(*)
                    FROM calls c LEFT JOIN calls p ON p.call_id = c.parent_id GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3")"
  check "divisions with the outcome of the run they are in" 1000 \
    "$(query t.pgt "SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id
                    WHERE c.function = 'int4div' AND c.outcome = p.outcome")"
  check "executions that the calls are of" "SELECT attempts(500)" \
    "$(query t.pgt "SELECT DISTINCT text FROM calls LEFT JOIN executions USING (execution_id)")"
}

test_functions_that_call_each_other_alternate_in_depth() {
  require_postgres
  run_sql "CREATE FUNCTION ping(n int) RETURNS int LANGUAGE plpgsql AS
             'DECLARE r int; BEGIN IF n = 0 THEN RETURN 0; END IF; SELECT 1 + pong(n - 1) INTO r; RETURN r; END';
           CREATE FUNCTION pong(n int) RETURNS int LANGUAGE plpgsql AS
             'DECLARE r int; BEGIN IF n = 0 THEN RETURN 0; END IF; SELECT 1 + ping(n - 1) INTO r; RETURN r; END'"
  record_start -x "$server" -f standard_ExecutorRun,SPI_execute_plan_with_paramlist -o t.pgt
  check "the server's answer" 31 "$(run_sql 'SELECT ping(31)')"
  record_stop
  check "calls by depth" "$(alternating 63 standard_ExecutorRun SPI_execute_plan_with_paramlist)" \
    "$(query t.pgt 'SELECT depth, function, outcome FROM calls ORDER BY depth')"
  check "calls whose parent is the other function, one less deep, and around them" 62 \
    "$(query t.pgt "SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id
                    WHERE c.function <> p.function AND c.depth = p.depth + 1 AND c.ts_ns >= p.ts_ns
                      AND c.ts_ns + c.duration_ns <= p.ts_ns + p.duration_ns")"
}

test_a_session_goes_on_after_rolling_back_to_a_savepoint() {
  require_postgres
  make_table_of_one
  run_sql 'CREATE TABLE t (a int)'
  cat >script.sql <<'SQL'
BEGIN;
INSERT INTO t VALUES (1);
SAVEPOINT a;
INSERT INTO t VALUES (2);
SAVEPOINT b;
SELECT 1 / (x - x) FROM one;
SELECT 'refused';
ROLLBACK TO b;
INSERT INTO t VALUES (3);
ROLLBACK TO a;
INSERT INTO t VALUES (4);
COMMIT;
SQL
  record_start -x "$server" -f standard_ExecutorRun,heap_insert -o t.pgt
  psql -qXAt -f script.sql >/dev/null 2>&1
  record_stop
  check "what the server kept" $'1\n4' "$(run_sql 'SELECT a FROM t ORDER BY a')"
  check "executions and their calls, in order" "BEGIN;,completed,,,
INSERT INTO t VALUES (1);,completed,standard_ExecutorRun,returned,0
INSERT INTO t VALUES (1);,completed,heap_insert,returned,1
SAVEPOINT a;,completed,,,
INSERT INTO t VALUES (2);,completed,standard_ExecutorRun,returned,0
INSERT INTO t VALUES (2);,completed,heap_insert,returned,1
SAVEPOINT b;,completed,,,
SELECT 1 / (x - x) FROM one;,error,standard_ExecutorRun,unwound,0
SELECT 'refused';,error,,,
ROLLBACK TO b;,completed,,,
INSERT INTO t VALUES (3);,completed,standard_ExecutorRun,returned,0
INSERT INTO t VALUES (3);,completed,heap_insert,returned,1
ROLLBACK TO a;,completed,,,
INSERT INTO t VALUES (4);,completed,standard_ExecutorRun,returned,0
INSERT INTO t VALUES (4);,completed,heap_insert,returned,1
COMMIT;,completed,,," \
    "$(query t.pgt "SELECT text, e.outcome, function, c.outcome AS became, depth FROM executions e LEFT JOIN calls c USING (execution_id)
                    WHERE e.pid = (SELECT pid FROM executions WHERE text = 'BEGIN;') ORDER BY e.execution_id, c.call_id")"
}

# Where the server reports that a statement is over, at the latest, nothing of it is left. The function it
# reports with can be probed too.
test_nothing_of_a_failed_statement_is_around_the_next_one() {
  require_postgres
  make_table_of_one
  local i
  for ((i = 0; i < 50; i++)); do echo "SELECT 1 / (x - x) FROM one; SELECT x FROM one;"; done >script.sql
  local reporter
  for reporter in "" ,pgstat_report_activity; do
    record_start -x "$server" -f "PortalRun,standard_planner$reporter" -o "t$reporter.pgt"
    psql -qXAt -f script.sql >/dev/null 2>&1
    record_stop
    check "lost events" 0 "$(lost_events "t$reporter.pgt")"
    check "calls of both statements" "PortalRun,returned,0,50
PortalRun,unwound,0,50
standard_planner,returned,0,100" \
      "$(query "t$reporter.pgt" "SELECT function, c.outcome, depth, count(*) FROM calls c JOIN executions USING (execution_id)
         WHERE text LIKE 'SELECT %' AND function <> 'pgstat_report_activity' GROUP BY 1, 2, 3 ORDER BY 1, 2")"
  done
  check "calls of the function that reports" returned,0 \
    "$(query t,pgstat_report_activity.pgt "SELECT DISTINCT outcome, depth FROM calls WHERE function = 'pgstat_report_activity'")"
}

test_a_cancelled_statement_ends_and_its_calls_are_unwound() {
  require_postgres
  record_start -x "$server" -f standard_ExecutorRun,pg_sleep -o t.pgt
  start_session 'SELECT pg_sleep(1000)' 'SELECT 7'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_cancel_backend($session_pid)" >/dev/null
  session_wait
  record_stop
  check "the session's executions and calls" "SELECT pg_backend_pid(),completed,1,standard_ExecutorRun,returned,0
SELECT pg_sleep(1000),error,1,standard_ExecutorRun,unwound,0
SELECT pg_sleep(1000),error,1,pg_sleep,unwound,1
SELECT 7,completed,1,standard_ExecutorRun,returned,0" \
    "$(query t.pgt "SELECT text, e.outcome, e.duration_ns > 0 AS took, function, c.outcome AS became, depth FROM executions e
                    JOIN calls c USING (execution_id) WHERE e.pid = $session_pid ORDER BY c.ts_ns")"
}

test_a_terminated_backends_execution_ends_and_its_calls_are_unwound() {
  require_postgres
  record_start -x "$server" -f standard_ExecutorRun,pg_sleep -o t.pgt
  start_session 'SELECT pg_sleep(1000)' 'SELECT 7'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_terminate_backend($session_pid)" >/dev/null
  session_wait
  record_stop
  check "the session's executions and calls" "SELECT pg_backend_pid(),completed,1,standard_ExecutorRun,returned,0
SELECT pg_sleep(1000),error,1,standard_ExecutorRun,unwound,0
SELECT pg_sleep(1000),error,1,pg_sleep,unwound,1" \
    "$(query t.pgt "SELECT text, e.outcome, e.duration_ns > 0 AS took, function, c.outcome AS became, depth FROM executions e
                    JOIN calls c USING (execution_id) WHERE e.pid = $session_pid ORDER BY c.ts_ns")"
}

# executions_with_calls TRACE LIKE: the executions with such a text, and the outcomes of their calls
executions_with_calls() {
  query "$1" "SELECT text, e.outcome, function, c.outcome AS became, count(*) FROM executions e
              JOIN calls c USING (execution_id) WHERE text LIKE '$2' GROUP BY 1, 2, 3, 4 ORDER BY 1, 3"
}

test_a_crash_leaves_nothing_open_and_the_server_after_it_is_recorded() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  record_start -x "$server" -f standard_ExecutorRun,pg_sleep,heap_insert -o t.pgt
  start_session 'SELECT pg_sleep(1001)'
  local bystander_psql=$session_psql bystander_pid=$session_pid bystander_fd=$session_fd
  start_session 'SELECT pg_sleep(1002)'
  until_true sleeps "$bystander_pid"
  until_true sleeps "$session_pid"
  kill -9 "$session_pid"
  session_wait
  session_psql=$bystander_psql session_pid=$bystander_pid session_fd=$bystander_fd
  session_wait # the postmaster ends them all
  until_true pg_isready -q
  run_sql 'INSERT INTO t SELECT g FROM generate_series(1, 100) g'
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  check "the server's log" 1 "$(grep -c 'was terminated by signal 9' "$cluster_dir/server.log")"
  check "executions and calls of the dead" "SELECT pg_sleep(1001),error,pg_sleep,unwound,1
SELECT pg_sleep(1001),error,standard_ExecutorRun,unwound,1
SELECT pg_sleep(1002),error,pg_sleep,unwound,1
SELECT pg_sleep(1002),error,standard_ExecutorRun,unwound,1" "$(executions_with_calls t.pgt '%pg_sleep(100_)%')"
  check "executions and calls after the restart" \
    "\"INSERT INTO t SELECT g FROM generate_series(1, 100) g\",completed,heap_insert,returned,100
\"INSERT INTO t SELECT g FROM generate_series(1, 100) g\",completed,standard_ExecutorRun,returned,1" \
    "$(executions_with_calls t.pgt 'INSERT%')"
  check "executions and calls still open" 0,0 \
    "$(query t.pgt "SELECT (SELECT count(*) FROM executions WHERE outcome = 'open') AS executions,
                           (SELECT count(*) FROM calls WHERE outcome = 'open') AS calls")"
}

test_a_restarted_server_is_recorded_before_and_after() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  record_start -x "$server" -f heap_insert -o t.pgt
  local before=$cluster_postmaster
  run_sql 'INSERT INTO t SELECT 1 FROM generate_series(1, 1000) g'
  cluster_ctl restart || fail "the server did not restart"
  run_sql 'INSERT INTO t SELECT 2 FROM generate_series(1, 2000) g'
  record_stop
  [ "$cluster_postmaster" != "$before" ] || fail "the postmaster is the same"
  check "lost events" 0 "$(lost_events t.pgt)"
  check calls "\"INSERT INTO t SELECT 1 FROM generate_series(1, 1000) g\",completed,heap_insert,returned,1000
\"INSERT INTO t SELECT 2 FROM generate_series(1, 2000) g\",completed,heap_insert,returned,2000" \
    "$(executions_with_calls t.pgt 'INSERT%')"
}

test_a_server_that_starts_after_the_recorder_is_recorded() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  cluster_ctl stop || fail "the server did not stop"
  record_start -x "$server" -f heap_insert -o t.pgt
  cluster_ctl start || fail "the server did not start"
  run_sql 'INSERT INTO t SELECT g FROM generate_series(1, 3000) g'
  record_stop
  check "lost events" 0 "$(lost_events t.pgt)"
  check calls "\"INSERT INTO t SELECT g FROM generate_series(1, 3000) g\",completed,heap_insert,returned,3000" \
    "$(executions_with_calls t.pgt 'INSERT%')"
}
