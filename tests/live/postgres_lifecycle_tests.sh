# Live tests of long recordings on a private PostgreSQL cluster: in parts, across a restart, begun before the
# server.

. "$here/postgres_vocabulary.sh"

test_a_workload_recorded_in_parts_is_all_there() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -f heap_insert,RelationGetBufferForTuple --rotate 256K --keep 1000 -o t.pgt
  four_inserts 100000
  record_stop
  check "recorder status" 0 "$recorder_status"
  check_match "the summary" "*t.pgt to t.*.pgt, * parts: *lost        0 events*" "$recorder_said"
  local part i expected= all= fired=0 recorded=0
  for part in $(ls -v t.pgt t.*.pgt); do
    pgrec verify "$part" --full
    check "verify $part" 0 "$status"
    all+=$(query "$part" "SELECT e.text, c.pid, c.function, sum(c.outcome <> 'headless'), sum(c.outcome <> 'open')
                          FROM calls c LEFT JOIN executions e USING (execution_id) GROUP BY 1, 2, 3")$'\n'
    fired=$((fired + $(query "$part" "SELECT value FROM meta WHERE key = 'events.fired'")))
    recorded=$((recorded + $(query "$part" "SELECT value FROM meta WHERE key = 'events.recorded'")))
  done
  check "events, fired and recorded" "$fired" "$recorded"
  for i in 1 2 3 4; do
    expected+="\"INSERT INTO t SELECT g, 'backend $i' FROM generate_series(1, 100000) g\",$(cat pid.$i) 100000 100000"$'\n'
    expected+="\"INSERT INTO t SELECT g, 'backend $i' FROM generate_series(1, 100000) g\",$(cat pid.$i) 100000 100000"$'\n'
  done
  check "calls by query, process and function, begun and ended" "${expected%$'\n'}" \
    "$(sed '/^$/d' <<<"$all" | sed -E 's/,([0-9]+),([0-9]+)$/\t\1\t\2/' |
      awk -F '\t' '{ begun[$1] += $2; ended[$1] += $3 }
        END { for (i in begun) { name = i; sub(/,[A-Za-z_]+$/, "", name); print name, begun[i], ended[i] } }' | sort)"
}

test_a_restart_is_recorded_through() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  record_start -x "$server" -f heap_insert -o t.pgt
  run_sql 'INSERT INTO t SELECT generate_series(1, 10)'
  cluster_ctl -m fast restart || fail "the server does not restart"
  run_sql 'INSERT INTO t SELECT generate_series(1, 20)'
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by query" $'"INSERT INTO t SELECT generate_series(1, 10)",10\n"INSERT INTO t SELECT generate_series(1, 20)",20' \
    "$(query t.pgt "SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id)
                    WHERE e.text LIKE 'INSERT%' GROUP BY 1 ORDER BY 1")"
}

test_the_end_of_the_postmaster_ends_its_recording() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  local recorded=$cluster_postmaster
  record_start -p "$recorded" -f heap_insert -o t.pgt
  run_sql 'INSERT INTO t SELECT generate_series(1, 10)'
  cluster_ctl -m fast restart || fail "the server does not restart"
  record_wait
  check "recorder status" 0 "$recorder_status"
  check_match "the summary" "*, ended by the end of process $recorded"$'\n'"*" "$recorder_said"
  check calls 10 "$(query t.pgt "SELECT count(*) FROM calls JOIN executions e USING (execution_id) WHERE e.text LIKE 'INSERT%'")"
}

test_a_recording_can_begin_before_the_server() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  cluster_ctl -m fast stop || fail "the server does not stop"
  record_start -x "$server" -f heap_insert -o t.pgt
  cluster_ctl start || fail "the server does not start"
  run_sql 'INSERT INTO t SELECT generate_series(1, 30)'
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls of that query" 30 \
    "$(query t.pgt "SELECT count(*) FROM calls JOIN executions e USING (execution_id) WHERE e.text LIKE 'INSERT%'")"
  check_match "the server's version" "*$("$server" --version | grep -oE '[0-9]+[.0-9]*' | head -n 1)*" \
    "$(query t.pgt "SELECT value FROM meta WHERE key = 'server.version'")"
}
