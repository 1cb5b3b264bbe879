# Live tests of recordings that end when their trace is full, or go on in the next: --max-size, --rotate
# and --keep; and of what can go wrong with their files.

calls=$PROGRAMS/calls
server=$PROGRAMS/server

# parts_of NAME: its parts in order
parts_of() {
  ls -v "$1".pgt "$1".*.pgt 2>/dev/null
}

# in_parts NAME SQL: the rows of all parts
in_parts() {
  local part
  for part in $(parts_of "$1"); do query "$part" "$2"; done
}

# sum_over_parts NAME SQL: of the one number that SQL gives for each
sum_over_parts() {
  in_parts "$1" "$2" | awk '{ sum += $1 } END { print sum + 0 }'
}

# check_parts NAME: every part is a whole trace, and they are numbered
check_parts() {
  local part number=0
  for part in $(parts_of "$1"); do
    number=$((number + 1))
    pgrec verify "$part" --full
    check "verify $part" 0 "$status"
    check_match "the identity of $part" "*identity    good*" "$out"
    check "the number of $part" "$number" "$(query "$part" "SELECT value FROM meta WHERE key = 'record.part'")"
  done
  [ "$number" -gt 1 ] || fail "there are no parts"
}

events() {
  sum_over_parts t "SELECT value FROM meta WHERE key = 'events.$1'"
}

test_every_call_is_in_one_part() {
  require_bpf
  pgrec record -x "$calls" -f inner,outer --rotate 64K -o t.pgt -- "$calls" nested 100000
  check "exit status" 0 "$status"
  check_match "what the recorder says of a part" "*t.pgt: * calls; recording goes on in t.2.pgt*" "$err"
  check_match "the summary" "*t.pgt to t.$(parts_of t | wc -l).pgt, $(parts_of t | wc -l) parts: *" "$err"
  check_parts t
  # A call across a switch is open in one part and headless in the next.
  check "calls begun" 400000 "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome <> 'headless'")"
  check "calls ended" 400000 "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome <> 'open'")"
  check "calls with another outcome" 0 \
    "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome NOT IN ('returned', 'open', 'headless')")"
  check "events that fired" 800000 "$(events fired)"
  check "events recorded" 800000 "$(events recorded)"
  check "events lost" 0 "$(events lost)"
}

test_the_parts_are_one_after_the_other() {
  require_bpf
  pgrec record -x "$calls" -f inner --rotate 64K -o t.pgt -- "$calls" threads 2 150000
  check "exit status" 0 "$status"
  check_parts t
  local part begins ends=
  for part in $(parts_of t); do
    begins=$(query "$part" "SELECT value FROM meta WHERE key = 'recorded.at_ns'")
    # To what the two clocks may differ by while one is set right.
    [ -z "$ends" ] || [ $((begins - ends)) -lt 1000000 -a $((ends - begins)) -lt 1000000 ] ||
      fail "$part begins $((begins - ends)) ns after the one before it ended"
    ends=$((begins + $("$PGREC" info "$part" | awk '$1 == "trace.duration_ns" { print $2 }')))
    check "calls of $part outside of it" 0 "$(query "$part" "SELECT count(*) FROM calls WHERE ts_ns < 0
      OR ts_ns > (SELECT value FROM meta WHERE key = 'trace.duration_ns')")"
  done
}

test_losses_are_in_the_parts_they_belong_to() {
  require_bpf
  pgrec record -x "$calls" -f inner --buffer 4K --rotate 64K -o t.pgt -- "$calls" threads 2 1000000
  check "exit status" 0 "$status"
  local part
  for part in $(parts_of t); do
    pgrec verify "$part" --full
    check "verify $part" 0 "$status"
  done
  check "events that fired" 4000000 "$(events fired 2>/dev/null)"
  check "recorded and lost" 4000000 "$(($(events recorded 2>/dev/null) + $(events lost 2>/dev/null)))"
  check "losses by row" "$(events lost 2>/dev/null)" "$(sum_over_parts t 'SELECT sum(count) FROM losses' 2>/dev/null)"
}

