# Live tests of a recording as a whole: the file it leaves, whatever ends it; what it says of itself; and what it
# refuses.

calls=$PROGRAMS/calls

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

# monotonic_now: the kernel's CLOCK_MONOTONIC, in nanoseconds
monotonic_now() {
  sed -n 's/^now at \([0-9]*\) nsecs/\1/p' /proc/timer_list | head -n 1
}

test_time_0_is_told_on_the_machines_monotonic_clock() {
  require_bpf
  local before after zero length
  before=$(monotonic_now)
  [ -n "$before" ] || skip "/proc/timer_list does not tell the clock"
  pgrec record -x "$calls" -f inner -o t.pgt -- "$calls" nested 1
  after=$(monotonic_now)
  zero=$(fact t.pgt recorded.monotonic_ns)
  length=$("$PGREC" info t.pgt | awk '$1 == "trace.duration_ns" { print $2 }')
  [ "$before" -lt "$zero" ] || fail "time 0 is $zero ns, before $before ns"
  [ $((zero + length)) -lt "$after" ] || fail "the end is $((zero + length)) ns, after $after ns"
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
  check "exit status" 7 "$status"
  check_match "what the recorder says" "*ended by its command, with status 7*" "$err"
  pgrec record -x "$calls" -f inner -o u.pgt -- sh -c 'kill -9 $$'
  check "exit status" 137 "$status"
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
hint: pgrec list -x $calls NAME says what is the matter" "$err"
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
    check_match "the summary" "*  probe cost  * a call*, measured on an empty function*" "$err"
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
