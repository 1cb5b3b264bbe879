# Live tests of pgrec slowlog on a private PostgreSQL cluster: the same statements as in the server's own log,
# each once and whole, whatever happens to the server, the log and the log's reader.

. "$here/postgres_vocabulary.sh"

# line_of TEXT FILE...: the line of that statement, without its time and its duration
line_of() {
  local text=$1
  shift
  grep -hF "text=$text" "$@" | sed 's/^[^ ]* duration_ms=[^ ]* //'
}

# of_the_server: the texts in the server's own log
of_the_server() {
  sed -nE 's/^.*LOG:  duration: [0-9.]+ ms  (statement|execute [^:]*): //p' "$cluster_dir/server.log"
}

# as_rows FILE: puts the JSON lines of a log into the table log(line jsonb), by PostgreSQL's own parser
as_rows() {
  psql -qXAt -v ON_ERROR_STOP=1 -c 'CREATE TABLE log (line jsonb)' \
    -c "\\copy log FROM '$1' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')" || fail "$1 is not JSON"
}

test_slow_statements_are_those_of_the_servers_own_log() {
  require_postgres log_min_duration_statement=100 lc_messages=C
  slowlog_start -x "$server" -t 100ms -l slow.log
  local i
  for i in 11 12 13 14; do
    run_sql "SELECT $i"
    run_sql "SELECT pg_sleep(0.$i), 'of psql'"
  done >/dev/null
  for mode in prepared extended simple; do
    echo "SELECT pg_sleep(0.15), '$mode';" >slow.sql
    echo "SELECT 1, '$mode';" >fast.sql
    pgbench -n -M "$mode" -c 2 -t 3 -f slow.sql -f fast.sql >/dev/null 2>&1 || fail "pgbench failed"
    pgbench -n -M "$mode" -c 2 -t 3 -f slow.sql >/dev/null 2>&1 || fail "pgbench failed"
  done
  record_stop TERM
  check "status" 0 "$recorder_status"
  check "statements" "$(of_the_server | sort)" "$(logged slow.log | sort)"
  local least=$((4 + 3 * 2 * 3))
  [ "$(logged slow.log | grep -c pg_sleep)" -ge "$least" ] || fail "fewer than $least statements: $(cat slow.log)"
}

test_a_threshold_of_0_logs_every_statement_once() {
  require_postgres
  slowlog_start -p "$cluster_postmaster" -t 0
  local i
  for i in $(seq 1 500); do echo "SELECT $i AS numbered;"; done >script.sql
  psql -qXAt -f script.sql >/dev/null
  for i in $(seq 501 600); do echo "SELECT $i AS numbered;"; done >script.sql
  pgbench -n -M prepared -t 1 -f script.sql >/dev/null 2>&1 || fail "pgbench failed"
  psql -qXAt -c 'SELECT 601 AS numbered; SELECT 602 AS numbered; SELECT 603 AS numbered' >/dev/null
  record_stop
  check "status" 0 "$recorder_status"
  check "statements" "$(seq 1 603 | sed 's/.*/SELECT & AS numbered/')" \
    "$(logged slow.out | grep numbered | tr -d ';' | sort -k2n)"
  check "rows and outcomes" 603 "$(grep numbered slow.out | grep -c ' rows=1 outcome=completed ')"
  check "other outcomes" not-run "$(grep numbered slow.out | sed -nE 's/.* outcome=([^ ]*) .*/\1/p' | grep -v completed | sort -u)"
}

test_errors_are_flagged() {
  require_postgres
  slowlog_start -x "$server" -t 0
  psql -qXAt -c 'SELECT 1 / 0' -c 'SELECT * FROM nowhere' -c 'SET statement_timeout = 100' -c 'SELECT pg_sleep(60)' \
    2>/dev/null
  record_stop
  local who="user=postgres database=postgres client=[local] application=psql"
  local text
  while read -r sqlstate text; do
    check_match "$text" "rows=- outcome=error sqlstate=$sqlstate pid=* ${who/\[local\]/\\[local\\]} text=$text" \
      "$(line_of "$text" slow.out)"
  done <<<"22012 SELECT 1 / 0
42P01 SELECT * FROM nowhere
57014 SELECT pg_sleep(60)"
}