test_what_runs_across_a_switch_goes_on() {
  require_bpf
  start_server "$server"
  record_start -x "$server" -f work,nested --rotate 1s -o t.pgt
  server_do "query SELECT 1" enter "work 5"
  until_true test -e t.2.pgt
  server_do "work 7" leave "work 3" idle "work 2"
  record_stop
  check "recorder status" 0 "$recorder_status"
  stop_server
  check_parts t
  check "calls by outcome" $'nested,headless,1\nnested,open,1\nwork,returned,17' \
    "$(in_parts t 'SELECT function, outcome, count(*) FROM calls GROUP BY 1, 2' |
      awk -F , '{ sum[$1 "," $2] += $3 } END { for (i in sum) print i "," sum[i] }' | sort)"
  check "the call that was open" "nested,open" \
    "$(query t.pgt "SELECT function, outcome FROM calls WHERE function = 'nested'")"
  check "calls with that query" 15 \
    "$(sum_over_parts t "SELECT count(*) FROM calls JOIN executions e USING (execution_id)
                         WHERE function = 'work' AND e.text = 'SELECT 1'")"
  check "the query of the call that ended" "SELECT 1" \
    "$(in_parts t "SELECT e.text FROM calls JOIN executions e USING (execution_id) WHERE calls.outcome = 'headless'")"
  check "the execution where it began" "SELECT 1,open" "$(query t.pgt 'SELECT text, outcome FROM executions')"
  check "where it goes on" "SELECT 1,0" "$(query t.2.pgt 'SELECT text, ts_ns FROM executions')"
  check "where it ended" 1 "$(sum_over_parts t "SELECT count(*) FROM executions WHERE outcome = 'ended'")"
  check "its process" "$server_pid" "$(query t.2.pgt 'SELECT pid FROM processes')"
}

test_a_part_lists_only_its_own_processes() {
  require_bpf
  record_start -x "$calls" -f inner,outer --rotate 1s -o t.pgt
  "$calls" nested 1
  until_true test -e t.2.pgt
  record_stop
  check "processes of the first" 1 "$(query t.pgt 'SELECT count(*) FROM processes')"
  check "processes of the second" 0 "$(query t.2.pgt 'SELECT count(*) FROM processes')"
  check_match "the summary" "*  calls       4 of 2 functions in 1 process*" "$recorder_said"
}

test_every_process_of_a_part_is_in_it() {
  require_bpf
  pgrec record -x "$calls" -f inner --rotate 64K -o t.pgt -- sh -c "for i in 1 2 3 4; do $calls forks 20 2000; done"
  check "exit status" 0 "$status"
  check_match "the summary" "*  calls       160,* in 80 processes*" "$err"
  check_parts t
  check "processes that are not listed" 0 \
    "$(sum_over_parts t 'SELECT count(*) FROM (SELECT DISTINCT pid FROM calls EXCEPT SELECT pid FROM processes)')"
  check "processes without an event" 0 \
    "$(sum_over_parts t 'SELECT count(*) FROM (SELECT pid FROM processes EXCEPT SELECT pid FROM calls)')"
  check "calls begun" 160000 "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome <> 'headless'")"
  check "calls that did not end" 0 "$(sum_over_parts t "SELECT count(*) FROM calls WHERE outcome NOT IN ('returned', 'open', 'headless')")"
}

test_files_of_a_rotation_are_their_owners_only() {
  require_bpf
  umask 000
  pgrec record -x "$calls" -f inner --rotate 64K -o t.pgt -- "$calls" nested 100000
  check "exit status" 0 "$status"
  check_parts t
  check modes 600 "$(stat -c %a $(parts_of t) | sort -u)"
  check "files left" "$(parts_of t | sort)" "$(ls -A | grep pgt | sort)"
  SUDO_UID=65534 SUDO_GID=65534 "$PGREC" record -x "$calls" -f inner --rotate 64K -o u.pgt -- "$calls" nested 100000 2>/dev/null ||
    fail "record under sudo"
  check_parts u
  check "owners under sudo" 65534:65534 "$(stat -c %u:%g $(parts_of u) | sort -u)"
}

