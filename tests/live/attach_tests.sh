# Live tests of how probes get into the kernel and out of it again: what is refused, and that nobody has to
# wait for what the kernel takes its time for.

. "$here/postgres_vocabulary.sh"

calls=$PROGRAMS/calls

# Of several functions one is refused, wherever it stands among them.
test_only_the_refused_function_is_left_out() {
  require_bpf
  start_held "$calls" hold # the kernel looks at the instruction where a process has it mapped
  local functions method
  for method in $(attach_methods); do
    for functions in unprobeable,inner,outer,recurse inner,outer,unprobeable,recurse inner,outer,recurse,unprobeable; do
      pgrec record -x "$calls" -f "$functions" --attach "$method" --force -o t.pgt -- "$calls" nested 1000
      check "exit status, $functions, $method" 0 "$status"
      check "what is not probed, $functions, $method" \
        "  not probed  unprobeable: the kernel cannot probe its first instruction" "$(grep '^  not probed' <<<"$err")"
      check "calls, $functions, $method" "inner,3000
outer,1000" "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1 ORDER BY 1')"
      check "unmatched, $functions, $method" "" "$(query t.pgt "SELECT * FROM calls WHERE outcome <> 'returned'")"
    done
  done
  release_held
}

# many_functions: so many of the server's functions that taking out a perf event for each takes seconds
many_functions() {
  "$PGREC" list -x "$server" 'Exec*' 2>/dev/null | awk '$2 == "ok" && n++ < 60 { print $1 }' | paste -sd,
}

recorder_runs() {
  kill -0 "$recorder_pid" 2>/dev/null
}

# orphans: processes called pgrec that run and whose parent has ended
orphans() {
  awk '$2 == "(pgrec)" && $3 != "Z" && $4 == 1 { print $1 }' /proc/[0-9]*/stat 2>/dev/null | sort
}

# no_orphans_but PIDS: no process goes on taking out probes, beside these
no_orphans_but() {
  [ -z "$(comm -13 <(echo "$1") <(orphans))" ]
}

test_the_trace_is_closed_before_the_probes_are_taken_out() {
  require_postgres
  local others
  others=$(orphans)
  record_start -x "$server" -f "$(many_functions)" --attach perf_event -o t.pgt
  run_sql "SELECT count(*) FROM generate_series(1, 10)" >/dev/null
  kill -INT "$recorder_pid"
  recorder_says "taking out the probes: * of *, about * s to go; Ctrl-C leaves it to the kernel"
  recorder_runs || fail "the recorder has ended"
  check_match "what was said before" "*  lost        0 events*" "$recorder_said"
  pgrec verify t.pgt --full
  check "verify status while the probes are taken out" 0 "$status"
  # Nobody writes it any more.
  timeout "$patience" "$PGREC" dump t.pgt --follow >/dev/null 2>err.txt
  check "status and messages of who follows it" "0 " "$? $(cat err.txt)"
  check "executions" "1" "$(query t.pgt "SELECT count(*) FROM executions WHERE text LIKE '%generate_series%'")"
  # The second signal: the recorder ends, and the kernel goes on.
  record_stop
  check "recorder status" 0 "$recorder_status"
  until_true no_orphans_but "$others"
  pgrec verify t.pgt --full
  check "verify status afterwards" 0 "$status"
}

# Whatever ends the recording, the trace is whole before anything is waited for.
test_a_time_that_is_up_closes_the_trace_first() {
  require_postgres
  local others
  others=$(orphans)
  record_start -x "$server" -f "$(many_functions)" --attach perf_event -d 10ms -o t.pgt
  recorder_says "taking out the probes: * of *"
  pgrec verify t.pgt
  check "verify status" 0 "$status"
  record_stop TERM
  check "recorder status" 0 "$recorder_status"
  until_true no_orphans_but "$others"
}

# Each measures on the same function of the same file what a probe costs.
test_recorders_that_begin_at_once_have_nothing_of_each_other() {
  require_bpf
  local round i pids filter
  for round in 1 2 3; do
    pids=
    for i in 1 2 3 4; do
      filter=
      [ $((i % 2)) = 0 ] || filter="--min-duration 1ns"
      "$PGREC" record -x "$calls" -f inner,outer $filter --force -o "$i.pgt" -d 100ms >/dev/null 2>"$i.txt" &
      pids+=" $!"
      background_pids=$pids
    done
    for i in $pids; do wait "$i" || fail "a recorder failed: $(cat ./*.txt)"; done
    background_pids=
    for i in 1 2 3 4; do
      pgrec verify "$i.pgt" --full
      check "verify status of $i: $out" 0 "$status"
      check "calls of $i" 0 "$(query "$i.pgt" 'SELECT count(*) FROM calls')"
    done
  done
}

test_a_library_of_the_server_is_found_by_its_bare_name() {
  require_postgres
  record_start -x plpgsql -f plpgsql_call_handler,plpgsql_inline_handler -o t.pgt
  run_sql "DO 'BEGIN NULL; END'"
  record_stop TERM
  check "status" 0 "$recorder_status"
  check calls plpgsql_inline_handler,1 "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
  check "its binary" "$(readlink -f "$(plpgsql_library)")" "$(query t.pgt 'SELECT DISTINCT binary FROM functions' | head -n 1)"
  check "executions" 1 "$(query t.pgt "SELECT count(*) FROM executions WHERE text LIKE 'DO %'")"
  pgrec list -p "$cluster_postmaster" -x plpgsql plpgsql_call_handler
  check "status of list" 0 "$status"
}

test_a_server_and_its_library_are_recorded_together() {
  require_postgres
  run_sql "CREATE TABLE t (i int);
           CREATE FUNCTION fill(n int) RETURNS void LANGUAGE plpgsql AS
             'BEGIN FOR k IN 1..n LOOP INSERT INTO t VALUES (k); END LOOP; END'"
  record_start -x "$server" -x plpgsql -f heap_insert,plpgsql_call_handler -o t.pgt
  run_sql "SELECT fill(10)"
  run_sql "SELECT fill(5)"
  record_stop TERM
  check "status" 0 "$recorder_status"
  check "calls, and what they were called from" $'heap_insert,plpgsql_call_handler,15\nplpgsql_call_handler,,2' \
    "$(query t.pgt "SELECT c.function, p.function, count(*) FROM calls c LEFT JOIN calls p ON p.call_id = c.parent_id
                    GROUP BY 1, 2 ORDER BY 1")"
  check "their files" "$(readlink -f "$server")"$'\n'"$(readlink -f "$(plpgsql_library)")" \
    "$(query t.pgt "SELECT binary FROM functions WHERE calls > 0 ORDER BY name")"
  check "executions" 2 "$(query t.pgt "SELECT count(*) FROM executions WHERE text LIKE 'SELECT fill%'")"
  check "calls in them" 17 "$(query t.pgt 'SELECT count(*) FROM calls WHERE execution_id IS NOT NULL')"
}
