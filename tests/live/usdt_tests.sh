# Live tests of USDT probes on the program tests/programs/points, whose notes are written by hand.

points=$PROGRAMS/points

# account TRACE FUNCTION: fired, recorded and filtered of it
account() {
  "$PGREC" dump "$1" --format json |
    sed -n "s/^{\"record\": \"account\", \"function\": \"$2\", \"fired\": \([0-9]*\), \"recorded\": \([0-9]*\), \"filtered\": \([0-9]*\),.*/\1 \2 \3/p" |
    awk '{ fired += $1; recorded += $2; filtered += $3 } END { print fired + 0, recorded + 0, filtered + 0 }'
}

test_every_place_of_a_usdt_probe_is_counted() {
  require_bpf
  local method
  for method in $(attach_methods); do
    pgrec record -x "$points" -f usdt:step,usdt:lonely --attach "$method" -o "$method.pgt" -- "$points" 1000 0
    check "exit status" 0 "$status"
    check "what the program says: two places look" $'in\nsemaphore 2\nsemaphore 2' "$out"
    check "hits by $method" 2000 "$(events_of "$method.pgt" usdt:step)"
    check "hits in the first place" 1000 "$(events_of "$method.pgt" usdt:step '"arg2": -7')"
    check "hits in the second place" 1000 "$(events_of "$method.pgt" usdt:step '"arg2": 7,')"
    check "hits of the last round, its number from memory and from a register" 2 \
      "$(events_of "$method.pgt" usdt:step '"arg1": 999,')"
    check "hits of the probe without arguments" 1 "$(events_of "$method.pgt" usdt:lonely)"
    check "fired, recorded, filtered" "2000 2000 0" "$(account "$method.pgt" usdt:step)"
    check_match "what the summary says" "*hits        2,001 of 2 USDT probes*lost        0 events*" "$err"
    check "roles" $'usdt:lonely events\nusdt:step events' \
      "$("$PGREC" info "$method.pgt" | grep -o 'usdt:[a-z]* *events' | tr -s ' ')"
    whole "$method.pgt"
  done
}

test_a_semaphore_is_raised_in_running_processes_and_lowered_again() {
  require_bpf
  start_held "$points" 300 1
  record_start -x "$points" -f usdt:step -o t.pgt
  echo >&"$held_in"
  local line
  IFS= read -r -t "$patience" -u "$held_out" line
  check "the semaphore of a process that ran before" "semaphore 2" "$line"
  record_stop
  check "hits" 600 "$(events_of t.pgt usdt:step)"
  echo >&"$held_in"
  IFS= read -r -t "$patience" -u "$held_out" line
  check "the semaphore after the recording" "semaphore 0" "$line"
  wait "$held_pid"
  exec {held_out}<&- {held_in}>&-
  held_pid=
  check "the semaphore of a process that starts after the recording" $'in\nsemaphore 0\nsemaphore 0' "$("$points" 3 0)"
}

test_usdt_probes_of_other_processes_are_filtered_and_counted() {
  require_bpf
  start_held "$points" 100 1
  record_start -p "$held_pid" -x "$points" -f usdt:step -o t.pgt
  "$points" 50 0 >/dev/null
  echo >&"$held_in"
  local line
  IFS= read -r -t "$patience" -u "$held_out" line
  record_stop
  release_held
  check "hits" 200 "$(events_of t.pgt usdt:step)"
  check "fired, recorded, filtered" "300 200 100" "$(account t.pgt usdt:step)"
  whole t.pgt
}

test_usdt_probes_that_found_no_room_are_counted_as_lost() {
  require_bpf
  pgrec record -x "$points" -f usdt:step --buffer 4K -o t.pgt -- "$points" 20000 0
  check "exit status" 0 "$status"
  local recorded
  recorded=$(events_of t.pgt usdt:step)
  [ "$recorded" -lt 40000 ] || fail "nothing was lost"
  check "fired, recorded, filtered" "40000 $recorded 0" "$(account t.pgt usdt:step)"
  check "lost" $((40000 - recorded)) "$(query t.pgt "SELECT sum(count) FROM losses WHERE function = 'usdt:step'")"
  whole t.pgt
}

test_usdt_probes_stand_beside_calls_in_order() {
  require_bpf
  # The places are where these functions begin, so the probes of one of them are refused.
  pgrec record -x "$points" -f main,usdt:step,usdt:lonely -o t.pgt -- "$points" 10 0
  check "exit status" 0 "$status"
  check "what happened" "enter usdt:lonely usdt:step*20 returned" \
    "$("$PGREC" dump t.pgt --format json | grep '"record": "event"' |
      grep -oE '"(enter|returned|usdt:[a-z]+)"' | tr -d '"' | uniq -c |
      awk '{ printf "%s%s%s", (NR > 1 ? " " : ""), $2, ($1 > 1 ? "*" $1 : "") }')"
  whole t.pgt
}

