# Live tests on the program tests/programs/calls: real probes, calls whose number is known.

calls=$PROGRAMS/calls

# Records `calls ARGUMENTS` with these functions into t.pgt.
record_calls() {
  local functions=$1
  shift
  require_bpf
  pgrec record -x "$calls" -f "$functions" -o t.pgt -- "$calls" "$@"
  check "exit status" 0 "$status"
  check "losses" "" "$(query t.pgt 'SELECT * FROM losses')"
}

test_nested_calls_have_their_parents() {
  record_calls outer,inner nested 1000
  check calls $'inner,returned,1,3000\nouter,returned,0,1000' \
    "$(query t.pgt 'SELECT function, outcome, depth, count(*) FROM calls GROUP BY 1, 2, 3 ORDER BY 1')"
  check "inner calls that are inside an outer call" 3000 \
    "$(query t.pgt "SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id
                    WHERE c.function = 'inner' AND p.function = 'outer' AND c.ts_ns >= p.ts_ns
                      AND c.ts_ns + c.duration_ns <= p.ts_ns + p.duration_ns")"
  check "outer calls whose self time is what their three inner calls leave" 1000 \
    "$(query t.pgt "SELECT count(*) FROM (SELECT p.call_id FROM calls p JOIN calls c ON c.parent_id = p.call_id
                    GROUP BY p.call_id HAVING p.self_ns = p.duration_ns - sum(c.duration_ns) AND count(*) = 3)")"
  check "the relation functions" $'inner,3000\nouter,1000' \
    "$(query t.pgt 'SELECT name, calls FROM functions ORDER BY name')"
}

test_a_perf_event_for_each_probe_gives_the_same() {
  require_bpf
  pgrec record -x "$calls" -f outer,inner --attach perf_event -o t.pgt -- "$calls" nested 1000
  check "exit status" 0 "$status"
  check calls $'inner,returned,1,3000\nouter,returned,0,1000' \
    "$(query t.pgt 'SELECT function, outcome, depth, count(*) FROM calls GROUP BY 1, 2, 3 ORDER BY 1')"
  check "the method in the trace" perf_event "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.attach'")"
}

test_recursion_is_told_apart_by_depth() {
  record_calls recurse recursion 10
  check depths "$(seq -f '%g,returned' 0 9)" "$(query t.pgt 'SELECT depth, outcome FROM calls ORDER BY depth')"
}

test_functions_that_call_each_other_are_each_others_parents() {
  record_calls even,odd mutual 60
  check calls $'even,returned,30,0,58\nodd,returned,30,1,59' \
    "$(query t.pgt 'SELECT function, outcome, count(*), min(depth), max(depth) FROM calls GROUP BY 1, 2 ORDER BY 1')"
  check "calls whose parent is the other function, one less deep" 59 \
    "$(query t.pgt "SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id
                    WHERE c.function <> p.function AND c.depth = p.depth + 1")"
}

test_calls_beyond_the_kernels_return_probes_are_depth_limit() {
  record_calls recurse recursion 100
  check outcomes $'depth-limit,36,64,99\nreturned,64,0,63' \
    "$(query t.pgt 'SELECT outcome, count(*), min(depth), max(depth) FROM calls GROUP BY 1')"
}

# A chunk has room for 262,144 open calls: what has none is lost, by its cause, and nothing else is.
test_calls_deeper_than_a_chunk_has_room_for_are_told() {
  require_bpf
  ulimit -s unlimited || skip "the stack cannot be made larger"
  pgrec record -x "$calls" -f recurse -o t.pgt -- "$calls" recursion 400000
  check "exit status" 0 "$status"
  check_match "what is said" "*  lost        * events, format-bound: recurse *" "$err"
  check "the cause" "format-bound,recurse" "$(query t.pgt 'SELECT DISTINCT cause, function FROM losses')"
  check "the events" "64,400000" \
    "$(query t.pgt "SELECT fired - 400000, recorded + (SELECT sum(count) FROM losses) - 64 FROM functions")"
  check "calls" 262144 "$(query t.pgt 'SELECT count(*) FROM calls')"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check_match identity "*identity    good*" "$out"
}

