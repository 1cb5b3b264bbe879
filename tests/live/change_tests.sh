# Live tests of probes that change while they record: taken off (--max-overhead), put into a file that replaces the
# probed one, and both; also in several parts. They end what they change themselves, so every number is exact.

calls=$PROGRAMS/calls
rebuilt=$PROGRAMS/calls_rebuilt
instructions=$PROGRAMS/instructions

# last_part NAME
last_part() {
  ls -v "$1".pgt "$1".*.pgt 2>/dev/null | tail -n 1
}

# has_fact KEY: the newest part of t.pgt says it
has_fact() {
  query "$(last_part t)" "SELECT key FROM meta" 2>/dev/null | grep -q "^$1"
}

# go_over_the_limit PROGRAM: runs it until its function inner is taken off, and on: beside the CPU time that it goes on to
# use, a few calls of other functions are below the limit on every machine. end_load ends it.
go_over_the_limit() {
  "$1" endless &
  background_pids=$!
  until_true has_fact record.throttled
}

end_load() {
  kill "$background_pids"
  wait "$background_pids"
  background_pids=
}

# check_off: t.pgt tells of inner, and of nothing else, that it was taken off
check_off() {
  check "what was taken off" "throttled,inner,0" "$(query t.pgt 'SELECT cause, function, count FROM losses')"
  check "facts of it" 1 "$(query t.pgt "SELECT count(*) FROM meta WHERE key LIKE 'record.throttled.%'")"
  pgrec verify t.pgt --full
  check_match identity "*identity    good*, and so for each function*" "$out"
}