test_a_usdt_probe_that_is_not_there_is_told_with_the_nearest() {
  require_bpf
  pgrec record -x "$points" -f usdt:stop -o t.pgt -- "$points" 1 0
  check "exit status" 1 "$status"
  check messages "pgrec: nothing to record in $points: usdt:stop: no such USDT probe; nearest: usdt:step
hint: pgrec list -x $points 'usdt:*' lists those that there are" "$err"
  pgrec record -x "$points" -f 'usdt:step,usdt:nothing*' -o t.pgt -- "$points" 1 0
  check "exit status" 0 "$status"
  check_match "what the summary says" "*not probed  usdt:nothing\*: no USDT probe matches*" "$err"
}

test_usdt_probes_are_listed_with_their_places_and_arguments() {
  pgrec list -x "$points" 'usdt:*'
  check "exit status" 0 "$status"
  check "the list, blanks made one and without offsets" \
    "USDT probe offset semaphore in arguments as noted
usdt:lonely no lonely -
usdt:step(arg1, arg2) yes first -4@(%rdi) -4@\$-7
yes second 4@%edi -4@\$7" "$(tr -s ' ' <<<"$out" | sed 's/ \?0x[0-9a-f]*//; s/^ //')"
  pgrec list -x "$points"
  check_match "what the binary is" "*USDT        2 probes at 3 places*" "$out"
  pgrec list -x "$points" usdt:stop
  check "exit status" 1 "$status"
  check messages "pgrec: nothing to list of $points: usdt:stop: no such USDT probe; nearest: usdt:step
hint: pgrec list -x $points 'usdt:*' lists those that there are" "$err"
}

test_a_limit_takes_usdt_probes_off_too() {
  require_bpf
  record_start -x "$points" -f usdt:step,lonely --max-overhead 1% -o t.pgt
  start_held "$points" 3000000 1
  echo >&"$held_in"
  local line
  IFS= read -r -t "$patience" -u "$held_out" line
  record_stop
  release_held
  check_match "what the summary says" "*throttled   usdt:step: not recorded after *" "$recorder_said"
  whole t.pgt
}

test_a_call_in_which_a_usdt_probe_was_reached_is_recorded_however_short() {
  require_bpf
  pgrec record -x "$points" -f main --min-duration 1h -o without.pgt -- "$points" 10 0
  check "exit status" 0 "$status"
  check "calls without a USDT probe" 0 "$(query without.pgt 'SELECT count(*) FROM calls')"
  pgrec record -x "$points" -f main,usdt:step --min-duration 1h -o with.pgt -- "$points" 10 0
  check "exit status" 0 "$status"
  check "calls with one" main,returned,1 "$(query with.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2')"
  check "hits" 20 "$(events_of with.pgt usdt:step)"
  whole with.pgt
}

# A process without executions is drawn as a whole.
test_usdt_probes_of_executions_that_are_not_sampled_are_filtered() {
  require_bpf
  pgrec record -x "$points" -f usdt:step --sample 1/1000000000 -o t.pgt -- "$points" 10 0
  check "exit status" 0 "$status"
  check "fired, recorded, filtered" "20 0 20" "$(account t.pgt usdt:step)"
  whole t.pgt
}

test_usdt_probes_are_in_every_part_of_a_recording() {
  require_bpf
  pgrec record -x "$points" -f usdt:step --rotate 64K --buffer 64M -o t.pgt -- "$points" 300000 0
  check "exit status" 0 "$status"
  [ -e t.2.pgt ] || fail "there is only one part"
  local part hits=0 lost=0
  for part in t.pgt t.[0-9]*.pgt; do
    whole "$part"
    hits=$((hits + $(events_of "$part" usdt:step)))
    lost=$((lost + $(query "$part" "SELECT coalesce(sum(count), 0) AS lost FROM losses")))
  done
  check "hits and losses of all parts" 600000 $((hits + lost))
}

test_usdt_probes_of_a_binary_that_is_replaced_are_probed_too() {
  require_bpf
  cp "$points" ./program
  record_start -x ./program -f usdt:step -o t.pgt
  ./program 10 0 >/dev/null
  cp "$points" ./new
  printf 'another file' >>./new
  mv ./new ./program
  recorder_says "replaced while recording, and probed too: *: 1 of 1 USDT probe"
  check "the semaphore in the new file" $'in\nsemaphore 2\nsemaphore 2' "$(./program 10 0)"
  record_stop
  check "hits" 40 "$(events_of t.pgt usdt:step)"
  whole t.pgt
}