test_keep_removes_the_oldest_parts() {
  require_bpf
  echo precious >t.1.pgt
  echo precious >t.02.pgt
  pgrec record -x "$calls" -f inner,outer --rotate 64K --keep 2 -o t.pgt -- "$calls" nested 200000
  check "exit status" 0 "$status"
  local last
  last=$(sed -n 's/^t.pgt to t.\([0-9]*\).pgt, .*/\1/p' <<<"$err")
  check "files left" "t.$((last - 1)).pgt t.$last.pgt" "$(echo $(ls -v t.*.pgt | grep -v -e '^t.1.pgt' -e '^t.02.pgt'))"
  [ ! -e t.pgt ] || fail "the first part is still there"
  check "files of others" $'precious\nprecious' "$(cat t.1.pgt t.02.pgt)"
  check_match "the summary" "*, $last parts, the first $((last - 2)) removed: *" "$err"
  check_match "what is said of a removed part" "*recording goes on in t.3.pgt; t.pgt is removed*" "$err"
  rm t.*.pgt
  pgrec record -x "$calls" -f inner,outer --rotate 64K --keep 1 -o t.pgt -- "$calls" nested 100000
  check "files left of one" 1 "$(ls t*.pgt | wc -l)"
  pgrec verify "$(ls t*.pgt)" --full
  check "verify status" 0 "$status"
}

test_keep_removes_no_file_of_another() {
  require_bpf
  record_start -x "$calls" -f inner --rotate 1s --keep 1 -o t.pgt
  until_true test -e t.pgt
  mv t.pgt moved.pgt
  echo precious >t.pgt
  until_true test -e t.2.pgt
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "the file of another" precious "$(cat t.pgt)"
  check_match "what is said of it" "*t.pgt cannot be removed, or is another file by now*" "$recorder_said"
  pgrec verify moved.pgt --full
  check "verify status" 0 "$status"
}

test_existing_parts_are_kept_without_force() {
  require_bpf
  echo precious >t.7.pgt
  pgrec record -x "$calls" -f inner --rotate 64K -o t.pgt -d 1ms
  check "exit status" 1 "$status"
  check messages $'pgrec: cannot write t.pgt in parts: t.7.pgt exists\nhint: name another file, or overwrite it with --force' "$err"
  check "files left" t.7.pgt "$(ls -A | grep pgt)"
  echo old >t.2.pgt
  pgrec record -x "$calls" -f inner,outer --rotate 64K --force -o t.pgt -- "$calls" nested 30000
  check "exit status with --force" 0 "$status"
  pgrec verify t.2.pgt
  check "verify status" 0 "$status"
  check "what is not reached" precious "$(cat t.7.pgt)"
}

# The recorder ends because it cannot make part 2: nothing of part 1 is lost.
ended_at_the_switch() {
  check "recorder status" 1 "$recorder_status"
  check_match "the error" "*pgrec: cannot write $1"$'\n'"hint: what was recorded before is readable: pgrec analyze t.pgt"$'\n' "$recorder_said"
  check_match "the summary" "*, ended by an error: cannot write $1"$'\n'"*" "$recorder_said"
}

test_a_file_in_the_way_of_a_part_ends_the_recording_in_order() {
  require_bpf
  record_start -x "$calls" -f inner --rotate 1s -o t.pgt
  echo precious >t.2.pgt
  "$calls" nested 10
  record_wait
  ended_at_the_switch "t.2.pgt: it exists"
  check "the file in the way" precious "$(cat t.2.pgt)"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check calls 30 "$(query t.pgt 'SELECT count(*) FROM calls')"
  check ended_by "an error: cannot write t.2.pgt: it exists" \
    "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.ended_by'")"
}