test_a_probe_that_is_off_stays_off_in_every_new_file() {
  require_bpf
  cp "$calls" program
  record_start -x "$work/program" -f inner,outer,recurse --max-overhead 1% -o t.pgt
  go_over_the_limit ./program
  local file pids=
  for file in "$rebuilt" "$calls"; do
    replace program "$file"
    recorder_says "replaced while recording, and probed too: $work/program*: 2 of 3 functions; throttled: inner"
    ./program nested 4 &
    pids+=,$!
    wait $!
    ./program recursion 3
  done
  end_load
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls of the others" $'outer,returned,8\nrecurse,returned,6' \
    "$(query t.pgt "SELECT function, outcome, count(*) FROM calls WHERE function <> 'inner' GROUP BY 1, 2 ORDER BY 1")"
  check "calls of inner from the new files" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'inner' AND pid IN (${pids#,})")"
  check_off
}

test_what_is_taken_off_is_so_in_the_old_file_and_the_new() {
  require_bpf
  local method
  for method in $(attach_methods); do
    cp "$calls" program
    ln program old
    record_start -x "$work/program" -f inner,outer --attach "$method" --max-overhead 1% -o t.pgt
    replace program "$rebuilt"
    recorder_says "replaced while recording, and probed too: $work/program*: 2 of 2 functions"
    go_over_the_limit ./program
    ./old nested 3 &
    local pids=$!
    wait $!
    ./program nested 2 &
    pids+=,$!
    wait $!
    end_load
    record_stop
    check "recorder status" 0 "$recorder_status"
    check "calls of the processes after that, $method" outer,returned,5 \
      "$(query t.pgt "SELECT function, outcome, count(*) FROM calls WHERE pid IN ($pids) GROUP BY 1, 2")"
    check_off
    rm t.pgt old
  done
}

test_every_part_knows_what_is_off_and_what_was_replaced() {
  require_bpf
  cp "$calls" program
  record_start -x "$work/program" -f inner,outer --max-overhead 1% --rotate 1s -o t.pgt
  go_over_the_limit ./program
  local throttled part
  throttled=$(last_part t)
  replace program "$rebuilt"
  recorder_says "replaced while recording, and probed too: $work/program*: 1 of 2 functions; throttled: inner"
  until_true later_part_than "$throttled"
  ./program nested 5 &
  local pid=$!
  wait "$pid"
  end_load
  record_stop
  check "recorder status" 0 "$recorder_status"
  for part in $(ls -v t.pgt t.*.pgt); do
    pgrec verify "$part" --full
    check_match "the identity of $part" "*identity    good*" "$out"
    [ "$(printf '%s\n' "$throttled" "$part" | sort -V | head -n 1)" = "$throttled" ] || continue
    check "what was taken off in $part" throttled,inner,0 "$(query "$part" 'SELECT cause, function, count FROM losses')"
  done
  check "calls after that" outer,returned,5 "$(for part in $(ls -v t.pgt t.*.pgt); do
    query "$part" "SELECT function, outcome, count(*) FROM calls WHERE pid = $pid GROUP BY 1, 2"
  done)"
}

# later_part_than PART
later_part_than() {
  [ "$(last_part t)" != "$1" ] && has_fact record.upgraded
}

# leave_one_descriptor PROGRAM: the recorder can open one more. It is at work when a call of PROGRAM is in its trace,
# and opens nothing else by itself.
leave_one_descriptor() {
  "$1" nested 1
  until_true has_calls
  local limit=0 left=1
  until [ ! -e "/proc/$recorder_pid/fd/$limit" ] && [ "$((left--))" = 0 ]; do limit=$((limit + 1)); done
  prlimit --pid "$recorder_pid" --nofile="$limit:"
}

has_calls() {
  [ "$(query t.pgt 'SELECT count(*) > 0 AS some FROM calls' 2>/dev/null)" = 1 ]
}

# The kernel has no room for the new links: everything records on, and is taken off when there is room again.
test_what_the_kernel_refuses_to_take_off_is_recorded_on_and_tried_again() {
  require_bpf
  command -v prlimit >/dev/null || skip "there is no prlimit"
  record_start -x "$calls" -f inner,outer,recurse --max-overhead 1% -o t.pgt
  leave_one_descriptor "$calls"
  "$calls" endless &
  background_pids=$!
  until_true has_fact record.throttle_refused
  has_fact 'record.throttled\.' && fail "it is told that something was taken off"
  end_load
  "$calls" nested 10 &
  local pid=$!
  wait "$pid"
  prlimit --pid "$recorder_pid" --nofile=1024:
  go_over_the_limit "$calls"
  end_load
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls after the refusal" $'inner,returned,30\nouter,returned,10' \
    "$(query t.pgt "SELECT function, outcome, count(*) FROM calls WHERE pid = $pid GROUP BY 1, 2 ORDER BY 1")"
  check_match "why it was refused" "after *: the kernel refuses the probe: Too many open files" \
    "$(query t.pgt "SELECT value FROM meta WHERE key LIKE 'record.throttle_refused.%'")"
  check_match "the summary" "*  throttled   inner: not recorded after *" "$recorder_said"
  [[ $recorder_said != *"recorded on"* ]] || fail "the summary tells of a refusal that is over"
  check_off
}

test_a_refusal_to_the_end_is_in_the_summary() {
  require_bpf
  command -v prlimit >/dev/null || skip "there is no prlimit"
  cp "$calls" program
  record_start -x "$work/program" -f inner,outer --max-overhead 1% -o t.pgt
  leave_one_descriptor ./program
  ./program endless &
  background_pids=$!
  until_true has_fact record.throttle_refused
  end_load
  prlimit --pid "$recorder_pid" --nofile=1024:
  # Nothing was taken off, so nothing is left out of the new file.
  replace program "$rebuilt"
  recorder_says "replaced while recording, and probed too: $work/program*: 2 of 2 functions"
  ./program nested 10 &
  local pid=$!
  wait "$pid"
  record_stop
  check "calls from the new file" $'inner,returned,30\nouter,returned,10' \
    "$(query t.pgt "SELECT function, outcome, count(*) FROM calls WHERE pid = $pid GROUP BY 1, 2 ORDER BY 1")"
  check_match "the summary" \
    "*  throttled   inner: not after *, and recorded on: the kernel refuses the probe: Too many open files*" "$recorder_said"
  check losses "" "$(query t.pgt 'SELECT * FROM losses')"
}

# start_of_many ARGUMENTS...: records a hundred functions of the file ./program, also called ./old; "run TIMES" calls
# one of them, ordinary
start_of_many() {
  cp "$instructions" program
  ln program old
  local many
  many=$("$PGREC" list -x "$work/program" 'avx*' | awk '$2 == "ok" && n++ < 99 { print $1 }' | paste -sd,)
  record_start -x "$work/program" -f "$many,ordinary" --attach perf_event "$@" -o t.pgt
}

# replace_by_one_that_runs: to put the probes in place takes the kernel a second and more, because each goes into a
# hundred processes
replace_by_one_that_runs() {
  cp "$instructions" program.new
  mkfifo line
  exec {held_in}<>line
  for _ in {1..100}; do
    ./program.new hold <line >>run &
    background_pids+=" $!"
  done
  until_true all_run
  mv program.new program
}

all_run() {
  [ "$(wc -l <run)" = 100 ]
}

# stop_of_many: the recorder leaves it to the kernel to take them out, which takes much longer
stop_of_many() {
  kill -INT "$recorder_pid"
  recorder_says "taking out the probes: *"
  record_stop
  check "recorder status" 0 "$recorder_status"
}

# The load is such that a ring holds some tenths of a second of it.
test_draining_goes_on_while_a_new_file_is_probed() {
  require_bpf
  start_of_many --buffer 64K
  replace_by_one_that_runs
  local each=100 load
  (while [ ! -e told ]; do ./old run $each >/dev/null && echo && sleep 0.02; done >runs) &
  load=$!
  background_pids+=" $load"
  recorder_says "replaced while recording, and probed too: $work/program*functions*"
  touch told
  wait "$load"
  stop_of_many
  check losses "" "$(query t.pgt 'SELECT * FROM losses')"
  check calls "ordinary,returned,$(($(wc -l <runs) * each))" \
    "$(query t.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2')"
}

descriptors() {
  find "/proc/$recorder_pid/fd" -mindepth 1 | wc -l
}

# more_descriptors_than NUMBER: each probe that is in place has one
more_descriptors_than() {
  [ "$(descriptors)" -gt "$1" ]
}

# Whether what the other thread uses is still there, the lane tsan sees.
test_a_recording_can_end_while_a_new_file_is_probed() {
  require_bpf
  start_of_many
  local before
  before=$(descriptors)
  replace_by_one_that_runs
  until_true more_descriptors_than $((before + 10))
  stop_of_many
  check_match "what was said" "*replaced while recording, which ended before all of it was probed: $work/program*" \
    "$recorder_said"
  check "what the trace says" "$work/program: recording ended before all of it was probed" \
    "$(fact t.pgt record.upgraded.1)"
}
