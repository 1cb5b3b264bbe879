# Live tests of filters and of the limit on the cost, on a private PostgreSQL cluster.

. "$here/postgres_vocabulary.sh"

# inserts N: so many executions of ten rows each, in one session
inserts() {
  local i
  for ((i = 0; i < $1; i++)); do echo "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 10) g;"; done | psql -qXAt
}

test_sampled_executions_are_whole() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -p "$cluster_postmaster" --sample 1/4 -o t.pgt \
    -f heap_insert,standard_ExecutorRun,PortalRun,ReadyForQuery,pgstat_report_activity
  inserts 400
  record_stop
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check_match identity "*identity    good*, and so for each function*" "$out"
  check "whether some executions were recorded, and some were not" 1 \
    "$(query t.pgt "SELECT count(*) BETWEEN 1 AND 399 AS some FROM executions WHERE text LIKE 'INSERT%'")"
  check "calls of heap_insert, of standard_ExecutorRun and of PortalRun in each" 10,1,1 \
    "$(query t.pgt "SELECT DISTINCT (SELECT count(*) FROM calls c WHERE c.execution_id = e.execution_id AND function = 'heap_insert'),
                                    (SELECT count(*) FROM calls c WHERE c.execution_id = e.execution_id AND function = 'standard_ExecutorRun'),
                                    (SELECT count(*) FROM calls c WHERE c.execution_id = e.execution_id AND function = 'PortalRun')
                    FROM executions e WHERE text LIKE 'INSERT%'")"
  check "calls that did not return, but for one that waits for the next query" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome NOT IN ('returned', 'open')")"
  check "calls of heap_insert outside an execution" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'heap_insert' AND execution_id IS NULL")"
  check "events of heap_insert that fired" 8000 "$(query t.pgt "SELECT fired FROM functions WHERE name = 'heap_insert'")"
}

test_slow_calls_only_are_recorded_and_all_are_counted() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -p "$cluster_postmaster" -f heap_insert,standard_ExecutorRun --min-duration 200ms -o t.pgt
  inserts 100
  run_sql 'SELECT pg_sleep(0.3)'
  psql -qXAt -c 'SELECT 1 / (a - a) FROM t' 2>/dev/null
  record_stop
  check "calls" "standard_ExecutorRun,returned,SELECT pg_sleep(0.3)
standard_ExecutorRun,unwound,SELECT 1 / (a - a) FROM t" \
    "$(query t.pgt "SELECT function, c.outcome, text FROM calls c JOIN executions e USING (execution_id) ORDER BY c.ts_ns")"
  check "calls that were counted" "heap_insert,1000
standard_ExecutorRun,100" "$(query t.pgt "SELECT name, short_calls FROM functions ORDER BY 1")"
  check executions 102 "$(query t.pgt "SELECT count(*) FROM executions")"
  pgrec verify t.pgt --full
  check_match identity "*identity    good*, and so for each function*" "$out"
}

# What stays is recorded without a gap while others are taken off. A hit can cost more than what is measured on an empty
# function, and the server's CPU time has that in it; so the limit is far below what palloc takes, and far above what is
# left.
test_taking_probes_off_costs_the_others_nothing() {
  require_postgres
  echo "SELECT string_agg(g::text, ',') FROM generate_series(1, 5000) g;" >many.sql
  record_start -x "$server" -p "$cluster_postmaster" -f palloc,standard_ExecutorRun --max-overhead 10% -o t.pgt
  pgbench -n -f many.sql -c 2 -t 1000 >/dev/null 2>&1 || fail "pgbench failed"
  record_stop
  check_match "what is said" "*throttled   palloc: not recorded after *" "$recorder_said"
  check "calls of the query" "returned,2000" \
    "$(query t.pgt "SELECT c.outcome, count(*) FROM calls c JOIN executions e USING (execution_id)
                    WHERE function = 'standard_ExecutorRun' AND text LIKE 'SELECT string_agg%' GROUP BY 1")"
  check "calls of palloc that did not end in their place" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'palloc' AND outcome NOT IN ('returned', 'exit-lost')")"
  check "lost events" 0 "$(lost_events t.pgt)"
  pgrec verify t.pgt --full
  check_match identity "*identity    good*, and so for each function*" "$out"
}
