# Live tests of several files in one recording: -x again and again. Their functions and USDT probes are numbered through,
# and each file is upgraded and throttled for itself.

calls=$PROGRAMS/calls
rebuilt=$PROGRAMS/calls_rebuilt
points=$PROGRAMS/points

# calls_by_file TRACE: "FILE,FUNCTION,CALLS" of each function that was called
calls_by_file() {
  query "$1" "SELECT replace(f.binary, rtrim(f.binary, replace(f.binary, '/', '')), ''), f.name, count(*)
              FROM calls JOIN functions f USING (function_id) GROUP BY function_id ORDER BY 1, 2"
}

test_functions_and_usdt_probes_of_several_files_are_recorded_together() {
  require_bpf
  cp "$calls" first
  cp "$rebuilt" second
  cp "$points" third
  local method
  for method in $(attach_methods); do
    record_start -x ./first -x ./second -x ./third -f inner,outer,main,usdt:step --attach "$method" -o t.pgt
    check_match "what is recorded" "*recording 7 functions and 1 USDT probe of ./first, ./second and ./third to t.pgt*" \
      "$recorder_said"
    ./first nested 10
    ./second nested 20
    ./third 15 0 >/dev/null
    record_stop
    check "recorder status" 0 "$recorder_status"
    check "calls, $method" $'first,inner,30\nfirst,main,1\nfirst,outer,10\nsecond,inner,60\nsecond,main,1\nsecond,outer,20\nthird,main,1' \
      "$(calls_by_file t.pgt)"
    check "hits, $method" 30 "$(events_of t.pgt usdt:step)"
    whole t.pgt
    check losses "" "$(query t.pgt 'SELECT * FROM losses')"
    rm t.pgt
  done
}

test_each_of_several_files_is_probed_again_when_it_is_replaced() {
  require_bpf
  cp "$calls" first
  cp "$calls" second
  cp "$points" third
  local method file
  for method in $(attach_methods); do
    record_start -x "$work/first" -x "$work/second" -x "$work/third" -f inner,usdt:step --attach "$method" -o t.pgt
    for file in second:"$rebuilt" first:"$rebuilt"; do
      replace "${file%:*}" "${file#*:}"
      recorder_says "replaced while recording, and probed too: $work/${file%:*}, *: 1 of 1 function"
    done
    cp "$points" another && echo another >>another && replace third another
    recorder_says "replaced while recording, and probed too: $work/third*: 1 of 1 USDT probe"
    ./first nested 10
    ./second nested 20
    ./third 15 0 >/dev/null
    record_stop
    check "recorder status" 0 "$recorder_status"
    check "calls, $method" $'first,inner,30\nsecond,inner,60' "$(calls_by_file t.pgt)"
    check "hits, $method" 30 "$(events_of t.pgt usdt:step)"
    check "what was replaced" 3 "$(query t.pgt "SELECT count(*) FROM meta WHERE key LIKE 'record.upgraded.%'")"
    whole t.pgt
    check losses "" "$(query t.pgt 'SELECT * FROM losses')"
    rm t.pgt
  done
}

test_what_is_taken_off_in_one_file_records_on_in_the_other() {
  require_bpf
  cp "$calls" first
  cp "$rebuilt" second
  local method
  for method in $(attach_methods); do
    record_start -x "$work/first" -x "$work/second" -f inner,outer --attach "$method" --max-overhead 1% -o t.pgt
    ./second endless &
    background_pids=$!
    until_true has_fact record.throttled
    # Beside the CPU time of what goes on running these are below the limit.
    ./first nested 2
    ./second nested 3 &
    local last=$!
    wait $!
    kill "$background_pids"
    wait "$background_pids"
    background_pids=
    record_stop
    check "recorder status" 0 "$recorder_status"
    check "what was taken off, $method" "second,inner" \
      "$(query t.pgt "SELECT replace(binary, '$work/', ''), name FROM functions, meta
                      WHERE key = 'record.throttled.' || function_id")"
    check "calls of the first, $method" $'first,inner,6\nfirst,outer,2' "$(calls_by_file t.pgt | grep ^first)"
    check "calls of the second after that, $method" outer,3 \
      "$(query t.pgt "SELECT function, count(*) FROM calls WHERE pid = $last GROUP BY 1")"
    whole t.pgt
    rm t.pgt
  done
}

# has_fact KEY: the trace says it already
has_fact() {
  query t.pgt "SELECT key FROM meta" 2>/dev/null | grep -q "^$1"
}

test_a_file_that_is_named_twice_is_probed_once() {
  require_bpf
  cp "$calls" first
  ln -s first again
  pgrec record -x ./first -x "$work/again" -f inner -o t.pgt -- ./first nested 10
  check "status: $err" 0 "$status"
  check "calls" first,inner,30 "$(calls_by_file t.pgt)"
  whole t.pgt
  check losses "" "$(query t.pgt 'SELECT * FROM losses')"
}

test_a_file_that_has_none_of_the_names_is_told_of() {
  require_bpf
  pgrec record -x "$calls" -x "$points" -f inner -o t.pgt -- "$calls" nested 10
  check "status" 0 "$status"
  check_match "what is said" "pgrec: not probed: $points: it has none of the names"$'\n'* "$err"
  check "the fact" "$points: it has none of the names" "$(fact t.pgt record.not_probed)"
  pgrec record -x "$calls" -x "$points" -f inner --strict -o strict.pgt -- "$calls" nested 10
  check "status with --strict" 1 "$status"
  [ ! -e strict.pgt ] || fail "--strict recorded"
}

test_two_servers_are_too_many() {
  require_bpf
  cp "$PROGRAMS/server" one
  cp "$PROGRAMS/server" other
  echo another >>other
  pgrec record -x ./one -x ./other -f main -o t.pgt -d 1s
  check "status" 1 "$status"
  check_match "what is said" "pgrec: two servers at once: ./one and ./other"$'\n'"hint: *" "$err"
  [ ! -e t.pgt ] || fail "it recorded"
}

test_top_shows_several_files() {
  require_bpf
  cp "$calls" first
  cp "$points" second
  pgrec top -x ./first -x ./second -f inner,main -n 1 -d 300ms
  check "status: $err" 0 "$status"
  check_match "what is recorded" "*recording 3 functions of ./first and ./second; Ctrl-C ends it*" "$err"
}
