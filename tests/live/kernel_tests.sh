# Live tests of the essentials on a private PostgreSQL cluster, each small enough for a kernel in an emulated machine
# (tests/kernels), where the others of tests/kernels/tests.list run beside them.

. "$here/postgres_vocabulary.sh"

test_each_row_is_a_call_of_its_statement() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  record_start -p "$cluster_postmaster" -f heap_insert -o t.pgt
  run_sql 'INSERT INTO t SELECT generate_series(1, 20000)'
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  check "calls by statement and outcome" '"INSERT INTO t SELECT generate_series(1, 20000)",completed,20000,returned,20000' \
    "$(query t.pgt "SELECT text, e.outcome, rows, c.outcome AS became, count(*) FROM calls c JOIN executions e USING (execution_id)
                    GROUP BY e.execution_id, c.outcome")"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check_match "the identity" "*identity    good*, and so for each function*" "$out"
}

test_three_hundred_functions_are_probed_at_once() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  local functions
  functions=$("$PGREC" list -x "$server" 'ExecInit*,heap*,index*,Exec*' | awk '$2 == "ok" { print $1 }' | sort -u |
    grep -vx heap_insert | head -n 299)
  check "their number" 299 "$(wc -l <<<"$functions")"
  record_start -p "$cluster_postmaster" -f "heap_insert,$(paste -sd , <<<"$functions")" -o t.pgt
  run_sql 'INSERT INTO t SELECT generate_series(1, 100)'
  # The summary is there before the probes are out, for which a kernel without uprobe_multi takes a minute.
  kill -INT "$recorder_pid"
  recorder_says "  lost  *"
  kill -INT "$recorder_pid" 2>/dev/null
  record_wait
  check "recorder status" 0 "$recorder_status"
  check "functions that are not probed" "" "$(grep 'not probed' <<<"$recorder_said")"
  check "functions in the trace" 300 "$(query t.pgt 'SELECT count(*) FROM functions')"
  check "calls of one" 100 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'heap_insert' AND outcome = 'returned'")"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

# start_in_namespaces: stops the cluster's server, and starts it in a pid and a mount namespace of its own. Leaves the
# postmaster's number, as it is seen from here, in $postmaster.
start_in_namespaces() {
  cluster_ctl stop || fail "the server did not stop"
  # In there it has a number that is another process's here. pg_ctl is to signal none.
  trap 'rm -f "$cluster_dir/data/postmaster.pid"; clean_up' EXIT
  unshare --pid --mount --fork --mount-proc --kill-child bash -c '
    mount -t tmpfs tmpfs /mnt
    setpriv --reuid=postgres --regid=postgres --init-groups -- "$0" -D "$1" >/dev/null 2>&1 &
    wait' "$cluster_bin/postgres" "$cluster_dir/data" &
  background_pids=$!
  until_true pg_isready -q
  postmaster=$(pgrep -P "$(pgrep -P "$background_pids")")
}

test_a_server_in_namespaces_of_its_own_is_recorded_from_outside() {
  [ -z "${PGREC_PGROOT:-}" ] || skip "the server of another root runs in a chroot"
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  start_in_namespaces
  local inside
  record_start -p "$postmaster" -f heap_insert -o t.pgt
  inside=$(run_sql 'INSERT INTO t SELECT generate_series(1, 1000); SELECT pg_backend_pid()')
  record_stop
  check "recorder status" 0 "$recorder_status"
  check_match "the file" "*of $(readlink -f "$server") to t.pgt*" "$recorder_said"
  check "calls of the statement, and whose it is" '"INSERT INTO t SELECT generate_series(1, 1000)",1000,postgres,postgres,psql' \
    "$(query t.pgt "SELECT text, count(*), database, user, application FROM calls JOIN executions USING (execution_id)
                    JOIN processes USING (process_id) GROUP BY execution_id")"
  check "processes with the number that one has inside" 0 "$(query t.pgt "SELECT count(*) FROM processes WHERE pid = $inside")"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}
