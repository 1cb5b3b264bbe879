# Live tests of what is printed while recording: record --interval. calls nested N makes N calls of outer and
# 3 N of inner.

calls=$PROGRAMS/calls

# printed_calls FILE FUNCTION: the sum of its calls over all intervals, as its headings tell them
printed_calls() {
  sed -n "s/^$2: \([0-9,]*\) calls\?\(,.*\)\?\$/\1/p" "$1" | tr -d , | awk '{ sum += $1 } END { print sum + 0 }'
}

# printed_rows FILE FUNCTION: the sum of the counts in the rows of its histograms
printed_rows() {
  awk -v heading="^$2: " '/^[^ ]/ { mine = $0 ~ heading } mine && / -> / { gsub(",", "", $5); sum += $5 } END { print sum + 0 }' "$1"
}

# intervals FILE: how many there are
intervals() {
  grep -cE '^[0-9-]+T[0-9:]+Z, [0-9.]+ s: [0-9,]+ calls?, ' "$1"
}

# at_least WHAT LEAST ACTUAL
at_least() {
  [ "$3" -ge "$2" ] || fail "$1: expected at least $2, got $3"
}

test_the_intervals_have_every_call_once() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer,first -i 100ms -o t.pgt -- "$calls" nested 200000
  check status 0 "$status"
  at_least intervals 2 "$(intervals err.txt)"
  check "calls of outer" 200000 "$(printed_calls err.txt outer)"
  check "calls of inner" 600000 "$(printed_calls err.txt inner)"
  check "calls of outer in the rows" 200000 "$(printed_rows err.txt outer)"
  check "calls of inner in the rows" 600000 "$(printed_rows err.txt inner)"
  check "the trace" "inner,600000
outer,200000" "$(query t.pgt "SELECT name, calls FROM functions WHERE calls > 0 ORDER BY 1")"
  check_match "functions without a call" "*
0 calls: *first
*" "$err"
  check "what belongs to the command" "" "$out"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
}

test_an_interval_ends_at_its_time() {
  require_bpf
  pgrec record -x "$calls" -f inner -i 0.2s -d 1s -o t.pgt
  check status 0 "$status"
  check "ends of the intervals" "0.200 0.400 0.600 0.800 1.000" \
    "$(sed -n 's/^[^ ]*Z, \([0-9.]*\) s: .*/\1/p' out.txt | head -5 | xargs)"
}

test_results_go_to_stdout_without_a_command() {
  require_bpf
  start_held "$calls" hold
  pgrec record -x "$calls" -f inner,hold -i 1h -d 200ms -o t.pgt
  check status 0 "$status"
  check_match stdout "20*Z, 0.* s: 0 calls, 0 lost

0 calls: hold, inner" "$out"
  check_match stderr "*recording 2 functions of *calls to t.pgt*t.pgt: *" "$err"
  check "what of the intervals is on stderr" 0 "$(intervals err.txt)"
  release_held
}

test_calls_that_do_not_return_are_told_by_what_became_of_them() {
  require_bpf
  pgrec record -x "$calls" -f jump_out,recurse -i 1h -o t.pgt -- "$calls" longjmp 100
  check_match "left by longjmp" "*
jump_out: 100 calls, 100 of them without a return
  without a return: 100 unwound
*" "$err"
  pgrec record -x "$calls" -f recurse -i 1h -o u.pgt -- "$calls" recursion 100
  check_match "beyond what the kernel keeps" "*
recurse: 100 calls, 36 of them without a return
  total *
  without a return: 36 depth-limit
*" "$err"
  record_start -x "$calls" -f hold -i 1h -o v.pgt
  start_held "$calls" hold
  record_stop
  release_held
  check_match "still open" "*
hold: 1 call, 1 of them without a return
  without a return: 1 open
*" "$recorder_said"
}

test_short_calls_are_in_the_intervals() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --min-duration 1h -i 100ms -o t.pgt -- "$calls" nested 100000
  check status 0 "$status"
  check "calls of outer" 100000 "$(printed_calls err.txt outer)"
  check "calls of inner" 300000 "$(printed_calls err.txt inner)"
  check "calls of inner in the rows" 300000 "$(printed_rows err.txt inner)"
  check "filtered events" 800000 \
    "$(sed -n 's/^20.*, \([0-9,]*\) events\? filtered$/\1/p' err.txt | tr -d , | awk '{ sum += $1 } END { print sum }')"
}

test_the_intervals_go_across_parts() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --rotate 64K -i 100ms -o t.pgt -- "$calls" nested 100000
  check status 0 "$status"
  at_least parts 2 "$(ls t.pgt t.*.pgt | wc -l)"
  local part in_traces=0
  for part in t.pgt t.*.pgt; do
    in_traces=$((in_traces + $(query "$part" "SELECT count(*) FROM calls WHERE function = 'inner'")))
  done
  check "calls of inner, those across a switch in both parts" "$in_traces" "$(printed_calls err.txt inner)"
  check "calls of inner in the rows and headless ones" 300000 \
    "$(($(printed_rows err.txt inner) + $(sed -n '/^inner: /,/^$/s/.*without a return:.* \([0-9]*\) headless.*/\1/p' err.txt | awk '{ sum += $1 } END { print sum + 0 }')))"
}

test_the_losses_of_an_interval_are_told() {
  require_bpf
  pgrec record -x "$calls" -f inner --buffer 4096 -i 100ms -o t.pgt -- "$calls" nested 300000
  check status 0 "$status"
  local lost
  lost=$(sed -n 's/^lost \([0-9,]*\) events\?, ring-full: inner .*/\1/p' err.txt | tr -d , | awk '{ sum += $1 } END { print sum + 0 }')
  at_least "lost events" 1 "$lost"
  check "lost events, as the trace tells them" "$(query t.pgt 'SELECT sum(count) FROM losses' 2>/dev/null)" "$lost"
  check "calls, as the trace tells them" "$(query t.pgt 'SELECT count(*) FROM calls' 2>/dev/null)" "$(printed_calls err.txt inner)"
}

test_processes_that_were_not_asked_for_are_in_no_interval() {
  require_bpf
  start_held "$calls" hold
  record_start -x "$calls" -p "$held_pid" -f inner,hold -i 100ms -o t.pgt
  "$calls" nested 1000
  record_stop
  release_held
  check_match "what was printed" "*0 calls: *inner*" "$recorder_said"
  [[ $recorder_said != *"inner: "*calls* ]] || fail "another process is in: $recorder_said"
}
