# Live tests of a recorder that is behind: it stands still while much comes, and then goes on, or ends. Nothing is in two
# parts or in none, the trace ends where it says, and what the threads used meanwhile is known.

. "$here/rotation_tests.sh"

# What came while the recorder stood still is more than a few chunks, and makes several parts when it ends.
test_a_recorder_that_is_behind_when_it_ends_leaves_whole_parts() {
  require_bpf
  local limit
  for limit in 64K 100K; do
    record_start -x "$PROGRAMS/calls_endbr64" -f inner,outer --rotate "$limit" --buffer 64M -o t.pgt
    kill -STOP "$recorder_pid"
    "$PROGRAMS/calls_endbr64" nested 60000 &
    background_pids=$!
    "$PROGRAMS/calls_endbr64" nested 60000
    wait "$background_pids"
    background_pids=
    kill -TERM "$recorder_pid"
    record_stop CONT
    check "recorder status" 0 "$recorder_status"
    check_parts t
    check "events of $limit that fired, were recorded, were lost" "960000 960000 0" \
      "$(events fired) $(events recorded) $(events lost)"
    check "calls with another outcome" 0 \
      "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome NOT IN ('returned', 'open', 'headless')")"
    check "calls ended" 480000 "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome <> 'open'")"
    rm t.pgt t.*.pgt
  done
}

# The trace becomes full with what came while the recorder stood still.
test_a_recorder_that_is_behind_when_it_ends_can_be_full() {
  require_bpf
  record_start -x "$PROGRAMS/calls_endbr64" -f inner,outer --max-size 64K --buffer 64M -o t.pgt
  kill -STOP "$recorder_pid"
  "$PROGRAMS/calls_endbr64" nested 100000
  kill -TERM "$recorder_pid"
  record_stop CONT
  check "recorder status" 0 "$recorder_status"
  pgrec verify t.pgt --full
  check_match "the identity" "*identity    good*" "$out"
  check ended_by "its size reaching 64.0 KiB" "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.ended_by'")"
  check "calls after its end" 0 "$(query t.pgt "SELECT count(*) FROM calls WHERE ts_ns + coalesce(duration_ns, 0) >
    (SELECT value + 0 FROM meta WHERE key = 'trace.duration_ns')")"
}

# cpu_is_known TRACE USED: at least half of USED ms of CPU time is in the trace
cpu_is_known() {
  check "whether the $2 ms of CPU time are known" 1 \
    "$(query "$1" "SELECT value / 1e6 >= $2 / 2.0 FROM meta WHERE key = 'record.cpu_ns'" 2>/dev/null)"
}

# used_by COMMAND...: runs it; leaves its CPU time in $used, ms
used_by() {
  local TIMEFORMAT='%3U %3S'
  used=$({ time "$@" >/dev/null; } 2>&1 | awk '{ printf "%d", 1000 * ($1 + $2) }')
}

# A thread that has filled a ring ends just then.
test_the_cpu_time_of_threads_whose_end_found_no_room_is_known() {
  require_bpf
  local program
  for program in "nested 20000" "threads 1 60000" "forks 1 60000"; do
    record_start -x "$calls" -f inner --buffer 4K -o t.pgt
    kill -STOP "$recorder_pid"
    # shellcheck disable=SC2086
    used_by "$calls" $program
    kill -CONT "$recorder_pid"
    record_stop
    check "recorder status" 0 "$recorder_status"
    check "losses by cause" ring-full "$(query t.pgt 'SELECT DISTINCT cause FROM losses' 2>/dev/null)"
    cpu_is_known t.pgt "$used"
    check "whether it is said to be the least" 1 \
      "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.cpu_is_least'" 2>/dev/null)"
    check_match "what the summary says" "*cost        *:
              up to * % of at least * of CPU time*" "$recorder_said"
    rm t.pgt
  done
}

# It ends while the recorder is at work on what it left in the rings.
test_the_cpu_time_of_what_ends_after_the_recording_is_known() {
  require_bpf
  start_server "$PROGRAMS/server"
  record_start -x "$PROGRAMS/server" -f work --buffer 64M -o t.pgt
  until_true test -e t.pgt
  kill -STOP "$recorder_pid"
  server_do "work 200000"
  local used begun
  used=$(awk '{ printf "%d", $1 / 1e6 }' "/proc/$server_pid/schedstat")
  begun=$(stat -c %s t.pgt)
  kill -TERM "$recorder_pid"
  kill -CONT "$recorder_pid"
  until_true is_longer t.pgt "$begun"
  stop_server
  record_wait
  check "recorder status" 0 "$recorder_status"
  check calls 200000 "$(query t.pgt 'SELECT count(*) FROM calls')"
  cpu_is_known t.pgt "$used"
}

# is_longer FILE BYTES
is_longer() {
  [ "$(stat -c %s "$1")" -gt "$2" ]
}
