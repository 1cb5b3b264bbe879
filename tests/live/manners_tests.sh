# Live tests of pgrec as a program among others: the signals that it is to ignore, the exit statuses it passes on, and
# what it says before it begins.

calls=$PROGRAMS/calls

# what_ended_it: as the recorder says
what_ended_it() {
  sed -n 's/^  duration .*, ended by //p' <<<"$recorder_said"
}

test_a_signal_that_is_ignored_at_the_start_does_not_end_a_recording() {
  require_bpf
  recorder_ignores=HUP
  record_start -x "$calls" -f inner -o t.pgt
  kill -HUP "$recorder_pid"
  "$calls" nested 100
  kill -HUP "$recorder_pid"
  record_stop TERM
  check "status" 0 "$recorder_status"
  check "what ended it" SIGTERM "$(what_ended_it)"
  check calls 300 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'inner'")"

  recorder_ignores="HUP TERM"
  record_start -x "$calls" -f inner --force -o t.pgt
  kill -TERM "$recorder_pid"
  "$calls" nested 100
  record_stop INT
  check "what ended it where SIGTERM is ignored" SIGINT "$(what_ended_it)"
  check calls 300 "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'inner'")"
}

test_nohup_keeps_a_recording_from_a_hangup() {
  require_bpf
  command -v nohup >/dev/null || skip "nohup is not installed: apt-get install coreutils"
  nohup "$PGREC" record -x "$calls" -f inner -o t.pgt >said.txt 2>&1 </dev/null &
  background_pids=$!
  until_true grep -q '^recording' said.txt
  kill -HUP "$background_pids"
  "$calls" nested 100
  kill -TERM "$background_pids"
  wait "$background_pids"
  check "status" 0 "$?"
  background_pids=
  check "what ended it" 1 "$(grep -c 'ended by SIGTERM$' said.txt)"
  check calls 300 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_a_command_gets_the_signals_as_pgrec_did() {
  require_bpf
  local signal
  for signal in HUP TERM PIPE; do
    status=0
    (
      trap '' "$signal"
      exec "$PGREC" record -x "$calls" -f inner --force -o t.pgt -- sh -c "kill -$signal \$\$; exit 5"
    ) 2>err.txt || status=$?
    check "status where SIG$signal is ignored" 5 "$status"
    pgrec record -x "$calls" -f inner --force -o t.pgt -- sh -c "kill -$signal \$\$; exit 5"
    check "status where SIG$signal is not" "$((128 + $(kill -l "$signal")))" "$status"
  done
}

test_the_exit_status_is_the_commands() {
  require_bpf
  local expected command
  while IFS=: read -r expected command; do
    pgrec record -x "$calls" -f inner --force -o t.pgt -- sh -c "\"$calls\" nested 10; $command" </dev/null
    check "status of $command" "$expected" "$status"
    check "calls with $command" 30 "$(query t.pgt 'SELECT count(*) FROM calls')"
    pgrec verify t.pgt
    check "the trace is whole with $command" 0 "$status"
  done <<'END'
0:true
1:false
7:exit 7
255:exit 255
137:kill -9 $$
143:kill -TERM $$
END
  pgrec record -x "$calls" -f inner --force -o t.pgt -- false
  check "status of a bare command" 1 "$status"
  # It ended for another reason.
  start_held "$calls" hold
  pgrec record -x "$calls" -f inner --force -o t.pgt -d 1ms -- \
    sh -c "while kill -0 $held_pid 2>/dev/null; do sleep 0.01; done; exit 9"
  check "status where the time is up" 0 "$status"
  release_held
}

test_the_exit_status_is_one_where_the_recording_fails() {
  require_bpf
  mkdir mount
  mount -t tmpfs -o size=64k none mount || skip "no tmpfs can be mounted"
  pgrec record -x "$calls" -f inner -o mount/t.pgt -- sh -c "\"$calls\" nested 3000000; exit 0"
  check "status" 1 "$status"
}

test_what_is_not_probed_is_said_before_recording_begins() {
  require_bpf
  record_start -x "$calls" -f 'inner,innre,nothing*' -o t.pgt
  check "what was said until then" "pgrec: not probed: innre: no such function; nearest: inner
pgrec: not probed: nothing*: no function matches" "$(grep -v '^recording' <<<"$recorder_said" | grep .)"
  record_stop
}

test_strict_records_all_or_nothing() {
  require_bpf
  pgrec record -x "$calls" --strict -f inner,innre -o t.pgt -- touch ran
  check "status" 1 "$status"
  check "messages" "pgrec: not everything can be probed: innre: no such function; nearest: inner
hint: without --strict what can be probed is recorded" "$err"
  check "files" "" "$(ls t.pgt* ran 2>/dev/null)"
  pgrec record -x "$PROGRAMS/instructions" --strict -f ordinary,increment -o t.pgt -- touch ran
  check "status where the kernel cannot probe one" 1 "$status"
  check "files" "" "$(ls t.pgt* ran 2>/dev/null)"
  pgrec record -x "$calls" --strict -f inner,outer -o t.pgt -- "$calls" nested 10
  check "status where all can be probed" 0 "$status"
  check calls 40 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_strict_passes_over_a_second_name_for_what_is_recorded() {
  require_bpf
  pgrec record -x "$PROGRAMS/partial" --strict -f 'work*' -o t.pgt -- "$PROGRAMS/partial" 1000 200 50
  check "status" 0 "$status"
  check calls work,1200 "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
}

test_a_list_of_functions_is_read_from_a_file() {
  require_bpf
  printf '%s\n' '# of calls.c' 'inner, outer  # nested' '' 'innre firs*' >list
  pgrec record -x "$calls" -f @list -o t.pgt -- "$calls" nested 10
  check "status" 0 "$status"
  check calls $'inner,30\nouter,10' "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
  check_match "the name that is missing" "*not probed  innre: no such function; nearest: inner (list:4)*" "$err"
  check "the functions of the trace" "inner,outer,innre,firs*" \
    "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.functions'" | tr -d '"')"
  pgrec list -x "$calls" @list
  check "what is listed" "first inner outer" "$(awk 'NR > 1 { print $1 }' out.txt | xargs)"
  check "the name that is missing" "pgrec: innre: no such function; nearest: inner (list:4)" "$err"
  "$PGREC" top -x "$calls" -f @list -d 100ms -n 1 >out.txt 2>err.txt </dev/null
  check_match "what top says" "*recording 3 functions of *" "$(cat err.txt)"
  echo outer >wanted
  check "what is dumped" 10 "$("$PGREC" dump t.pgt -f @wanted --format json | grep -c '"event": "returned"')"
}

test_a_process_cannot_make_itself_recorded_by_its_name() {
  require_bpf
  start_held "$calls" hold
  local line meant=$held_pid out
  # Its child would be followed.
  # shellcheck disable=SC2016
  exec {out}< <(exec bash -c 'printf "PPid: %s" "$1" >/proc/$$/comm; echo named
    until [ -e go_on ]; do :; done; "$2" nested 10; echo over' bash "$meant" "$calls")
  background_pids=$!
  IFS= read -r -t "$patience" -u "$out" line
  check "its name" "PPid: $meant" "$(cat "/proc/$background_pids/comm")"
  record_start -x "$calls" -p "$meant" -f inner -o t.pgt
  touch go_on
  IFS= read -r -t "$patience" -u "$out" line
  check "what it said" over "$line"
  record_stop
  check "calls of a process that was not meant" 0 "$(query t.pgt 'SELECT count(*) FROM calls')"
  background_pids=
  release_held
}

test_list_has_an_object_for_programs() {
  pgrec list -x "$calls" --format json
  check "status" 0 "$status"
  check "messages" "" "$err"
  check "lines" 1 "$(wc -l <out.txt)"
  check_match "the binary" "{\"binary\": \"$calls\", \"build_id\": \"*\", \"debug_file\": null, \"functions_of\": {\".dynsym\": *}, \
\"verdicts\": {\"ok\": *, \"unprobeable\": *}, \"pieces_without_name\": *, \"usdt_probes\": 0, \"usdt_places\": 0}" "$out"
  pgrec list -x "$calls" inner,unprobeable,innre --format json
  check "status" 0 "$status"
  check "lines" 1 "$(wc -l <out.txt)"
  check_match "the functions" "{\"binary\": \"$calls\", \"functions\": ?{\"function\": \"inner\", \"symbol\": \"inner\", \
\"verdict\": \"ok\", \"offset\": *, \"bytes\": *, \"source\": \".symtab\", \"why\": null, \"copies\": ??}, {\"function\": \
\"unprobeable\", *\"verdict\": \"unprobeable\", *\"why\": \"the kernel cannot probe its first instruction\", *}?, \"usdt\": ??, \
\"missing\": ?{\"name\": \"innre\", \"reason\": \"no such function; nearest: inner\"}?}" "$out"
  pgrec list -x "$PROGRAMS/points" 'usdt:*'
  local places
  places=$(tail -n +2 out.txt | wc -l)
  pgrec list -x "$PROGRAMS/points" 'usdt:*' --format json
  check "places, as listed for people" "$places" "$(grep -o '"semaphore": ' out.txt | wc -l)"
  pgrec list --presets --format json
  check "presets" 13 "$(grep -o '"preset": ' out.txt | wc -l)"
}

test_list_takes_the_binary_that_a_process_runs() {
  start_held "$calls" hold
  pgrec list -p "$held_pid" inner
  check "status" 0 "$status"
  check_match "the line" "*inner * ok *" "$out"
  release_held
}
