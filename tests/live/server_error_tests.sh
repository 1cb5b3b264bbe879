# Live tests of errors on a private PostgreSQL cluster: each that the server's own log has, of a statement or of none,
# is a row of `errors` and a line of pgrec slowlog --errors.

. "$here/postgres_vocabulary.sh"

# errors_of_the_server: severity, SQLSTATE and message of each error in the server's own log, by what they are
errors_of_the_server() {
  sed -nE 's/^.*(ERROR|FATAL|PANIC):  ([0-9A-Z]{5}): (.*)$/\1 \2 \3/p' "$cluster_dir/server.log" | sed "s/ at character [0-9]*$//" | sort
}

# errors_of_the_trace [COLUMNS]: the same of t.pgt
errors_of_the_trace() {
  "$PGREC" sql t.pgt "SELECT severity || ' ' || sqlstate || ' ' || message AS m FROM errors" --format json |
    sed -nE 's/^.*"m": "(.*)"\}.*$/\1/p' | sed 's/\\"/"/g' | sort
}

# errors_of_the_log: the same of slow.log
errors_of_the_log() {
  sed -nE 's/^.*"severity": "([A-Z]*)", "sqlstate": "([0-9A-Z]*)", "message": "(([^"\\]|\\.)*)".*$/\1 \2 \3/p' slow.log |
    sed 's/\\"/"/g' | sort
}

# require_errors: a cluster whose log has the SQLSTATE of each error, and that ends idle transactions
require_errors() {
  require_postgres log_error_verbosity=verbose lc_messages=C idle_in_transaction_session_timeout=200 "$@"
  run_sql "CREATE TABLE t (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"
}

# fail_in_all_ways: outside statements, in them, at their commit and behind them
fail_in_all_ways() {
  psql -qXAt -d nowhere -c 'SELECT 1' 2>/dev/null
  psql -qXAt -U nobody -c 'SELECT 1' 2>/dev/null
  start_frontend
  frontend_do 'bind - missing' sync 'execute missing 0' sync 'query SELECT 1' $'query SELECT \xff' \
    'query SELECT 1 / 0' 'parse - SELECT * FROM "no where"' sync \
    'parse - INSERT INTO t VALUES (1), (1)' 'bind - -' 'execute - 0' sync 'call 4711'
  stop_frontend
  psql -qXAt -c BEGIN -c '\! sleep 0.7' -c 'SELECT 2' >/dev/null 2>&1
  run_sql "DO \$\$ BEGIN PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END \$\$"
  start_session 'SELECT pg_sleep(60)'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_terminate_backend($session_pid)" >/dev/null
  session_wait
}

