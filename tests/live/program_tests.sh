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

# list_lines FILE PATTERNS: what pgrec list says of them, blanks made one
list_lines() {
  pgrec list -x "$1" "$2"
  check "status of list -x $1 $2" 0 "$status"
  tail -n +2 <<<"$out" | tr -s ' '
}

test_functions_are_listed_from_wherever_their_symbols_are() {
  command -v objcopy xz >/dev/null || skip "objcopy or xz is not installed: apt-get install binutils xz-utils"
  cp "$PROGRAMS/calls" symtab
  check_match "with .symtab" "call_inner ok 0x* .symtab*" "$(list_lines ./symtab call_inner)"

  strip -o stripped symtab
  pgrec list -x ./stripped call_inner
  check "status where all is stripped" 1 "$status"
  check "messages" "pgrec: ./stripped names no functions
hint: it is stripped and exports none; install its debug symbols, or use a build that exports its functions" "$err"

  mkdir linked linked/.debug
  objcopy --only-keep-debug symtab linked/.debug/calls.debug
  objcopy --strip-all --add-gnu-debuglink=linked/.debug/calls.debug symtab linked/calls
  check_match "with a debug file" "call_inner ok 0x* debug file*" "$(list_lines ./linked/calls call_inner)"
  pgrec list -x ./linked/calls
  check_match "the debug file" "*debug file  *linked/.debug/calls.debug*" "$out"
  objcopy --only-keep-debug "$PROGRAMS/calls_endbr64" linked/.debug/calls.debug
  pgrec list -x ./linked/calls call_inner
  check "status with the debug file of another build" 1 "$status"

  # As Fedora does: a table of the functions' symbols, compressed.
  objcopy -S --remove-section .comment --keep-symbol=call_inner symtab mini
  objcopy -S --remove-section .gnu_debugdata symtab minidebug
  xz mini
  objcopy --add-section .gnu_debugdata=mini.xz minidebug
  check_match "with MiniDebugInfo" "call_inner ok 0x* MiniDebugInfo*" "$(list_lines ./minidebug call_inner)"
}

test_a_function_that_was_inlined_everywhere_is_said_to_be() {
  check "what is said" "discounted inlined - - - it was inlined wherever it is called, and has no code of its own" \
    "$(list_lines "$PROGRAMS/cart" discounted)"
  pgrec list -x "$PROGRAMS/cart" discoutned
  check "status for a name that is nowhere" 1 "$status"
}

test_functions_of_a_debug_file_are_recorded() {
  require_bpf
  mkdir .debug
  objcopy --only-keep-debug "$calls" .debug/calls.debug
  objcopy --strip-all --add-gnu-debuglink=.debug/calls.debug "$calls" ./calls
  # A function that is local to its file.
  pgrec record -x ./calls -f call_inner,inner -o t.pgt -- ./calls threads 2 500
  check "exit status" 0 "$status"
  check calls $'call_inner,2\ninner,1000' "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
}

test_a_body_and_its_stub_are_probed_once() {
  require_bpf
  pgrec record -x "$PROGRAMS/partial" -f 'work*' -o t.pgt -- "$PROGRAMS/partial" 1000 200 50
  check "exit status" 0 "$status"
  check calls work,1200 "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
  check_match "what is not probed" "*not probed  work.part.0: what is probed of it is the same code as of work*" "$err"
}