test_errors_can_be_logged_however_fast() {
  require_postgres
  slowlog_start -x "$server" -t 1h --errors
  psql -qXAt -c 'SELECT 1' -c 'SELECT 1 / 0' -c 'SELECT 2' >/dev/null 2>&1
  echo 'SELECT 2 / 0;' >script.sql
  pgbench -n -M prepared -t 1 -f script.sql >/dev/null 2>&1
  record_stop
  check "statements" $'SELECT 1 / 0\nSELECT 2 / 0;' "$(logged slow.out)"
}

test_each_statement_of_a_message_is_told_by_itself_or_the_slow_message_as_one() {
  require_postgres
  slowlog_start -x "$server" -t 200ms
  psql -qXAt -c "SELECT 1; SELECT pg_sleep(0.3); SELECT 2" -c "SELECT pg_sleep(0.12), 'a'; SELECT pg_sleep(0.12), 'b'" \
    >/dev/null
  record_stop
  check "statements" "SELECT pg_sleep(0.3)
SELECT pg_sleep(0.12), 'a'; SELECT pg_sleep(0.12), 'b'" "$(logged slow.out)"
  check_match "the message" "rows=- outcome=completed * statements=2 text=*" "$(line_of "SELECT pg_sleep(0.12)" slow.out)"
}

test_each_message_of_the_extended_protocol_is_logged() {
  require_postgres
  slowlog_start -p "$cluster_postmaster" -t 0
  start_frontend
  frontend_do 'parse a SELECT generate_series(1,5)' sync \
    'bind - a' 'execute - 2' 'execute - 2' 'execute - 2' sync \
    'query BEGIN' 'bind p a' 'execute p 3' sync 'execute p 0' sync 'query COMMIT' \
    'parse - SELECT 7' 'bind - -' 'describe -' 'execute - 0' 'parse - SELECT 7' 'bind - -' 'execute - 0' sync \
    'parse b SELECT 8' 'parse c SELECT 9' 'bind - b' 'execute - 0' 'bind - c' 'execute - 0' sync \
    'parse - SELECT 1/0' 'bind - -' 'execute - 0' 'parse - SELECT 10' 'bind - -' 'execute - 0' sync \
    'call 2026'
  stop_frontend
  record_stop
  check "statements" "- not-run SELECT generate_series(1,5)
2 suspended SELECT generate_series(1,5)
2 suspended SELECT generate_series(1,5)
1 completed SELECT generate_series(1,5)
0 completed BEGIN
3 suspended SELECT generate_series(1,5)
2 completed SELECT generate_series(1,5)
0 completed COMMIT
1 completed SELECT 7
1 completed SELECT 7
- not-run SELECT 8
- not-run SELECT 9
1 completed SELECT 8
1 completed SELECT 9
- error SELECT 1/0
0 completed fastpath function call" \
    "$(grep "pid=$frontend_backend " slow.out | sed -E 's/^.* rows=([^ ]*) outcome=([^ ]*) .* text=/\1 \2 /')"
}

