# Live tests of what the kernel side leaves out: --pid, --min-duration, --sample; and of what it counts of
# that. calls nested N makes N calls of outer and 3 N of inner.

calls=$PROGRAMS/calls

# check_balanced TRACE FIRED RECORDED FILTERED: nothing was lost, and so much became of the events
check_balanced() {
  pgrec verify "$1" --full
  check "verify status of $1" 0 "$status"
  check_match "identity of $1" "*identity    good*, and so for each function*" "$out"
  check "fired, recorded and filtered events of $1" "$2,$3,$4" \
    "$(query "$1" "SELECT sum(fired), sum(recorded), sum(filtered) FROM functions")"
}

test_short_calls_are_counted_and_not_recorded() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --min-duration 1h -o t.pgt -- "$calls" nested 1000
  check status 0 "$status"
  check_match summary "*filtered    8,000 events, among them 4,000 calls shorter than *" "$err"
  check_balanced t.pgt 8000 0 8000
  check calls 0 "$(query t.pgt 'SELECT count(*) FROM calls')"
  check "short calls" "inner,3000
outer,1000" "$(query t.pgt 'SELECT name, short_calls FROM functions ORDER BY 1')"
  # What SQL says of functions is what analyze says: of all calls, and what is not known as a bound.
  check "figures in SQL" "inner,3000,3000,1,1,1
outer,1000,1000,1,1,1" \
    "$(query t.pgt "SELECT name, calls, returned, total_ns = short_ns, self_ns IS NULL AND self_at_most_ns = short_ns,
      max_ns IS NULL AND max_at_most_ns > min_at_least_ns FROM functions ORDER BY 1")"
  check "figures in analyze" "$(query t.pgt "SELECT name, calls, total_ns, self_ns, max_ns, self_at_most_ns, max_at_most_ns
      FROM functions ORDER BY total_ns DESC")" \
    "$("$PGREC" analyze t.pgt --format csv 2>/dev/null | tail -n +2 | cut -d , -f 1,2,5,6,11,12,13)"
  check "calls in which more time was counted than in all" 0 \
    "$(query t.pgt "SELECT count(*) FROM functions WHERE short_ns <= 0 OR short_ns > 1e9 * 600")"
  pgrec analyze t.pgt --hist
  check_match "histogram" "*inner: 3,000 calls, 3,000 of them counted only*" "$out"
  check_match "what is said of it" "*8,000 events were filtered while recording, as was asked for*" "$err"
  check "calls in the buckets" "inner 3000
outer 1000" "$("$PGREC" analyze t.pgt --hist --format json 2>/dev/null |
      python3 -c 'import collections, json, sys
sums = collections.Counter()
for row in json.load(sys.stdin)["buckets"]: sums[row["function"]] += row["calls"]
for name in sorted(sums): print(name, sums[name])')"
}

test_long_calls_are_recorded_with_what_is_around_them() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --min-duration 1ns -o t.pgt -- "$calls" nested 1000
  check_balanced t.pgt 8000 8000 0
  check "calls by function, outcome and depth" "inner,returned,1,3000
outer,returned,0,1000" \
    "$(query t.pgt 'SELECT function, outcome, depth, count(*) FROM calls GROUP BY 1, 2, 3 ORDER BY 1')"
}

test_calls_that_do_not_return_are_not_short() {
  require_bpf
  pgrec record -x "$calls" -f jump_out --min-duration 1h -o t.pgt -- "$calls" longjmp 100
  check_balanced t.pgt 100 100 0
  check "calls left by longjmp" jump_out,unwound,100 \
    "$(query t.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2')"
  pgrec record -x "$calls" -f recurse --min-duration 1h -o u.pgt -- "$calls" recursion 50
  check_balanced u.pgt 100 0 100
  # What is behind the kernel's 64 return probes does not return, and is kept with what is around it.
  pgrec record -x "$calls" -f recurse --min-duration 1h -o v.pgt -- "$calls" recursion 100
  check_balanced v.pgt 164 164 0
  check "calls beyond the limit" "depth-limit,36
returned,64" "$(query v.pgt 'SELECT outcome, count(*) FROM calls GROUP BY 1 ORDER BY 1')"
}

