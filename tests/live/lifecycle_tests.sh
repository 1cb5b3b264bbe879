# Live tests of what happens to a server and its files while, before and after they are recorded: binaries
# that are replaced, processes that end, chroots and containers, disks that do not answer.

calls=$PROGRAMS/calls
rebuilt=$PROGRAMS/calls_rebuilt
server=$PROGRAMS/server

test_a_binary_that_is_replaced_is_probed_too() {
  require_bpf
  local method
  for method in $(attach_methods); do
    cp "$calls" program
    record_start -x "$work/program" -f inner,hold,tail_to --attach $method -o $method.pgt
    start_held ./program hold
    ./program nested 10
    replace program "$rebuilt"
    recorder_says "replaced while recording, and probed too: $work/program, build id *: 3 of 3 functions"
    ./program nested 20
    ./program tail 5
    release_held # the process of the old file is recorded to its end
    record_stop
    check "recorder status" 0 "$recorder_status"
    check calls $'hold,returned,1\ninner,returned,90\ntail_to,returned,5' \
      "$(query $method.pgt 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2')"
    pgrec verify $method.pgt --full
    check "verify status" 0 "$status"
    check_match "what the trace says" "*$work/program, build id $(readelf -n "$rebuilt" | sed -n 's/^ *Build ID: //p'): 3 of 3 functions*" \
      "$(query $method.pgt "SELECT value FROM meta WHERE key = 'record.upgraded.1'")"
    check_match "the summary" "*  upgraded    $work/program, build id *: 3 of 3 functions*" "$recorder_said"
  done
}

test_functions_that_the_new_binary_has_not_are_told() {
  require_bpf
  cp "$calls" program
  record_start -x "$work/program" -f inner,hold -o t.pgt
  replace program "$server"
  recorder_says "replaced while recording, and probed too: *: 0 of 2 functions; not in it: hold; not in it: inner"
  record_stop
  check "recorder status" 0 "$recorder_status"
}