test_a_commit_that_is_slow_makes_its_statement_slow() {
  require_postgres
  run_sql "CREATE TABLE t (a int)"
  run_sql "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END'"
  run_sql "CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()"
  slowlog_start -x "$server" -t 200ms --format json
  echo "INSERT INTO t VALUES (4711);" >script.sql
  for mode in simple extended prepared; do
    pgbench -n -M "$mode" -t 1 -f script.sql >/dev/null 2>&1 || fail "pgbench failed"
  done
  record_stop
  as_rows slow.out
  check "statements" "INSERT INTO t VALUES (4711);|completed|1|f
INSERT INTO t VALUES (4711);|completed|1|t
INSERT INTO t VALUES (4711);|completed|1|t" \
    "$(run_sql "SELECT line->>'text', line->>'outcome', line->>'rows', coalesce((line->>'commit_ms')::float >= 300, false)
                FROM log WHERE line->>'event' = 'statement' ORDER BY line->>'ts'")"
}

test_what_ran_before_the_log_began_is_in_it() {
  require_postgres
  start_session "SELECT pg_sleep(3), 'earlier'"
  until_true sleeps "$session_pid"
  slowlog_start -x "$server" -t 100ms
  session_wait
  record_stop
  check_match "the statement" "rows=1 outcome=completed pid=$session_pid * running_at_start=yes text=*" \
    "$(line_of "SELECT pg_sleep(3), 'earlier'" slow.out)"
}

test_a_killed_backend_leaves_its_statement() {
  require_postgres
  slowlog_start -x "$server" -t 0
  start_session "SELECT pg_sleep(60), 'killed'"
  until_true sleeps "$session_pid"
  kill -9 "$session_pid"
  session_wait
  record_stop
  check_match "the statement" "rows=- outcome=error pid=$session_pid user=postgres *" \
    "$(line_of "SELECT pg_sleep(60), 'killed'" slow.out)"
}

test_autovacuum_is_logged_and_parallel_workers_are_not() {
  require_postgres autovacuum=on autovacuum_naptime=1s autovacuum_vacuum_cost_delay=0
  run_sql 'CREATE TABLE t AS SELECT generate_series(1, 100000) a'
  slowlog_start -x "$server" -t 0 -l slow.log
  run_sql 'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SELECT count(*) FROM t' \
    >/dev/null
  run_sql 'UPDATE t SET a = a + 1'
  until_true grep -q 'text=autovacuum: VACUUM.*public\.t' slow.log
  record_stop
  check_match "the line" $'rows=- outcome=ended pid=* database=* client=- application=- process="autovacuum worker" text=*' \
    "$(line_of 'autovacuum: VACUUM' slow.log | grep 'public\.t' | head -n 1)"
  check "lines of the parallel query" 1 "$(grep -c 'SELECT count' slow.log)"
}

test_json_holds_any_text_as_it_is() {
  require_postgres
  slowlog_start -x "$server" -t 0 --format json -l slow.log
  {
    printf '%s' "SELECT 'long', '"
    head -c 60000 /dev/zero | tr '\0' x
    echo "';"
    printf 'SELECT %s,\n\t$$"quoted" \\ back\\slash\x1b$$;\n' "'äö€🐘'"
  } >script.sql
  psql -qXAt -f script.sql >/dev/null
  record_stop
  as_rows slow.log
  check "the long one" "t|60018|false" \
    "$(run_sql "SELECT line->>'text' = 'SELECT ''long'', ''' || repeat('x', 60000) || ''';', line->>'text_bytes', line->>'cut'
                FROM log WHERE line->>'text' LIKE 'SELECT ''long''%'")"
  check "the other" 1 \
    "$(psql -qXAt -c "SELECT count(*) FROM log WHERE line->>'text' = e'SELECT ''äö€🐘'',\\n\\t\$\$\"quoted\" \\\\ back\\\\slash\\x1b\$\$;'")"
  check "a text line of it" 0 "$(grep -c -v '^{.*}$' slow.log)"
}

test_a_text_beyond_the_limit_is_cut_and_says_so() {
  require_postgres
  slowlog_start -x "$server" -t 0 --text-limit 100
  { printf 'SELECT 1 /* '; head -c 5000 /dev/zero | tr '\0' x; echo ' */;'; } >script.sql
  psql -qXAt -f script.sql >/dev/null
  record_stop
  check_match "the line" "*text_bytes=5016 text=*" "$(line_of 'SELECT 1 /* ' slow.out)"
  check "bytes of the text" 100 "$(logged slow.out | grep 'SELECT 1' | tr -d '\n' | wc -c)"
}

test_literals_stay_out_where_that_is_asked_for() {
  require_postgres
  slowlog_start -x "$server" -t 0 --text normalized
  run_sql "SELECT 'secret', 42" >/dev/null
  record_stop
  check "the statement" 'SELECT $1, $2' "$(logged slow.out | grep SELECT | tail -n 1)"
  slowlog_start -x "$server" -t 0 --text none
  run_sql "SELECT 'secret', 42" >/dev/null
  record_stop
  check_match "the line" "* fingerprint=???????????????? text=-" "$(grep duration_ms slow.out | tail -n 1)"
  check "secrets" 0 "$(grep -c secret slow.out)"
}

test_a_log_that_is_rotated_loses_nothing() {
  require_postgres
  slowlog_start -x "$server" -t 0 -l slow.log
  local i
  for i in $(seq 1 3000); do echo "SELECT $i AS numbered;"; done >script.sql
  psql -qXAt -f script.sql >/dev/null &
  background_pids+=" $!"
  local psql=$!
  for i in 1 2 3 4 5; do
    until_true grep -q numbered slow.log
    mv slow.log "slow.log.$i"
    kill -HUP "$recorder_pid"
    until_true test -e slow.log
    echo "SELECT $((3000 + i)) AS numbered" >more.sql
    psql -qXAt -f more.sql >/dev/null
  done
  wait "$psql"
  background_pids=
  record_stop TERM
  check "statements" "$(seq 1 3005 | sed 's/.*/SELECT & AS numbered/')" \
    "$(logged slow.log slow.log.? | grep 'AS numbered' | tr -d ';' | sort -k2n)"
  check "mode of the log" 640 "$(stat -c %a slow.log)"
  check_match "its last line" "*pgrec: ended by SIGTERM*" "$(tail -n 1 slow.log)"
}

test_it_stays_with_a_server_that_is_restarted() {
  require_postgres
  slowlog_start -x "$server" -t 0 -l all.log
  local of_all=$recorder_pid all_fd=$recorder_fd
  background_pids+=" $of_all"
  slowlog_start -p "$cluster_postmaster" -t 0 -l one.log
  local before=$cluster_postmaster i
  run_sql 'SELECT 1 AS numbered' >/dev/null
  for i in 2 3; do
    before=$cluster_postmaster
    cluster_ctl -m fast restart || fail "the server does not restart"
    recorder_says "pgrec: the server's process $before ended, and process $cluster_postmaster took its place"
    run_sql "SELECT $i AS numbered" >/dev/null
  done
  record_stop TERM
  check "of the postmaster" $'SELECT 1 AS numbered\nSELECT 2 AS numbered\nSELECT 3 AS numbered' "$(logged one.log | grep numbered)"
  check "lines of restarts" 2 "$(grep -c "took its place" one.log)"
  recorder_pid=$of_all recorder_fd=$all_fd background_pids=
  record_stop TERM
  check "of the binary" "$(logged one.log | grep numbered)" "$(logged all.log | grep numbered)"
}

test_a_server_that_is_replaced_is_logged_too() {
  require_bpf
  cp "$PROGRAMS/server" program
  slowlog_start -x "$work/program" -t 0 -l slow.log
  start_server ./program
  server_do "query SELECT 1" idle
  stop_server
  cp "$PROGRAMS/server" next
  mv next program
  recorder_says "pgrec: replaced while recording, and probed too: $work/program, *"
  start_server ./program
  server_do "query SELECT 2" idle
  stop_server
  record_stop
  check "statements" $'SELECT 1\nSELECT 2' "$(sed -n 's/^.* text=//p' slow.log)"
  check "lines of the other file" 1 "$(grep -c 'pgrec: replaced while recording' slow.log)"
}

test_losses_are_in_the_log() {
  require_postgres
  slowlog_start -x "$server" -t 0 -l slow.log
  local i text
  text=$(head -c 60000 /dev/zero | tr '\0' x)
  for i in $(seq 1 600); do echo "SELECT $i AS numbered, '$text';"; done >script.sql
  kill -STOP "$recorder_pid"
  psql -qXAt -f script.sql >/dev/null
  kill -CONT "$recorder_pid"
  recorder_says "pgrec: lost between *"
  record_stop TERM
  local lost
  lost=$(sed -nE 's/.*pgrec: lost between .*: ([0-9,]+) statements?.*/\1/p' slow.log | tr -d , | awk '{ n += $1 } END { print n + 0 }')
  check "statements, logged and lost" 600 "$(($(logged slow.log | grep -c numbered) + lost))"
  check_match "the line" "*pgrec: lost between 20* and 20*: *text piece*" "$(grep 'pgrec: lost' slow.log | head -n 1)"
}

test_a_full_disk_is_told_and_what_is_missing_then() {
  require_postgres
  mkdir mount && mount -t tmpfs -o size=64k tmpfs mount || skip "no tmpfs can be mounted"
  slowlog_start -x "$server" -t 0 -l mount/slow.log
  head -c 60000 /dev/zero >mount/other
  local i
  for i in $(seq 1 200); do echo "SELECT $i AS numbered;"; done >script.sql
  psql -qXAt -f script.sql >/dev/null
  recorder_says 'pgrec: cannot write the log: *'
  rm mount/other
  recorder_says 'pgrec: the log can be written again; *'
  run_sql 'SELECT 201 AS numbered' >/dev/null
  record_stop TERM
  check "status" 0 "$recorder_status"
  check "the last statement" "SELECT 201 AS numbered" "$(logged mount/slow.log | grep numbered | tail -n 1)"
  check_match "what is missing" "*pgrec: * lines since 20* could not be written: *" "$(grep 'could not be written' mount/slow.log)"
}

test_the_service_manager_is_told_when_it_is_ready() {
  require_postgres
  local name
  for name in "$work/notify" "@pgrec-test-$$"; do
    exec {notified_fd}< <(exec "$PROGRAMS/notified" "$name")
    background_pids=$!
    local line
    IFS= read -r -t "$patience" -u "$notified_fd" line || fail "no socket"
    NOTIFY_SOCKET=$name slowlog_start -x "$server" -t 0
    IFS= read -r -t "$patience" -u "$notified_fd" line || fail "nothing was told"
    check "first" READY=1 "$line"
    IFS= read -r -t "$patience" -u "$notified_fd" line
    check_match "its status" "STATUS=logging every statement of *" "$line"
    record_stop TERM
    IFS= read -r -t "$patience" -u "$notified_fd" line || fail "nothing was told at the end"
    check "last" STOPPING=1 "$line"
    kill "$background_pids"
    wait "$background_pids" 2>/dev/null
    background_pids=
    exec {notified_fd}<&-
  done
}

test_the_capabilities_of_the_service_are_enough() {
  require_postgres
  local names list
  names=$(sed -n 's/^CapabilityBoundingSet=//p' "$here/../../docs/service/pgrec-slowlog.service" | tr 'A-Z\n' 'a-z ')
  names=${names% }
  # As the unit says, a newer kernel does not need it.
  if is_kernel 6.6; then names=${names% cap_sys_admin}; fi
  list=-all$(printf ',+%s' ${names//cap_/})
  cat >limited <<END
#!/bin/sh
exec setpriv --bounding-set $list --inh-caps -all --no-new-privs "$PGREC" "\$@"
END
  chmod +x limited
  start_session "SELECT pg_sleep(3), 'earlier'"
  until_true sleeps "$session_pid"
  PGREC=$work/limited slowlog_start -p "$cluster_postmaster" -t 0 -l slow.log
  run_sql "SELECT 'now'" >/dev/null
  session_wait
  record_stop TERM
  check "status" 0 "$recorder_status"
  check "statements" $'SELECT \'now\'\nSELECT pg_sleep(3), \'earlier\'' \
    "$(logged slow.log | grep -E "'(now|earlier)'" | LC_ALL=C sort)"
}

test_what_cannot_be_done_is_said_in_a_line_and_a_hint() {
  require_bpf
  pgrec slowlog -x "$PGREC" -t 100ms
  check "status" 1 "$status"
  check_match "no server" $'pgrec: * is no PostgreSQL server: *\nhint: *' "$err"
  cluster_find_server || skip "no PostgreSQL server is installed${PGREC_PGROOT:+ in $PGREC_PGROOT}"
  pgrec slowlog -x "$cluster_bin/postgres" -l "$work/nowhere/slow.log"
  check "status" 1 "$status"
  check_match "no directory" $'pgrec: cannot open the log */nowhere/slow.log: *\nhint: *' "$err"
}