test_a_call_that_waits_when_recording_stops_is_open_or_short() {
  require_bpf
  record_start -x "$calls" -f hold --min-duration 1us -o t.pgt
  start_held "$calls" hold
  record_stop
  release_held
  check "the call" hold,open "$(query t.pgt 'SELECT function, outcome FROM calls')"
  check_balanced t.pgt 1 1 0
  record_start -x "$calls" -f hold --min-duration 1h -o u.pgt
  start_held "$calls" hold
  record_stop
  release_held
  check_balanced u.pgt 1 0 1
}

test_parts_of_a_filtered_recording_add_up() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer,recurse --rotate 64K --min-duration 1h -o t.pgt -- \
    sh -c "\"$calls\" nested 200000; \"$calls\" recursion 100; \"$calls\" nested 100000"
  check status 0 "$status"
  local part
  for part in t.pgt t.*.pgt; do
    [ -e "$part" ] || continue
    pgrec verify "$part" --full
    check "verify $part" 0 "$status"
  done
  check "events of all parts" 2400164,164,2400000 "$(
    for part in t.pgt t.*.pgt; do
      [ -e "$part" ] && query "$part" "SELECT coalesce(sum(fired), 0), coalesce(sum(recorded), 0), coalesce(sum(filtered), 0) FROM functions"
    done | awk -F, '{ a += $1; b += $2; c += $3 } END { printf "%d,%d,%d", a, b, c }')"
}

test_a_pid_stands_for_all_that_descend_from_it() {
  require_bpf
  mkfifo go
  # The shells are there before recording begins; what they start is not, and its parent may be gone.
  sh -c "sh -c 'read x; sh -c \"\\\"$calls\\\" nested 100; true\"; (\"$calls\" nested 10 &); true' <go; true" &
  local root=$!
  background_pids=$root
  record_start -x "$calls" -f inner,outer -p "$root" -o t.pgt
  "$calls" nested 1000
  echo >go
  wait "$root"
  background_pids=
  record_wait
  check_match "what ended it" "*ended by the end of process $root*" "$recorder_said"
  check "calls of outer" 110 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'outer'")"
  check_balanced t.pgt 8880 880 8000
}

