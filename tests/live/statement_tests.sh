# Live tests of which executions are one statement, and which text each has: beside the server's own query ids, with
# SQL that is newer than pgrec, and with texts that are longer than what is kept.

. "$here/postgres_vocabulary.sh"

# start_recording ARGUMENTS...: of the private cluster, to t.pgt
start_recording() {
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt "$@"
}

stop_recording() {
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
}

# require_query_ids: a cluster that computes them
require_query_ids() {
  [ "$(server_version)" -ge 14 ] || skip "before 14 the server computes no query ids by itself"
  require_postgres compute_query_id=on
  run_sql 'CREATE TABLE t AS SELECT g::bigint AS a, g AS b FROM generate_series(1, 100) g'
}

# What the server plans differently, each once with other literals.
different_queries() {
  local of
  for of in 1 2; do
    psql -qXAt -c "SELECT b FROM t WHERE a = $of" -c "SELECT b FROM t WHERE a IN ($of, 12, 13)" \
      -c "SELECT a, b FROM t WHERE a = $of" -c "SELECT b, a FROM t WHERE a = $of" \
      -c "SELECT 1 FROM t WHERE a = $of AND b = 2" -c "SELECT 1 FROM t WHERE b = $of AND a = 2" \
      -c "SELECT count(*) FROM t WHERE a = $of::bigint" -c "SELECT count(*) FROM t WHERE a = $of::numeric" >/dev/null
  done
}

test_the_servers_query_ids_tell_statements_apart() {
  require_query_ids
  start_recording
  different_queries
  run_sql "SELECT a FROM t WHERE a > 3 -- b" >/dev/null
  run_sql "SELECT  a AS c FROM t WHERE a > 4" >/dev/null
  stop_recording
  check "statements and query ids" "9,9,18" \
    "$(query t.pgt "SELECT (SELECT count(*) FROM statements), count(DISTINCT query_id), count(*) FROM executions")"
  check "statements of each" 0 "$(query t.pgt 'SELECT count(*) FROM statements WHERE executions <> 2 OR query_id IS NULL')"
}

test_what_has_no_query_id_belongs_to_the_statement_of_its_fingerprint() {
  require_query_ids
  start_recording
  run_sql 'SELECT 4 / 2 FROM t WHERE b = 8' >/dev/null
  # The planner finds the first mistake, the analysis of the query the second.
  psql -qXAt -c 'SELECT 4 / 0 FROM t WHERE b = 9' -c 'SELECT 4 / c FROM t' >/dev/null 2>&1
  stop_recording
  check "statements, executions, errors" 'SELECT $1 / $2 FROM t WHERE b = $3,2,1
SELECT $1 / c FROM t,1,1' "$(query t.pgt 'SELECT text, executions, errors FROM statements ORDER BY text')"
}

test_without_query_ids_statements_are_what_the_glossary_says() {
  require_postgres
  run_sql 'CREATE TABLE t AS SELECT g::bigint AS a, g AS b FROM generate_series(1, 100) g'
  start_recording
  different_queries
  run_sql 'select  B, A from t WHERE a = -3 /* c */' >/dev/null
  run_sql 'SELECT b FROM t WHERE a IN (1)' >/dev/null
  run_sql 'INSERT INTO t VALUES (1, 2)'
  run_sql 'INSERT INTO t VALUES (1, 2), (NULL, 3), (4, -5)'
  stop_recording
  check "statements" "9,0" "$(query t.pgt 'SELECT count(*), count(query_id) FROM statements')"
  check "executions of a list" 3 "$(query t.pgt "SELECT executions FROM statements WHERE text LIKE '%IN (%'")"
  check "executions of rows" 2 "$(query t.pgt "SELECT executions FROM statements WHERE text LIKE 'INSERT%'")"
}

test_a_setting_is_one_statement_whatever_its_value() {
  require_query_ids
  start_recording
  local i
  for i in 1 2 3; do run_sql "SET work_mem = '${i}MB'"; done
  stop_recording
  check "statements" 'SET work_mem = $1,3' "$(query t.pgt 'SELECT text, executions FROM statements')"
}

# texts: of all executions in order, with | between
texts() {
  query "${1:-t.pgt}" 'SELECT text FROM executions ORDER BY ts_ns, execution_id' | tr -d '"' | paste -sd '|'
}

test_newer_syntax_is_taken_apart_and_grouped() {
  local alias= numbers="1_000, 0x1F"
  # Before, no subquery goes without one, and numbers are plain.
  [ "$(server_version)" -ge 16 ] || alias=" s" numbers="1000, 31"
  require_query_ids
  start_recording
  local i
  for i in 1 2 3; do run_sql "SELECT count(*) FROM (SELECT a FROM t WHERE a = $i)$alias" >/dev/null; done
  run_sql "SELECT $numbers; SELECT 'second'" >/dev/null
  stop_recording
  check "statements of three executions" 1 "$(query t.pgt 'SELECT count(*) FROM statements WHERE executions = 3')"
  check_match "texts" "*|SELECT $numbers|SELECT 'second'" "$(texts)"
  start_recording --text normalized --force
  run_sql "SELECT count(*) FROM (SELECT a FROM t WHERE a = 4711)$alias; SELECT ${numbers%,*}" >/dev/null
  stop_recording
  check "texts without literals" 'SELECT count(*) FROM (SELECT a FROM t WHERE a = $1)'"$alias|SELECT \$1" "$(texts)"
}

test_a_message_that_is_no_sql_fails_as_a_whole() {
  require_postgres
  start_recording
  psql -qXAt -c 'SELECT 1; SELEC 2' -c 'SELECT a FROM nowhere; SELECT 3' -c 'SELECT 4; SELECT 5 / 0; SELECT 6' >/dev/null 2>&1
  start_frontend
  frontend_do 'parse - SELECT 7; SELECT 8' sync
  stop_frontend
  stop_recording
  check "executions" "SELECT 1; SELEC 2,error,42601
SELECT a FROM nowhere,error,42P01
SELECT 4,completed,NULL
SELECT 5 / 0,error,22012
SELECT 7; SELECT 8,error,42601" \
    "$(query t.pgt "SELECT text, outcome, coalesce(sqlstate, 'NULL') FROM executions ORDER BY ts_ns, execution_id" | tr -d '"')"
}

# long_list N: a query with a list of 20,000 numbers from N on
long_list() {
  echo "SELECT count(*) FROM pg_class WHERE oid IN ($(seq -s, "$1" $(($1 + 20000))));"
}

test_texts_that_are_cut_are_one_statement_too() {
  require_query_ids
  start_recording
  local i
  for i in 1 2 3; do long_list "${i}00000"; done | psql -qXAt >/dev/null
  stop_recording
  check "executions and query ids" "3,1" \
    "$(query t.pgt 'SELECT s.executions, count(DISTINCT e.query_id) FROM statements s JOIN executions e USING (statement_id)')"
  local mode
  for mode in normalized none; do
    start_recording --text "$mode" --force
    for i in 1 2 3; do long_list "${i}00000"; done | psql -qXAt >/dev/null
    stop_recording
    check "statements, $mode" 3 "$(query t.pgt 'SELECT executions FROM statements')"
    check "numbers that are kept, $mode" 0 "$("$PGREC" dump t.pgt --format json | grep -c ',[123]00007,')"
  done
}

test_cut_texts_without_query_ids_are_one_statement_by_what_is_kept() {
  require_postgres
  start_recording
  local i
  for i in 1 2 3; do long_list "${i}00000"; done | psql -qXAt >/dev/null
  stop_recording
  check "executions" 3 "$(query t.pgt 'SELECT executions FROM statements')"
}