test_a_directory_that_is_gone_ends_the_recording_at_the_next_part() {
  require_bpf
  mkdir gone
  record_start -x "$calls" -f inner --rotate 1s -o gone/t.pgt
  until_true test -e gone/t.pgt
  exec {kept}<gone/t.pgt
  rm -r gone
  "$calls" nested 10
  record_wait
  check "recorder status" 1 "$recorder_status"
  check_match "the error" "*pgrec: cannot write gone/t.2.pgt: No such file or directory*" "$recorder_said"
  cat <&"$kept" >t.pgt # what still has the file open has all of it
  check calls 30 "$(query t.pgt 'SELECT count(*) FROM calls')"
  exec {kept}<&-
}

test_a_directory_that_is_removed_costs_nothing_that_is_open() {
  require_bpf
  mkdir gone
  record_start -x "$calls" -f inner -o gone/t.pgt
  until_true test -e gone/t.pgt
  exec {kept}<gone/t.pgt
  rm -r gone
  "$calls" nested 10
  record_stop
  check "recorder status" 0 "$recorder_status"
  cat <&"$kept" >t.pgt
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check calls 30 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

# mount_file_system BYTES: a file system of that size at mount
mount_file_system() {
  mkdir mount
  mount -t tmpfs -o size="$1" tmpfs mount || skip "no tmpfs can be mounted"
}

test_a_read_only_directory_is_one_line_and_a_hint() {
  require_bpf
  mount_file_system 1m
  mount -o remount,ro mount
  pgrec record -x "$calls" -f inner --rotate 64K -o mount/t.pgt -d 1ms
  check "exit status" 1 "$status"
  check messages $'pgrec: cannot write mount/t.pgt: Read-only file system\nhint: name another file with -o' "$err"
}

test_a_directory_that_becomes_read_only_ends_the_recording_in_order() {
  require_bpf
  mkdir mount
  truncate -s 8M image
  { mkfs.ext4 -q image && mount -o loop image mount; } 2>/dev/null || skip "no ext4 can be mounted"
  # Root may write to any directory but such a one.
  record_start -x "$calls" -f inner --rotate 1s -o mount/t.pgt
  until_true test -e mount/t.pgt
  chattr +i mount
  "$calls" nested 10
  record_wait
  chattr -i mount
  check "recorder status" 1 "$recorder_status"
  check_match "the error" "*pgrec: cannot write mount/t.2.pgt: Operation not permitted*" "$recorder_said"
  check "calls" 30 "$(query mount/t.pgt 'SELECT count(*) FROM calls')"
  pgrec verify mount/t.pgt --full
  check "verify status" 0 "$status"
}

test_a_disk_that_fills_while_rotating_costs_no_part() {
  require_bpf
  mount_file_system 256k
  "$calls" endless &
  background_pids=$!
  pgrec record -x "$calls" -f inner --rotate 64K -o mount/t.pgt
  check "exit status" 1 "$status"
  check_match "the error" "*pgrec: cannot write mount/t.*: No space left on device"$'\n'"hint: *" "$err"
  local part parts=0
  for part in $(parts_of mount/t); do
    parts=$((parts + 1))
    # The one it ended in may have nothing yet, and is not closed; all before it are.
    check "damage of $part" "" "$(query "$part" 'SELECT * FROM damages' 2>/dev/null)"
    pgrec sql "$part" "SELECT count(*) > 0 FROM calls" --format csv
    [ "$part" = "$(parts_of mount/t | tail -n 1)" ] && continue
    check "calls are in $part" 1 "$(tail -n 1 <<<"$out")"
    check "status of $part" 0 "$status"
  done
  [ "$parts" -ge 2 ] || fail "there is one part only"
}

test_a_disk_that_is_full_at_the_switch_ends_the_recording_in_order() {
  require_bpf
  mkdir mount
  # Room for the directory and one file, however large.
  mount -t tmpfs -o nr_inodes=2 tmpfs mount || skip "no tmpfs can be mounted"
  record_start -x "$calls" -f inner --rotate 1s -o mount/t.pgt
  "$calls" nested 10
  record_wait
  check "recorder status" 1 "$recorder_status"
  check_match "the error" "*pgrec: cannot write mount/t.2.pgt: No space left on device"$'\n'"hint: what was recorded before is readable: pgrec analyze mount/t.pgt*" "$recorder_said"
  pgrec verify mount/t.pgt --full
  check "verify status" 0 "$status"
  check calls 30 "$(query mount/t.pgt 'SELECT count(*) FROM calls')"
}

test_a_limit_of_file_sizes_is_like_a_full_disk() {
  require_bpf
  "$calls" endless &
  background_pids=$!
  status=0
  (ulimit -f 200 && exec "$PGREC" record -x "$calls" -f inner -o t.pgt) 2>err.txt || status=$?
  check "exit status" 1 "$status"
  check_match "the error" "*pgrec: cannot write t.pgt: File too large"$'\n'"hint: what was recorded before is readable: pgrec analyze t.pgt" "$(cat err.txt)"
  check "calls are there" 1 "$(query t.pgt 'SELECT count(*) > 1000 FROM calls' 2>/dev/null)"
  check "damage" "" "$(query t.pgt 'SELECT * FROM damages' 2>/dev/null)"
  # Parts below the limit are not stopped by it.
  status=0
  (ulimit -f 400 && exec "$PGREC" record -x "$calls" -f inner --rotate 100K -d 2s -o u.pgt) 2>err.txt || status=$?
  check "exit status in parts" 0 "$status"
  check_parts u
}

test_keep_lets_a_rotation_go_on_on_a_small_disk() {
  require_bpf
  mount_file_system 512k
  pgrec record -x "$calls" -f inner,outer --rotate 64K --keep 2 -o mount/t.pgt -- "$calls" nested 500000
  check "exit status" 0 "$status"
  check "files left" 2 "$(ls -A mount | wc -l)"
  check_match "the summary" "*calls       2,000,* of 2 functions*lost        0 events*" "$err"
}

test_a_recorder_killed_between_parts_leaves_them_readable() {
  require_bpf
  record_start -x "$calls" -f inner,outer --rotate 64K -o t.pgt
  "$calls" nested 100000 &
  background_pids=$!
  until_true test -e t.3.pgt
  record_stop KILL
  check "recorder status" 137 "$recorder_status"
  local part last
  last=$(parts_of t | tail -n 1)
  for part in $(parts_of t); do
    pgrec info "$part"
    [ "$status" = 0 ] || [ "$status" = 3 ] || fail "$part cannot be read: $err"
    [ "$status" = 0 ] || [ "$part" = "$last" ] || [ "$part" = "$(parts_of t | tail -n 2 | head -n 1)" ] ||
      fail "$part was not closed"
    check "damage of $part" "" "$(query "$part" 'SELECT * FROM damages' 2>/dev/null)"
  done
}

test_max_size_ends_the_recording() {
  require_bpf
  "$calls" endless &
  background_pids=$!
  pgrec record -x "$calls" -f inner --max-size 256K -o t.pgt
  check "exit status" 0 "$status"
  check_match "what the recorder says" "*, ended by its size reaching 256 KiB*" "$err"
  check ended_by "its size reaching 256 KiB" "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.ended_by'")"
  check "files" t.pgt "$(ls -A | grep pgt)"
  pgrec verify t.pgt --full
  check "verify status" 0 "$status"
  check_match "the identity" "*identity    good*" "$out"
  # A chunk of this is less than 192 KiB.
  [ "$(stat -c %s t.pgt)" -lt $((448 * 1024)) ] || fail "the trace has $(stat -c %s t.pgt) bytes"
  [ "$(stat -c %s t.pgt)" -gt $((192 * 1024)) ] || fail "the trace has only $(stat -c %s t.pgt) bytes"
  check "part" "" "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.part'")"
}

test_a_part_that_has_no_room_for_calls_is_refused() {
  require_bpf
  pgrec record -x "$calls" -f inner --label "note=$(head -c 40000 /dev/urandom | base64 -w 0)" --rotate 64K -o t.pgt -d 1ms
  check "exit status" 2 "$status"
  check_match messages "pgrec: --rotate: 64.0 KiB are too little: what a trace says of itself takes *
hint: give it some megabytes, or probe fewer functions" "$err"
  check "files left" "" "$(ls -A | grep pgt)"
}