test_a_child_that_outlives_the_process_is_recorded_to_its_end() {
  require_bpf
  mkfifo go late
  sh -c "read x <go; (read y <late; \"$calls\" nested 70; true) & true" &
  local root=$!
  background_pids=$root
  record_start -x "$calls" -f outer -p "$root" -o t.pgt
  echo >go
  wait "$root"
  background_pids=
  "$calls" nested 1000
  echo >late
  record_wait
  check_match "what ended it" "*ended by the end of process $root*" "$recorder_said"
  check "calls of outer" 70 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

# It descends from the shell itself.
test_a_recorder_does_not_wait_for_itself() {
  require_bpf
  cat >shell.sh <<'SHELL'
"$PGREC" record -x "$1" -f outer -p $$ -o t.pgt 2>said.txt &
until grep -q ^recording said.txt; do :; done
"$1" nested 20
SHELL
  PGREC=$PGREC bash shell.sh "$calls"
  until_true grep -q "ended by the end of process" said.txt
  until_true "$PGREC" verify t.pgt >/dev/null
  check calls 20 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_processes_are_numbered_as_the_recorders_namespace_does() {
  require_bpf
  cat >inside.sh <<'INSIDE'
calls=$1
"$PGREC" record -x "$calls" -f outer -o all.pgt -- "$calls" nested 10 2>all.txt
sh -c 'read x; "$0" nested 20; true' "$calls" <go &
target=$!
"$PGREC" record -x "$calls" -f outer -p "$target" -o some.pgt 2>some.txt &
recorder=$!
until grep -q ^recording some.txt; do :; done
"$calls" nested 30
echo >go
wait "$target"
wait "$recorder"
INSIDE
  mkfifo go
  PGREC=$PGREC timeout "$patience" unshare --pid --fork --mount-proc bash inside.sh "$calls"
  check "calls of the command" 10 "$(query all.pgt 'SELECT count(*) FROM calls')"
  check "its number, which is small in there" 1 "$(query all.pgt 'SELECT max(pid) < 100 AND min(pid) > 1 AS small FROM calls')"
  check "calls of the target" 20 "$(query some.pgt 'SELECT count(*) FROM calls')"
  check_balanced some.pgt 100 40 60
}

test_the_namespace_is_told_as_the_recorders_also_where_proc_is_of_another() {
  require_bpf
  unshare --pid --fork bash -c 'readlink /proc/self/ns/pid >own.txt
    "$0" record -x "$1" -f outer -o t.pgt -- "$1" nested 10 2>said.txt' "$PGREC" "$calls"
  check "namespace" "$(cat own.txt)" "pid:[$(fact t.pgt host.pid_namespace)]"
}

test_a_thread_without_executions_is_sampled_as_a_whole() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --sample 1/2 -o t.pgt -- "$calls" nested 1000
  local recorded
  recorded=$(query t.pgt 'SELECT sum(recorded) FROM functions')
  [ "$recorded" = 0 ] || check "events of the thread" 8000 "$recorded"
  check_balanced t.pgt 8000 "$recorded" $((8000 - recorded))
  pgrec record -x "$calls" -f inner,outer --sample 1/1 -o u.pgt -- "$calls" nested 1000
  check_balanced u.pgt 8000 8000 0
}

test_a_dry_run_says_what_it_would_cost_and_writes_nothing() {
  require_bpf
  "$calls" endless &
  background_pids=$!
  pgrec record -x "$calls" -f inner,outer --dry-run -o t.pgt
  check status 0 "$status"
  check_match "what it says" "expected cost: * to * % of a CPU, * calls a second: inner * to * %*" "$err"
  check "files" no "$([ -e t.pgt ] && echo yes || echo no)"
  kill "$background_pids"
  wait "$background_pids"
  background_pids=
}

test_the_summary_says_what_was_paid() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer -o t.pgt -- "$calls" nested 10000
  check_match "cost" "*cost        *s, 40,000 calls at * to * [nu]s:
              * % of * of CPU time*" "$err"
  # Of these, 30,000 calls are of the one function and 10,000 of the other; with a step where the kernel takes one there.
  check "the facts" 1 "$(query t.pgt "SELECT (SELECT value + 0 FROM meta WHERE key = 'record.cost_ns')
      - 40000 * (SELECT value FROM meta WHERE key = 'record.probe_cost_ns') IN (0, 10000 * step, 30000 * step, 40000 * step) AS same
      FROM (SELECT (SELECT value + 0 FROM meta WHERE key = 'record.step_cost_ns') AS step)")"
  check "whether the most is no less" 1 "$(query t.pgt "SELECT (SELECT value + 0 FROM meta WHERE key = 'record.cost_most_ns')
      >= (SELECT value + 0 FROM meta WHERE key = 'record.cost_ns') AS most")"
  check "whether some CPU time was used" 1 \
    "$(query t.pgt "SELECT value + 0 > 0 AS some FROM meta WHERE key = 'record.cpu_ns'")"
}

test_probes_over_the_limit_are_taken_off_and_told() {
  require_bpf
  record_start -x "$calls" -f inner,outer,recurse --max-overhead 1% -o t.pgt
  "$calls" endless &
  background_pids=$!
  # Its calls, of inner, take far more than that.
  until query t.pgt "SELECT key FROM meta" 2>/dev/null | grep -q 'record.throttled'; do
    kill -0 "$recorder_pid" || fail "the recorder ended"
  done
  # Beside the CPU time of what goes on running these are below the limit.
  "$calls" recursion 3
  "$calls" nested 4
  kill "$background_pids"
  wait "$background_pids"
  background_pids=
  record_stop
  check_match "what is said" "*throttled   inner: not recorded after *, more than 1.0 %*" "$recorder_said"
  check "the loss" "throttled,inner,0,1" \
    "$(query t.pgt "SELECT cause, function, count, from_ns < to_ns AS interval FROM losses")"
  check "calls of the others" "outer,returned,4
recurse,returned,3" "$(query t.pgt "SELECT function, outcome, count(*) FROM calls WHERE function <> 'inner' GROUP BY 1, 2 ORDER BY 1")"
  check "calls of inner that ended in any other way" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'inner' AND outcome NOT IN ('returned', 'exit-lost')")"
  pgrec verify t.pgt --full
  check_match identity "*identity    good*, and so for each function*" "$out"
  pgrec analyze t.pgt
  check_match "what analyze says" "*inner was not recorded any more after *: they were taken off*" "$err"
}
