# Live tests on PostgreSQL of the recorder among others: other tracers, other recorders, and one that is too slow.

. "$here/postgres_vocabulary.sh"

# probe_list KIND FUNCTION...: as bpftrace wants them
probe_list() {
  local kind=$1 list= function
  shift
  for function in "$@"; do list+="${list:+,}$kind:$server:$function"; done
  echo "$list"
}

# start_bpftrace PROGRAM: returns when its probes are in place
start_bpftrace() {
  command -v bpftrace >/dev/null || skip "bpftrace is not installed: apt-get install bpftrace"
  # It prints only once all its probes are in place.
  exec {peer_fd}< <(exec bpftrace -e "BEGIN { printf(\"ready\\n\"); } $1" 2>&1)
  peer_pid=$!
  background_pids=$peer_pid
  local line
  while IFS= read -r -t "$patience" -u "$peer_fd" line; do [[ $line == ready ]] && break; done
  check "bpftrace" ready "$line"
}

# stop_bpftrace: leaves what it printed in $counted. bpftrace 0.17 may go on after the first SIGINT.
stop_bpftrace() {
  local line result tries=0
  counted=
  kill -INT "$peer_pid"
  while :; do
    IFS= read -r -t 2 -u "$peer_fd" line
    result=$?
    if [ "$result" = 0 ]; then
      counted+=$line$'\n'
    elif [ "$result" -gt 128 ]; then
      [ $((++tries)) -lt 10 ] || fail "bpftrace does not end"
      kill -INT "$peer_pid"
    else
      break
    fi
  done
  wait "$peer_pid" 2>/dev/null
  exec {peer_fd}<&-
  background_pids=
}

test_bpftrace_counts_the_same() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -f heap_insert -o t.pgt
  start_bpftrace "uprobe:$server:heap_insert { @calls[pid] = count(); }"
  four_inserts 50000
  stop_bpftrace
  record_stop
  local i
  for i in 1 2 3 4; do
    check "what bpftrace counted for backend $i" "@calls[$(cat pid.$i)]: 50000" \
      "$(grep -F "@calls[$(cat pid.$i)]:" <<<"$counted")"
    check "what pgrec counted for backend $i" 50000 \
      "$(query t.pgt "SELECT count(*) FROM calls WHERE pid = $(cat pid.$i)")"
  done
}

no_other_session() {
  [ "$(run_sql "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")" = 1 ]
}

# The functions are such that only client backends call them, and none of them when they end.
test_bpftrace_counts_the_same_entries_and_returns_of_every_protocol() {
  require_postgres
  pgbench -i -s 1 -q >/dev/null 2>&1 || fail "pgbench failed"
  local functions=(PortalRun standard_ExecutorRun standard_planner heap_insert heap_update heap_hot_search_buffer btgettuple)
  record_start -x "$server" -f "$(IFS=,; echo "${functions[*]}")" -o t.pgt
  start_bpftrace "$(probe_list uprobe "${functions[@]}"),$(probe_list uretprobe "${functions[@]}") { @calls[probe] = count(); }"
  local mode
  for mode in simple extended prepared; do
    pgbench -n -c 4 -t 200 -M "$mode" >pgbench.txt 2>&1 || fail "pgbench failed: $(cat pgbench.txt)"
    check_match "pgbench" "*number of transactions actually processed: 800/800*" "$(cat pgbench.txt)"
  done
  until_true no_other_session
  stop_bpftrace
  record_stop
  check "lost events" 0 "$(lost_events t.pgt)"
  local function
  for function in "${functions[@]}"; do
    check "what bpftrace and pgrec counted of $function" \
      "$(sed -n "s|^@calls\[uprobe:.*:$function]: ||p; s|^@calls\[uretprobe:.*:$function]: ||p" <<<"$counted" | sort -n)" \
      "$(query t.pgt "SELECT count(*) FROM calls WHERE function = '$function' UNION ALL
                      SELECT count(*) FROM calls WHERE function = '$function' AND outcome = 'returned'" | sort -n)"
  done
  check "rows that pgbench inserted" 2400 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'heap_insert'")"
  check outcomes returned "$(query t.pgt 'SELECT DISTINCT outcome FROM calls')"
}