# What the kernel keeps of a parent's calls it keeps of its child's too, which has as many fewer of its own.
test_a_child_has_the_probed_returns_of_its_parent() {
  local how depth kept below expected depths="1 40 64 100" belows="10 30 70"
  # A virtual machine takes seconds for each.
  if [ "${PGREC_KERNEL_LANE:-}" = 1 ]; then depths=40 belows=70; fi
  for how in forked vforked; do
    for depth in $depths; do
      kept=$((depth < 64 ? depth : 64))
      for below in $belows; do
        record_calls fork_in,even,odd $how "$depth" "$below"
        expected=$(child_story "$how" "$kept" $((depth - kept)) "$below")
        check "calls by process and outcome, $how $depth $below" "$expected" \
          "$(query t.pgt "SELECT pid = (SELECT min(pid) FROM calls) AS parent, function = 'fork_in' AS outer,
                          outcome, count(*) FROM calls GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")"
        rm t.pgt
      done
    done
  done
}

# child_story HOW KEPT MORE BELOW: of KEPT calls in the parent with a return probe and MORE without, and BELOW calls in
# its child
child_story() {
  local returned=$((64 - $2 < $4 ? 64 - $2 : $4))
  [ "$returned" = "$4" ] || echo "0,0,depth-limit,$(($4 - returned))"
  [ "$returned" = 0 ] || echo "0,0,returned,$returned"
  [ "$1" = vforked ] || echo "0,1,headless,$2"
  [ "$3" = 0 ] || echo "1,1,depth-limit,$3"
  echo "1,1,returned,$2"
}

test_calls_left_by_longjmp_are_unwound() {
  record_calls jump_out,landing longjmp 500
  # The last two are on the stack until the process ends.
  check outcomes $'jump_out,unwound,500\nlanding,unwound,500' \
    "$(query t.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2 ORDER BY 1, 2')"
  check "the deepest call" 1 "$(query t.pgt 'SELECT max(depth) FROM calls')"
}

test_a_function_that_ends_in_a_jump_returns_too() {
  record_calls tail_from,tail_to tail 700
  check outcomes $'tail_from,returned,700\ntail_to,returned,700' \
    "$(query t.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2 ORDER BY 1')"
}

test_a_call_left_by_longjmp_is_no_parent_of_its_sibling() {
  record_calls siblings,first,second sibling 100
  check calls $'first,unwound,1,100\nsecond,returned,1,100\nsiblings,returned,0,100' \
    "$(query t.pgt 'SELECT function, outcome, depth, count(*) FROM calls GROUP BY 1, 2, 3 ORDER BY 1')"
  check "the siblings' parents" siblings \
    "$(query t.pgt "SELECT DISTINCT p.function FROM calls c JOIN calls p ON p.call_id = c.parent_id")"
}