test_every_error_of_the_servers_log_is_there() {
  require_errors
  background_slowlog --errors -t 1h --format json
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  fail_in_all_ways
  record_stop
  stop_background_slowlog
  check "recorder status" 0 "$recorder_status"
  local all
  all=$(errors_of_the_server)
  [ "$(wc -l <<<"$all")" -ge 11 ] || fail "the server had fewer errors: $all"
  check "errors of the recording" "$all" "$(errors_of_the_trace)"
  check "errors of the slow-query log" "$all" "$(errors_of_the_log)"
  check "a rate" "FATAL,57P01,1" \
    "$(query t.pgt "SELECT severity, sqlstate, count(*) FROM errors WHERE sqlstate = '57P01' GROUP BY 1, 2")"
  check "errors with their executions" "INSERT INTO t VALUES (1), (1),23505
SELECT * FROM 'no where',42P01
SELECT 1 / 0,22012
SELECT pg_sleep(60),57P01
fastpath function call,42883" \
    "$(query t.pgt "SELECT replace(text, char(34), char(39)), r.sqlstate FROM errors r JOIN executions e USING (execution_id)
       WHERE e.outcome = 'error' AND e.sqlstate = r.sqlstate ORDER BY 1" | tr -d '"')"
  check "errors of none" '22021 25P03 26000 28000 34000 3D000' \
    "$(query t.pgt "SELECT DISTINCT sqlstate FROM errors WHERE execution_id IS NULL ORDER BY 1" | paste -sd ' ')"
  check "of whom they are" "postgres,nowhere,3D000" \
    "$(query t.pgt "SELECT user, database, sqlstate FROM errors JOIN processes USING (process_id) WHERE sqlstate = '3D000'")"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

# One that strikes while the completion is sent is of no statement, and makes no second one. Nothing in this statement
# looks for a timeout.
test_an_error_behind_the_completion_is_no_statement() {
  require_errors
  run_sql "CREATE PROCEDURE p(int) LANGUAGE sql AS ''"
  local long="length((7::numeric ^ 150000)::text)"
  background_slowlog --errors -t 0
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  psql -qXAt -c "SET statement_timeout = 200" \
    -c "CALL p($long + $long + $long + $long + $long + $long + $long + $long)" -c 'SELECT 2' >/dev/null 2>&1
  record_stop
  stop_background_slowlog
  check "errors of the server" "ERROR 57014 canceling statement due to statement timeout" "$(errors_of_the_server)"
  # Whether the next one is still run is a race that the server has with itself.
  check "executions" $'SET,completed\nCALL,completed' \
    "$(query t.pgt "SELECT substr(text, 1, instr(text, ' ') - 1), outcome FROM executions WHERE text <> 'SELECT 2' ORDER BY ts_ns")"
  check "errors" "57014,NULL" "$(query t.pgt "SELECT sqlstate, coalesce(execution_id, 'NULL') FROM errors")"
  check "statements of the log" $'SET\nCALL' "$(logged slow.log | grep -v 'SELECT 2' | sed 's/ .*//')"
  check_match "the error in the log" \
    '*Z outcome=error sqlstate=57014 pid=* user=postgres database=postgres client=* message="canceling statement due to *' \
    "$(grep -v ' text=' slow.log | sed 's/+00:00 /Z /')"
}

test_texts_of_errors_go_by_the_mode() {
  require_errors
  local mode
  for mode in full normalized none; do
    background_slowlog --errors -t 1h --text $mode
    record_start -p "$cluster_postmaster" --preset queries --text $mode -o $mode.pgt
    psql -qXAt -c "SELECT 'secret'::int" -c 'SELECT * FROM missing' -c "DO \$\$ BEGIN RAISE 'secret'; END \$\$" 2>/dev/null
    psql -qXAt -d nowhere 2>/dev/null
    record_stop
    stop_background_slowlog
    mv slow.log $mode.log
  done
  messages() {
    "$PGREC" sql "$1" "SELECT coalesce(message, '-') AS m FROM errors ORDER BY ts_ns" --format csv | tail -n +2 | tr -d '"'
  }
  check "in full" 'invalid input syntax for type integer: secret
relation missing does not exist
secret
database nowhere does not exist' "$(messages full.pgt)"
  check "what they are made of" 'invalid input syntax for type %s: %s
relation %s does not exist
%s
database %s does not exist' "$(messages normalized.pgt)"
  check "without" $'-\n-\n-\n-' "$(messages none.pgt)"
  check "SQLSTATEs without texts" "22P02 42P01 P0001 3D000" \
    "$(query none.pgt 'SELECT sqlstate FROM errors ORDER BY ts_ns' | paste -sd ' ')"
  check "lines with secrets" "2 0 0" "$(for mode in full normalized none; do grep -c secret $mode.log; done | paste -sd ' ')"
  check "secrets in traces" "" "$(grep -la secret normalized.pgt none.pgt)"
}

test_a_filter_keeps_errors_outside_statements() {
  require_errors
  record_start -p "$cluster_postmaster" --preset queries --sample 1000000 -o t.pgt
  psql -qXAt -d nowhere 2>/dev/null
  psql -qXAt -c 'SELECT 1 / 0' 2>/dev/null
  record_stop
  check "errors" "3D000" "$(query t.pgt 'SELECT sqlstate FROM errors')"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}
