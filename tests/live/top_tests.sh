# Live tests of pgrec top on the small programs, with and without a terminal.

calls=$PROGRAMS/calls

. "$here/top_vocabulary.sh"

test_functions_of_a_program_that_is_no_server() {
  require_bpf
  top_start -x "$calls" -f inner,outer,first -d 1h
  check_match "what it says" "recording 3 functions of *calls; Ctrl-C ends it*" "$(cat err.txt)"
  "$calls" nested 20000
  top_stop
  check status 0 "$status"
  check "calls of inner" 60000 "$(shown 1 inner)"
  check "calls of outer" 20000 "$(shown 1 outer)"
  check_match "the screen" "*calls
20*Z, * s so far
* calls/s, 0 events lost
cost *s, 80,000 calls at *

     calls    total     self     mean      p99  function
*
0 calls: first" "$out"
  check "statements" 0 "$(grep -c executions out.txt)"
}

test_each_interval_is_a_block_of_its_own() {
  require_bpf
  "$PGREC" top -x "$calls" -f inner,outer -d 200ms -n 3 >out.txt 2>err.txt </dev/null
  check status 0 "$?"
  check "ends of the intervals" "0.2 0.4 0.6" "$(sed -n 's/^20.*Z, \([0-9.]*\) s so far$/\1/p' out.txt | xargs)"
}

test_the_intervals_of_top_have_every_call_once() {
  require_bpf
  top_start -x "$calls" -f inner,outer -d 100ms
  "$calls" nested 100000
  top_stop TERM
  check status 0 "$status"
  check "calls of inner" 300000 "$(shown 1 inner)"
  check "calls of outer" 100000 "$(shown 1 outer)"
  [ "$(grep -c 'so far$' out.txt)" -gt 1 ] || fail "there is one interval only"
}

test_top_keeps_no_file() {
  require_bpf
  top_start -x "$calls" -f inner -d 100ms -n 2
  "$calls" nested 1000
  top_wait
  check files "err.txt
out.txt" "$(ls -A)"
}

test_top_needs_something_to_show() {
  require_bpf
  pgrec top -x "$calls" -n 1
  check status 1 "$status"
  check messages "pgrec: $(readlink -f "$calls") reports no queries
hint: name functions of it with -f" "$err"
}

test_top_ends_with_its_processes() {
  require_bpf
  start_held "$calls" hold
  top_start -x "$calls" -p "$held_pid" -f hold -d 1h
  release_held
  top_wait
  check status 0 "$status"
  # It was in hold() before there was a probe.
  check_match "the screen" "*so far
0 calls/s, 0 events lost
*
0 calls: hold" "$out"
}

test_nobody_who_listens_ends_top() {
  require_bpf
  local pipe_status
  timeout "$patience" "$PGREC" top -x "$calls" -f inner -d 100ms 2>err.txt </dev/null | head -n 1 >out.txt
  pipe_status=${PIPESTATUS[0]}
  check "exit status" 1 "$pipe_status"
  check_match "what it says" "*cannot write the output*" "$(cat err.txt)"
}

test_a_terminal_shows_one_screen_and_is_given_back() {
  require_bpf
  on_terminal 'first interval=raw:' 'function.*inner=key:q'
  check_terminal_given_back
}

test_a_signal_gives_the_terminal_back() {
  require_bpf
  local one
  for one in SIGINT SIGTERM SIGHUP; do
    on_terminal "function.*inner=signal:$one"
    check_terminal_given_back
    kill "$background_pids"
    wait "$background_pids" 2>/dev/null
  done
}

test_keys_sort_and_pause() {
  require_bpf
  on_terminal 'by time=key:s' 'by count=key:s' 'by mean=key:s' 'by time=key:p' 'paused.*go on=key:p' 'p pause=key:q'
  check_terminal_given_back
}

test_another_size_is_drawn_anew() {
  require_bpf
  # Cut at the width, but whole where there is room.
  on_terminal "sort \(by time\).*inner=resize:12x20" "q quit   s sort \(\.\.\.=resize:12x60" "sort \(by time\)=key:q"
  check_terminal_given_back
}

test_a_terminal_that_is_closed_ends_top() {
  require_bpf
  on_terminal 'function.*inner=close:'
}