test_a_binary_that_is_no_program_yet_is_waited_for() {
  require_bpf
  cp "$calls" program
  record_start -x "$work/program" -f inner -o t.pgt
  echo "not yet" >program.new
  mv program.new program
  recorder_says "replaced while recording, and not probed: $work/program: *it is not an ELF file"
  rm program
  replace program "$rebuilt"
  recorder_says "replaced while recording, and probed too: *: 1 of 1 function"
  ./program nested 4
  record_stop
  check calls 12 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_a_binary_that_comes_back_is_not_probed_twice() {
  require_bpf
  cp "$calls" program
  ln program kept
  record_start -x "$work/program" -f inner -o t.pgt
  replace program "$rebuilt"
  recorder_says "replaced while recording, and probed too: *"
  mv kept program
  ./program nested 1
  replace program "$rebuilt"
  recorder_says "replaced while recording, and probed too: *"
  ./program nested 1
  record_stop
  check calls 6 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_the_queries_of_a_replaced_server_are_recorded() {
  require_bpf
  cp "$server" program
  record_start -x "$work/program" -f work --rotate 1s -o t.pgt
  replace program "$server"
  recorder_says "replaced while recording, and probed too: *: 1 of 1 function"
  until_true test -e t.3.pgt # later parts know of it
  start_server ./program
  server_do "query SELECT 2" "work 3" idle
  stop_server
  record_stop
  local part texts=
  for part in t.pgt t.*.pgt; do
    texts+=$(query $part "SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id)
                          WHERE function = 'work' GROUP BY 1")
  done
  check "calls with their query" "SELECT 2,3" "$texts"
  check_match "what a later part says" "*$work/program, build id *" \
    "$(query t.3.pgt "SELECT value FROM meta WHERE key = 'record.upgraded.1'")"
}

test_processes_of_an_older_binary_are_told_at_the_beginning() {
  require_bpf
  cp "$server" program
  start_server ./program
  replace program "$calls"
  pgrec record -x "$work/program" -f inner -o t.pgt -- ./program nested 2
  check "exit status" 0 "$status"
  check_match messages "pgrec: 1 process still runs an older $work/program, which is not recorded
hint: restart the server, or record what runs: -p $server_pid
recording *" "$err"
  check calls 6 "$(query t.pgt 'SELECT count(*) FROM calls')"
  # With -p it is what the process runs.
  record_start -p "$server_pid" -x "$work/program" -f work -o u.pgt
  server_do "work 7"
  record_stop
  check "calls of the older" 7 "$(query u.pgt 'SELECT count(*) FROM calls')"
  stop_server
}

test_the_end_of_the_processes_ends_the_recording() {
  require_bpf
  start_server "$server"
  record_start -p "$server_pid" -x "$server" -f work -o t.pgt
  server_do "work 3"
  stop_server
  record_wait
  check "recorder status" 0 "$recorder_status"
  check_match "the summary" "*, ended by the end of process $server_pid"$'\n'"*" "$recorder_said"
  check ended_by "the end of process $server_pid" "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.ended_by'")"
  check calls 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_the_recording_goes_on_while_one_process_is_left() {
  require_bpf
  start_server "$server"
  start_held "$calls" hold
  record_start -p "$held_pid,$server_pid" -x "$calls" -f hold -o t.pgt
  kill -9 "$held_pid"
  wait "$held_pid" 2>/dev/null
  exec {held_out}<&- {held_in}>&-
  server_do "work 1"
  kill -0 "$recorder_pid" || fail "the recorder is gone"
  stop_server
  record_wait
  check_match "the summary" "*, ended by the end of processes $held_pid, $server_pid"$'\n'"*" "$recorder_said"
  held_pid=
}

test_a_server_that_starts_later_and_again_is_recorded() {
  require_bpf
  cp "$server" program
  record_start -x "$work/program" -f work -o t.pgt
  local i
  for i in 1 2; do
    start_server ./program
    server_do "query SELECT $i" "work $i" idle
    stop_server
  done
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by query" $'SELECT 1,1\nSELECT 2,2' \
    "$(query t.pgt 'SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id) GROUP BY 1')"
  check processes 2 "$(query t.pgt 'SELECT count(*) FROM processes')"
  [ "$(query t.pgt "SELECT value FROM meta WHERE key = 'server.binary'")" = "$work/program" ] || fail "the server is not named"
}

# As pg_cron's background workers do.
test_a_report_of_idle_is_none_of_a_query_whatever_its_text() {
  require_bpf
  record_start -x "$PROGRAMS/server_of_15" -f work -o t.pgt
  start_server "$PROGRAMS/server_of_15"
  server_do "query SELECT 1" "work 1" "idle SELECT 1" "work 2" "idle SELECT 2"
  stop_server
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "executions, and the calls in each" "SELECT 1,1" \
    "$(query t.pgt 'SELECT e.text, (SELECT count(*) FROM calls c WHERE c.execution_id = e.execution_id) FROM executions e')"
  check "calls" 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

# make_jail PROGRAM: the program with its libraries in the directory jail
make_jail() {
  local library
  mkdir -p jail/bin
  cp "$1" jail/bin/program
  for library in $(ldd "$1" | grep -o '/[^ ]*'); do
    mkdir -p "jail$(dirname "$library")"
    cp -L "$library" "jail$library"
  done
}

test_a_process_in_a_chroot_is_recorded() {
  require_bpf
  make_jail "$server"
  start_server chroot jail /bin/program
  record_start -p "$server_pid" -f work -o exe.pgt
  server_do "query SELECT 1" "work 3" idle
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by what the process runs" "SELECT 1,3" \
    "$(query exe.pgt 'SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id)')"
  record_start -p "$server_pid" -x /bin/program -f work -o path.pgt
  server_do "work 4"
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by the path that it sees" 4 "$(query path.pgt 'SELECT count(*) FROM calls')"
  check "the name in the trace" /bin/program "$(query path.pgt "SELECT DISTINCT binary FROM functions")"
  stop_server
}

test_a_library_in_a_chroot_is_the_one_its_process_uses() {
  require_bpf
  make_jail "$server"
  local libc
  libc=$(ldd "$server" | grep -o '/[^ ]*/libc\.so[^ ]*')
  # A link that is absolute leads somewhere else from outside.
  ln -s "$libc" jail/libc
  start_server chroot jail /bin/program
  local path
  for path in "$libc" /libc; do
    record_start -p "$server_pid" -x "$path" -f puts -o t.pgt --force
    server_do "query SELECT 1" "work 1" idle
    record_stop
    check "recorder status of $path" 0 "$recorder_status"
    check "calls of $path" 3 "$(query t.pgt 'SELECT count(*) FROM calls')"
    check "executions of $path" "SELECT 1" "$(query t.pgt 'SELECT text FROM executions')"
  done
  stop_server
}

test_a_process_in_another_mount_namespace_is_recorded() {
  require_bpf
  cp "$server" hidden
  mkdir elsewhere
  start_server unshare -m sh -c "mount --make-rprivate / && mount -t tmpfs tmpfs $work/elsewhere &&
    cp $work/hidden $work/elsewhere/program && exec $work/elsewhere/program"
  [ ! -e elsewhere/program ] || fail "the mount is not private"
  record_start -p "$server_pid" -f work -o exe.pgt
  server_do "query SELECT 1" "work 3" idle
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by what the process runs" "SELECT 1,3" \
    "$(query exe.pgt 'SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id)')"
  record_start -p "$server_pid" -x "$work/elsewhere/program" -f work -o path.pgt
  server_do "work 4"
  record_stop
  check "calls by the path that it sees" 4 "$(query path.pgt 'SELECT count(*) FROM calls')"
  # A file that stands at that path outside is another one.
  cp "$calls" elsewhere/program
  record_start -p "$server_pid" -x "$work/elsewhere/program" -f work -o other.pgt
  server_do "work 5"
  record_stop
  check "calls of the one inside" 5 "$(query other.pgt 'SELECT count(*) FROM calls')"
  stop_server
}

# mount_disk: a disk at mount, which fsfreeze keeps from answering
mount_disk() {
  mkdir mount
  truncate -s 32M image
  { mkfs.ext4 -q image && mount -o loop image mount; } 2>/dev/null || skip "no ext4 can be mounted"
}

test_a_disk_that_does_not_answer_costs_losses_that_are_counted() {
  require_bpf
  mount_disk
  trap 'fsfreeze -u mount 2>/dev/null; clean_up' EXIT
  record_start -x "$calls" -f inner --buffer 4K -o mount/t.pgt
  "$calls" nested 1 # something to write
  fsfreeze -f mount || skip "the file system cannot be frozen"
  until_true recorder_is_stuck
  "$calls" nested 100000
  fsfreeze -u mount
  record_stop
  check "recorder status" 0 "$recorder_status"
  cp mount/t.pgt t.pgt
  check "events that fired" 600006 "$(query t.pgt "SELECT value FROM meta WHERE key = 'events.fired'" 2>/dev/null)"
  pgrec verify t.pgt --full
  check_match "the identity" "*identity    good    fired 600,006 = recorded * + lost *" "$out"
  check "losses that have no time" 0 "$(query t.pgt 'SELECT count(*) FROM losses WHERE to_ns <= from_ns' 2>/dev/null)"
  check "losses by cause" ring-full "$(query t.pgt 'SELECT DISTINCT cause FROM losses' 2>/dev/null)"
}

recorder_is_stuck() {
  [ "$(awk '$1 == "State:" { print $2 }' "/proc/$recorder_pid/status")" = D ]
}