# all_calls TRACE: by process, function, outcome and query
all_calls() {
  query "$1" "SELECT c.pid, function, c.outcome, text, count(*) FROM calls c JOIN executions USING (execution_id)
              WHERE text LIKE 'INSERT%' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3"
}

test_two_recorders_have_the_same_calls() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -p "$cluster_postmaster" -f heap_insert,RelationGetBufferForTuple -o first.pgt
  local first_pid=$recorder_pid first_fd=$recorder_fd first_said=$recorder_said
  background_pids=$first_pid
  record_start -p "$cluster_postmaster" -f heap_insert,RelationGetBufferForTuple -o second.pgt
  four_inserts 20000
  record_stop
  check_match "what the second recorder says" "*lost * 0 events*" "$recorder_said"
  recorder_pid=$first_pid recorder_fd=$first_fd recorder_said=$first_said background_pids=
  record_stop
  check_match "what the first recorder says" "*lost * 0 events*" "$recorder_said"
  check "the calls of both" "$(all_calls first.pgt)" "$(all_calls second.pgt)"
  check calls "RelationGetBufferForTuple,80000
heap_insert,80000" "$(query first.pgt "SELECT function, count(*) FROM calls WHERE outcome = 'returned' GROUP BY 1 ORDER BY 1")"
  local trace
  for trace in first second; do
    pgrec verify "$trace.pgt" --full
    check "verify status, $trace" 0 "$status"
  done
}

test_a_trace_that_is_being_written_is_not_overwritten() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -f heap_insert -o t.pgt
  local force
  for force in "" --force; do
    pgrec record -x "$server" -f heap_insert -o t.pgt $force -d 1ms
    check "exit status $force" 1 "$status"
    check "messages $force" "pgrec: cannot write t.pgt: process $recorder_pid is writing it
hint: name another file, or end that recording first" "$err"
  done
  run_sql "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 500) g"
  record_stop
  check calls 500 "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome = 'returned'")"
  check files t.pgt "$(ls -A | grep pgt)"
}

is_stopped() {
  [ "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status")" = T ]
}

# duration_ns TRACE
duration_ns() {
  "$PGREC" info "$1" 2>/dev/null | awk '$1 == "trace.duration_ns" { print $2 }'
}

test_what_a_stopped_recorder_missed_is_counted() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -p "$cluster_postmaster" -f heap_insert --buffer 4096 -o t.pgt
  four_inserts 1000
  kill -STOP "$recorder_pid"
  until_true is_stopped "$recorder_pid"
  four_inserts 20000
  kill -CONT "$recorder_pid"
  four_inserts 1000
  record_stop
  pgrec verify t.pgt
  check "verify status" 0 "$status"
  check_match "what verify says" "*identity *good *fired * = recorded * + lost *" "$out"
  # Nothing but heap_insert's entries and returns is counted here: 4 sessions of 22,000 calls.
  check "entries and returns of heap_insert, recorded and lost" 176000 \
    "$(query t.pgt "SELECT sum((outcome <> 'headless') + (outcome IN ('returned', 'headless'))) + (SELECT sum(count)
                    FROM losses WHERE function = 'heap_insert') AS both FROM calls" 2>/dev/null)"
  check "calls said to be unwound" 0 "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome = 'unwound'" 2>/dev/null)"
  check causes ring-full "$(query t.pgt 'SELECT DISTINCT cause FROM losses' 2>/dev/null)"
  check "losses outside of the recording or without a length" 0 \
    "$(query t.pgt "SELECT count(*) FROM losses WHERE from_ns < 0 OR from_ns >= to_ns OR to_ns > $(duration_ns t.pgt)" 2>/dev/null)"
  # The recorder slept through nearly all of the second load.
  check "a loss of more than half of it" 1 \
    "$(query t.pgt "SELECT sum(count) > 80000 FROM losses WHERE function = 'heap_insert'" 2>/dev/null)"
}