test_cpp_functions_are_found_by_the_names_people_write() {
  require_bpf
  local name
  for name in 'shop::Cart::add(int, long)' _ZN4shop4Cart3addEil; do
    pgrec record -x "$PROGRAMS/cart" -f "$name" -o "$name.pgt" -- "$PROGRAMS/cart" 100
    check "exit status" 0 "$status"
    check calls _ZN4shop4Cart3addEil,100 "$(query "$name.pgt" 'SELECT function, count(*) FROM calls GROUP BY 1')"
  done
  pgrec record -x "$PROGRAMS/cart" -f 'shop::Cart::add' -o t.pgt -- "$PROGRAMS/cart" 100
  check "calls of both" 200 "$(query t.pgt 'SELECT count(*) FROM calls')"
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

# varint: takes a number off the front of the array `bytes`; leaves it in $number.
varint() {
  local shift=0
  number=0
  while ((bytes[0] >= 128)); do
    number=$((number | (bytes[0] & 127) << shift)) shift=$((shift + 7)) bytes=("${bytes[@]:1}")
  done
  number=$((number | bytes[0] << shift)) bytes=("${bytes[@]:1}")
}

# clock_samples TRACE: the time in the trace and the wall clock of each sample, in nanoseconds
clock_samples() {
  local all bytes number at offset
  mapfile -t all < <(od -A n -v -t u1 -w1 "$1" | tr -d ' ')
  for ((offset = 0; offset < ${#all[@]}; offset += 8)); do
    [ "${all[*]:offset:5}" = "247 80 71 70 5" ] || continue # the sync of a frame, and its type
    bytes=("${all[@]:offset + 32 + 2}")                      # behind the number of rows, 1, and the row's length
    varint
    at=$number
    varint
    echo "$at $((number >> 1))"
  done
}

test_the_clocks_are_sampled_at_both_ends_and_every_ten_seconds() {
  require_bpf
  pgrec record -x "$calls" -f inner -o t.pgt -d 12s
  check "exit status" 0 "$status"
  local at realtime
  mapfile -t at < <(clock_samples t.pgt | cut -d ' ' -f 1)
  mapfile -t realtime < <(clock_samples t.pgt | cut -d ' ' -f 2)
  check samples 3 "${#at[@]}"
  check "the first sample" "0 $(query t.pgt "SELECT value FROM meta WHERE key = 'recorded.at_ns'")" "${at[0]} ${realtime[0]}"
  check_match "the second sample, after ten seconds" "1[01]?????????" "${at[1]}"
  check "the last sample" "$("$PGREC" info t.pgt | awk '$1 == "trace.duration_ns" { print $2 }')" "${at[2]}"
  # Within what a clock that is being set right may gain or lose.
  local i apart
  for i in 1 2; do
    apart=$((realtime[i] - realtime[0] - at[i]))
    [ "${apart#-}" -lt 100000000 ] || fail "sample $i: the clocks went apart by $apart ns"
  done
}

trace_has_calls() {
  [ "$("$PGREC" info t.pgt 2>/dev/null | awk '$1 == "trace.calls" { print $2 }')" -gt 0 ]
}

test_a_killed_recorder_leaves_a_readable_file() {
  require_bpf
  record_start -x "$calls" -f inner,hold -o t.pgt
  "$calls" nested 100000
  until_true trace_has_calls
  record_stop KILL
  check "recorder status" 137 "$recorder_status"
  pgrec analyze t.pgt
  check "analyze status" 3 "$status"
  check_match "what analyze says" "*t.pgt was not closed*" "$err"
  check_match "what analyze reports" "*inner*" "$out"
  check "calls that are neither whole nor cut off by the end" 0 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE outcome NOT IN ('returned', 'open')" 2>/dev/null)"
  check "files left" "t.pgt" "$(ls -- *.pgt*)"
}

test_a_killed_recording_is_recovered() {
  require_bpf
  record_start -x "$calls" -f inner,hold -o t.pgt
  "$calls" nested 20000
  until_true trace_has_calls
  record_stop KILL
  local before
  before=$(query t.pgt "SELECT count(*), sum(duration_ns), min(ts_ns) FROM calls" 2>/dev/null)
  pgrec recover t.pgt -o recovered.pgt
  check "recover status" 0 "$status"
  check_match "what recover says" "*lost        nothing that is in the file*" "$out"
  pgrec verify recovered.pgt --full
  check "verify status" 0 "$status"
  check "the calls" "$before" "$(query recovered.pgt "SELECT count(*), sum(duration_ns), min(ts_ns) FROM calls")"
  check "where it is from" t.pgt "$(query recovered.pgt "SELECT value FROM meta WHERE key = 'recovered.from'")"
}

test_a_trace_is_read_while_it_is_written() {
  require_bpf
  record_start -x "$calls" -f inner,hold -o t.pgt
  "$calls" nested 1000
  until_true trace_has_calls
  pgrec info t.pgt
  check "info status" 0 "$status"
  check_match "who writes" "*trace.written_by *$recorder_pid*" "$out"
  check_match "what info says" "*t.pgt is still being written, by process $recorder_pid;*" "$err"
  pgrec recover t.pgt -o recovered.pgt
  check "recover status" 1 "$status"
  check_match "what recover says" "*process $recorder_pid is still writing it*" "$err"

  "$PGREC" dump t.pgt --follow >followed.txt 2>followed.err &
  background_pids=$!
  "$calls" nested 500
  record_stop
  wait "$background_pids" || fail "dump --follow: $(cat followed.err)"
  background_pids=
  check "calls followed" 4500 "$(grep -c 'returned inner' followed.txt)"
  check "what it says" "" "$(cat followed.err)"
  pgrec dump t.pgt
  check "the same as afterwards" "$(md5sum <followed.txt)" "$(md5sum <<<"$out")"
}

test_each_sync_policy_records_the_same() {
  require_bpf
  local policy
  for policy in off 1s chunk; do
    pgrec record -x "$calls" -f inner -o $policy.pgt --sync $policy -- "$calls" nested 1000
    check "$policy: exit status" 0 "$status"
    pgrec verify $policy.pgt --full
    check "$policy: verify status" 0 "$status"
    check "$policy: calls" 3000 "$(query $policy.pgt "SELECT count(*) FROM calls WHERE outcome = 'returned'")"
  done
}

test_sigterm_closes_the_file() {
  require_bpf
  record_start -x "$calls" -f inner -o t.pgt
  "$calls" nested 10
  record_stop TERM
  check "recorder status" 0 "$recorder_status"
  check_match "what the recorder says" "*ended by SIGTERM*" "$recorder_said"
  pgrec sql t.pgt "SELECT count(*) FROM calls" --format csv
  check "sql status" 0 "$status"
  check calls $'count(*)\n30' "$out"
}

test_duration_ends_the_recording() {
  require_bpf
  pgrec record -x "$calls" -f inner -o t.pgt -d 200ms
  check "exit status" 0 "$status"
  check_match "what the recorder says" "*ended by its time being up*" "$err"
  check_match "what it says of functions without calls" "*no calls    of inner*" "$err"
}

test_the_commands_exit_status_is_in_the_summary() {
  require_bpf
  pgrec record -x "$calls" -f inner -o t.pgt -- sh -c 'exit 7'
  check "exit status" 0 "$status"
  check_match "what the recorder says" "*ended by its command, with status 7*" "$err"
  pgrec record -x "$calls" -f inner -o u.pgt -- sh -c 'kill -9 $$'
  check_match "what the recorder says" "*ended by its command, with signal 9 (Killed)*" "$err"
}

test_missing_functions_are_told_and_the_rest_recorded() {
  require_bpf
  pgrec record -x "$calls" -f 'innre,out*,nothing*' -o t.pgt -- "$calls" nested 5
  check "exit status" 0 "$status"
  check_match "the missing name" "*not probed  innre: no such function; nearest: inner*" "$err"
  check_match "the glob" "*not probed  nothing*: no function matches*" "$err"
  check calls 5 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'outer'")"
}

test_functions_that_the_kernel_refuses_are_told() {
  require_bpf
  start_held "$calls" hold # the kernel looks at the instruction where a process has it mapped
  pgrec record -x "$calls" -f unprobeable -o t.pgt
  check "exit status" 1 "$status"
  check messages "pgrec: nothing to record in $calls: unprobeable: the kernel cannot probe its first instruction
hint: -v shows the kernel's words" "$err"
  check "files left" "" "$(ls t.pgt* 2>/dev/null)"
  local method
  for method in $(attach_methods); do
    pgrec record -x "$calls" -f unprobeable,inner --attach "$method" -o "$method.pgt" -- "$calls" nested 1
    check "exit status" 0 "$status"
    check_match "what is not probed" "*not probed  unprobeable: the kernel cannot probe its first instruction*" "$err"
    check calls 3 "$(query "$method.pgt" "SELECT count(*) FROM calls WHERE function = 'inner'")"
  done
  release_held
}

# refused MESSAGE HINT ARGUMENTS...: pgrec record fails with this line and this hint, and leaves no file.
refused() {
  local message=$1 hint=$2
  shift 2
  pgrec record -o t.pgt "$@"
  check "exit status of record $*" 1 "$status"
  check "messages of record $*" "pgrec: $message"$'\n'"hint: $hint" "$err"
  check "files left by record $*" "" "$(ls t.pgt* 2>/dev/null)"
}

test_what_is_not_there_is_one_line_and_a_hint() {
  require_bpf
  refused "there is no binary called no-such-binary, running, in PATH or among the PostgreSQL servers" \
    "give its path: -x /path/to/no-such-binary" -x no-such-binary -f inner
  refused "there is no binary ./no-such-binary: No such file or directory" \
    "give -x a path, or a bare name such as postgres" -x ./no-such-binary -f inner
  echo "#!/bin/sh" >script
  refused "cannot probe ./script: it is not an ELF file" \
    "-x takes an executable or a shared library, for a server usually /usr/lib/postgresql/VERSION/bin/postgres" \
    -x ./script -f inner
  local symbols="a function that was inlined or is private to a stripped file has no name to probe; pgrec list -x $calls '*' lists those that do"
  refused "nothing to record in $calls: iner: no such function; nearest: inner" "$symbols" -x "$calls" -f iner
  refused "nothing to record in $calls: no_such_one: no such function; b*: no function matches" "$symbols" \
    -x "$calls" -f 'no_such_one,b*'
  refused "there is no process 4194305" "pgrep -a postgres lists the server's processes" -p 4194305 -f inner
  refused "cannot run no-such-command: No such file or directory" \
    "what comes after -- is a command and its arguments" -x "$calls" -f inner -- no-such-command
}

test_a_full_disk_ends_the_recording_with_a_readable_file() {
  require_bpf
  mkdir mount
  mount -t tmpfs -o size=256k tmpfs mount || skip "no tmpfs can be mounted"
  "$calls" endless &
  background_pids=$!
  pgrec record -x "$calls" -f inner -o mount/t.pgt
  check "exit status" 1 "$status"
  check_match "the error" "*pgrec: cannot write mount/t.pgt: No space left on device*" "$err"
  check_match "the hint" "*hint: what was recorded before is readable: pgrec analyze mount/t.pgt*" "$err"
  pgrec sql mount/t.pgt "SELECT count(*) > 1000 FROM calls" --format csv
  check "sql status" 3 "$status"
  check "calls are there" 1 "$(tail -n 1 <<<"$out")"
  check "damage" "" "$(query mount/t.pgt 'SELECT * FROM damages' 2>/dev/null)"
}

test_no_privileges_is_one_line_and_a_hint() {
  require_bpf
  chmod 755 "$work"
  status=0
  setpriv --reuid=65534 --regid=65534 --clear-groups "$PGREC" record -x "$calls" -f inner -o t.pgt >out.txt 2>err.txt ||
    status=$?
  check "exit status" 1 "$status"
  check messages $'pgrec: recording needs root, or the capabilities CAP_BPF and CAP_PERFMON\nhint: sudo pgrec record …; the trace can then be analyzed without root' "$(cat err.txt)"
}

# A header that says so is all that is read of such a file.
test_a_binary_for_another_processor_is_one_line_and_a_hint() {
  printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0\1\0\0\0' >i386
  printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\2\0\267\0\1\0\0\0' >arm64
  truncate -s 64 i386 arm64
  require_bpf
  local command
  for command in "record -f inner -o t.pgt" list "top -n 1" slowlog check; do
    # shellcheck disable=SC2086
    pgrec $command -x ./i386
    check "$command of a 32-bit binary" "1 pgrec: cannot probe ./i386: it is a 32-bit program for i386, and pgrec probes x86-64 programs only
hint: name another binary with -x, one that is built for this machine" "$status $err"
    # shellcheck disable=SC2086
    pgrec $command -x ./arm64
    check "$command of an ARM64 binary" "1 pgrec: cannot probe ./arm64: it is a program for ARM64, and pgrec probes x86-64 programs only
hint: name another binary with -x, one that is built for this machine" "$status $err"
  done
  check "files left" "" "$(ls t.pgt* 2>/dev/null)"
}

test_a_bare_name_with_several_candidates_lists_them() {
  require_bpf
  mkdir one two
  cp "$calls" one/ambiguous
  cp "$calls" two/ambiguous
  status=0
  PATH=$work/one:$work/two:$PATH "$PGREC" record -x ambiguous -f inner -o t.pgt 2>err.txt || status=$?
  check "exit status" 1 "$status"
  check messages "pgrec: there are 2 different binaries called ambiguous: $work/one/ambiguous, $work/two/ambiguous
hint: name one of them: -x $work/one/ambiguous" "$(cat err.txt)"
}

test_a_running_binary_wins_over_path() {
  require_bpf
  mkdir one two
  cp "$calls" one/ambiguous
  cp "$calls" two/ambiguous
  start_held "$work/two/ambiguous" hold
  status=0
  PATH=$work/one:$work/two:$PATH "$PGREC" record -x ambiguous -f inner -o t.pgt -d 1ms 2>err.txt || status=$?
  check "exit status" 0 "$status"
  check_match "what the recorder says" "recording 1 function of $work/two/ambiguous to *" "$(cat err.txt)"
  release_held
}

test_an_existing_file_is_kept_without_force() {
  require_bpf
  echo precious >t.pgt
  pgrec record -x "$calls" -f inner -o t.pgt -d 1ms
  check "exit status" 1 "$status"
  check messages $'pgrec: cannot write t.pgt: it exists\nhint: name another file, or overwrite it with --force' "$err"
  check "the file" precious "$(cat t.pgt)"
  # Also --force does not touch it when recording cannot begin.
  pgrec record -x "$calls" -f no_such_function -o t.pgt --force
  check "exit status" 1 "$status"
  check "the file" precious "$(cat t.pgt)"
  pgrec record -x "$calls" -f inner -o t.pgt --force -- "$calls" nested 1
  check "exit status" 0 "$status"
  check calls 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
  check "mode of the file" 600 "$(stat -c %a t.pgt)"
}

test_a_command_that_cannot_run_costs_no_older_trace() {
  require_bpf
  pgrec record -x "$calls" -f inner -o t.pgt -- "$calls" nested 1
  printf '#!/no/such/interpreter\n' >script
  chmod +x script
  local command
  for command in / ./script; do
    pgrec record -x "$calls" -f inner -o t.pgt --force -- "$command"
    check "exit status" 1 "$status"
    check_match "the error" "pgrec: cannot run $command: *" "$(tail -n 2 <<<"$err")"
    check "calls in the older trace" 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
  done
  check "files left" t.pgt "$(ls -A | grep pgt)"
}

test_closed_descriptors_do_not_reach_the_trace() {
  require_bpf
  "$PGREC" record -x "$calls" -f inner -o t.pgt -- "$calls" nested 1 <&- >&- 2>&- || true
  check calls 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_a_command_that_outlives_the_recording_is_left_alone() {
  require_bpf
  mkfifo gate
  pgrec record -x "$calls" -f inner -o t.pgt -d 100ms -- sh -c 'read line <gate; echo "$line" >said'
  check "exit status" 0 "$status"
  check_match "what the recorder says" "*command     still runs, as process *" "$err"
  background_pids=$(sed -n 's/.*still runs, as process //p' <<<"$err")
  echo alive >gate
  until_true test -s said
  background_pids=
  check "what the command did" alive "$(cat said)"
}

test_an_unwritable_place_is_one_line_and_a_hint() {
  require_bpf
  pgrec record -x "$calls" -f inner -o /sys/t.pgt -d 1ms
  check "exit status" 1 "$status"
  check messages $'pgrec: cannot write /sys/t.pgt: Permission denied\nhint: name another file with -o' "$err"
}

# fact TRACE KEY
fact() {
  query "$1" "SELECT value FROM meta WHERE key = '$2'"
}

test_labels_come_back_as_they_were_given() {
  require_bpf
  pgrec record -x "$calls" -f inner --label run=3 --label "note=it's = 'so'" -o t.pgt -- "$calls" nested 1
  check "exit status" 0 "$status"
  check "label.run" 3 "$("$PGREC" sql t.pgt "SELECT value FROM meta WHERE key='label.run'" --format csv | tail -n 1)"
  check "label.note" "it's = 'so'" "$(fact t.pgt label.note)"
}

test_the_trace_says_how_and_where_it_was_recorded() {
  require_bpf
  pgrec record -x "$calls" -f 'in*r' -o t.pgt -- sh -c "exit 0"
  check "exit status" 0 "$status"
  check record.arguments "$PGREC record -x $calls -f 'in*r' -o t.pgt -- sh -c 'exit 0'" "$(fact t.pgt record.arguments)"
  check host.cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(fact t.pgt host.cpu)"
  check host.hypervisor "$(grep -m 1 '^flags' /proc/cpuinfo | grep -qw hypervisor && echo yes)" "$(fact t.pgt host.hypervisor)"
  check host.cpu_governor "$(cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null)" \
    "$(fact t.pgt host.cpu_governor)"
  check server.build_id "$(readelf -n "$calls" | sed -n 's/^ *Build ID: //p')" "$(fact t.pgt server.build_id)"
}

test_the_cost_of_a_probe_is_measured_and_leaves_no_trace() {
  require_bpf
  local method cost
  for method in $(attach_methods); do
    pgrec record -x "$calls" -f inner --attach "$method" --buffer 1M -o "$method.pgt" -- "$calls" nested 100
    check "exit status" 0 "$status"
    cost=$(fact "$method.pgt" record.probe_cost_ns)
    [[ $cost =~ ^[1-9][0-9]+$ ]] || fail "the cost of a probe by $method is '$cost' ns"
    check_match "the summary" "*  probe cost  * a call, measured on an empty function*" "$err"
    check "events that fired" 600 "$(fact "$method.pgt" events.fired)"
    check processes 1 "$(query "$method.pgt" 'SELECT count(*) FROM processes')"
  done
  pgrec record -p $$ -x "$calls" -f inner -o children.pgt -- "$calls" nested 100
  check "exit status" 0 "$status"
  [[ $(fact children.pgt record.probe_cost_ns) =~ ^[1-9][0-9]+$ ]] || fail "with -p the cost of a probe is not measured"
}

test_probes_are_gone_after_recording() {
  require_bpf
  pgrec record -x "$calls" -f '*' -o t.pgt -- "$calls" nested 1
  check "exit status" 0 "$status"
  PATH=$PATH:/usr/sbin:/sbin command -v bpftool >/dev/null || skip "bpftool is not installed"
  until_true no_program_is_left
}

# No program of pgrec is in the kernel that no process holds. (Other recorders may be at work.)
no_program_is_left() {
  PATH=$PATH:/usr/sbin:/sbin bpftool prog show | awk '
    /^[0-9]+: / { left += ours && !held; ours = / name on_(enter|exit|activity) /; held = 0 }
    /^\tpids / { held = 1 }
    END { exit left + (ours && !held) > 0 }'
}