# begins_at PROGRAM FUNCTION: where its first byte is in the file; the program is one that is loaded as it
# stands in the file
begins_at() {
  local address
  address=$(nm "$1" | awk -v name="$2" '$3 == name { print $1 }')
  echo $((16#$address))
}

test_functions_that_begin_with_endbr64_are_probed_behind_it() {
  calls=$PROGRAMS/calls_endbr64
  record_calls outer,inner nested 10
  check "the attach points" $'inner,4\nouter,4' \
    "$(query t.pgt "SELECT name, file_offset - CASE name WHEN 'inner' THEN $(begins_at "$calls" inner)
                    ELSE $(begins_at "$calls" outer) END AS behind FROM functions ORDER BY name")"
  local test
  for test in nested_calls_have_their_parents recursion_is_told_apart_by_depth \
    calls_beyond_the_kernels_return_probes_are_depth_limit calls_left_by_longjmp_are_unwound \
    a_function_that_ends_in_a_jump_returns_too a_call_left_by_longjmp_is_no_parent_of_its_sibling; do
    rm t.pgt
    "test_$test"
  done
}

test_calls_that_go_past_a_stub_are_recorded_too() {
  require_bpf
  local program
  for program in partial partial_stripped; do
    pgrec record -x "$PROGRAMS/$program" -f work,near -o "$program.pgt" -- "$PROGRAMS/$program" 1000 200 50
    check "exit status" 0 "$status"
    check "calls of $program" $'near,,1000\nwork,near,1000\nwork,,200' \
      "$(query $program.pgt "SELECT c.function, p.function AS parent, count(*) FROM calls c
                             LEFT JOIN calls p ON p.call_id = c.parent_id WHERE c.outcome = 'returned'
                             GROUP BY 1, 2 ORDER BY 1, 2 DESC")"
    check_match "what is said of $program" \
      "*pgrec: work: partial: it only asks whether there is work to do; 1 other function goes past it*" "$err"
    check_match "what the trace says of $program" "*work: partial: it only asks *" \
      "$(query $program.pgt "SELECT value FROM meta WHERE key = 'record.notes'")"
  done
}

test_threads_are_kept_apart() {
  record_calls inner threads 4 10000
  check "calls by thread" $'10000\n10000\n10000\n10000' \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome = 'returned' GROUP BY tid")"
  check processes 1 "$(query t.pgt 'SELECT count(DISTINCT pid) FROM calls')"
}

test_processes_that_start_later_are_recorded() {
  record_calls inner forks 5 2000
  check "calls by process" $'2000\n2000\n2000\n2000\n2000' \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome = 'returned' GROUP BY pid")"
}

test_a_call_that_runs_when_recording_stops_is_open() {
  require_bpf
  record_start -x "$calls" -f hold -o t.pgt
  start_held "$calls" hold
  record_stop
  check "recorder status" 0 "$recorder_status"
  check call "hold,open,$held_pid," "$(query t.pgt 'SELECT function, outcome, pid, duration_ns FROM calls')"
  release_held
}

test_pid_records_that_process_only() {
  require_bpf
  start_held "$calls" hold
  record_start -p "$held_pid" -x "$calls" -f inner,hold -o t.pgt
  "$calls" nested 100
  release_held
  record_stop
  check "calls of others" 0 "$(query t.pgt 'SELECT count(*) FROM calls')"
  check_match "what the recorder says of functions without calls" "*no calls    of hold, inner*" "$recorder_said"
}

test_pid_stands_for_its_descendants_too() {
  require_bpf
  record_start -p $$ -x "$calls" -f inner -o t.pgt
  "$calls" nested 100
  "$calls" forks 1 50 # its child is a grandchild
  record_stop
  check calls 350 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_every_event_is_recorded_or_counted_as_lost() {
  require_bpf
  pgrec record -x "$calls" -f inner --buffer 4K -o t.pgt -- "$calls" threads 2 50000
  check "exit status" 0 "$status"
  check "events that fired" 200000 "$(query t.pgt "SELECT value FROM meta WHERE key = 'events.fired'" 2>/dev/null)"
  check "fired - recorded - lost" 0 \
    "$(query t.pgt "SELECT sum(CASE key WHEN 'events.fired' THEN value ELSE -value END) AS rest FROM meta
                    WHERE key IN ('events.fired', 'events.recorded', 'events.lost')" 2>/dev/null)"
  check "losses by cause" "ring-full,inner,1" \
    "$(query t.pgt "SELECT cause, function, sum(count) > 0 AND sum(count) =
                    (SELECT value FROM meta WHERE key = 'events.lost') AS all_of_them
                    FROM losses GROUP BY 1, 2" 2>/dev/null)"
  check "no call is said to be unwound" 0 "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome = 'unwound'" 2>/dev/null)"
  check_match "the summary" "*lost * events, ring-full: inner *hint: *--buffer*" "$err"
  pgrec analyze t.pgt --hist
  check_match "what analyze says" "*events were lost while recording (ring-full)*" "$err"
  pgrec info t.pgt
  check_match "what info says" "*lost by*ring-full*inner*" "$out"
}

# rows_of_a_loss TRACE: into how many rows, one for each CPU, the losses of one stretch of time come apart
rows_of_a_loss() {
  query "$1" "SELECT max(parts) FROM (SELECT count(*) AS parts FROM losses GROUP BY cause, function, from_ns, to_ns)" \
    2>/dev/null
}

test_losses_are_told_for_each_cpu() {
  require_bpf
  local cpu command= cpus
  cpus=$(nproc)
  for ((cpu = 0; cpu < cpus; cpu++)); do command+="taskset -c $cpu $calls threads 1 100000 & "; done
  pgrec record -x "$calls" -f inner --buffer 4K -o all.pgt -- sh -c "$command wait"
  check "exit status" 0 "$status"
  check "rows where every CPU lost" "$cpus" "$(rows_of_a_loss all.pgt)"
  check "events lost, by row and in all" 1 \
    "$(query all.pgt "SELECT sum(count) = (SELECT value FROM meta WHERE key = 'events.lost') AS same FROM losses" 2>/dev/null)"
  pgrec record -x "$calls" -f inner --buffer 4K -o one.pgt -- taskset -c 0 "$calls" threads 1 100000
  check "exit status" 0 "$status"
  check "rows where one CPU lost" 1 "$(rows_of_a_loss one.pgt)"
}
