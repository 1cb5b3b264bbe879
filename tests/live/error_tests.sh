# Live tests of what failed, in a server by many compilers and of many versions: tests/programs/failing.c.

errors=$PROGRAMS/errors

# fail_in PROGRAM: starts it, and has it run four statements: one that completes; one that catches an error, reports a
# notice and completes; one that fails; one that fails and ends it
fail_in() {
  start_server sh -c 'exec "$0" 2>errors.txt' "$errors/$1"
  server_do "query SELECT 'completes'" "complete 7" idle
  server_do "query SELECT 'catches'" "caught 23505" notice "complete 1" idle
  server_do "query SELECT 'fails'" "error 22012"
  server_do "query SELECT 'ends'"
  echo "fatal 57P01" >&"$server_in"
  wait "$server_pid" 2>/dev/null || true
  exec {server_out}<&- {server_in}>&-
  background_pids=
}

# recorded_of PROGRAM: leaves what the trace says of its statements in $recorded: text, outcome, SQLSTATE, rows, query id
recorded_of() {
  record_start -x "$errors/$1" -f PortalRun --force -o t.pgt
  fail_in "$1"
  record_stop
  check "recorder status of $1" 0 "$recorder_status"
  recorded=$(query t.pgt 'SELECT text, outcome, sqlstate, rows, query_id FROM executions ORDER BY ts_ns' | tr -d "'\"")
}

all_known="SELECT completes,completed,,7,4242
SELECT catches,completed,,1,4242
SELECT fails,error,22012,,4242
SELECT ends,error,57P01,,4242"

test_errors_are_known_whatever_the_compiler() {
  require_bpf
  local compiler level kind
  for compiler in gcc clang; do
    for level in 0 2 3; do
      for kind in pie fixed; do
        recorded_of $compiler-O$level-$kind
        check "$compiler -O$level, $kind" "$all_known" "$recorded"
        check "what is not known" "" "$(grep -E '  not known   (errors|SQLSTATEs|FATAL|query ids)' <<<"$recorder_said")"
      done
    done
  done
  recorded_of gcc-lto
  check "gcc -flto" "$all_known" "$recorded"
}

test_errors_are_known_in_every_version() {
  require_bpf
  local version
  for version in 13 14 18; do
    recorded_of version-$version
    check "version $version" "$all_known" "$recorded"
  done
}

test_what_is_not_known_of_another_version_is_null_and_told() {
  require_bpf
  local version
  for version in 10 19; do
    recorded_of version-$version
    check "version $version" "SELECT completes,completed,,,
SELECT catches,completed,,,
SELECT fails,error,22012,,
SELECT ends,error,57P01,," "$recorded"
    check_match "what the summary says" \
      "*  not known   rows, query ids, *: it is PostgreSQL $version.1; known are 13 to 18*" "$recorder_said"
    check_match "what the trace says" "*rows, query ids, *: it is PostgreSQL $version.1; known are 13 to 18*" \
      "$(query t.pgt "SELECT value FROM meta WHERE key = 'server.not_known'")"
    check "blocks and WAL" 0 "$(query t.pgt 'SELECT count(shared_hit) + count(wal_bytes) FROM executions')"
  done
}

test_errors_without_a_place_are_errors_without_a_sqlstate() {
  require_bpf
  recorded_of opaque
  check "by their callers" "SELECT completes,completed,,7,4242
SELECT catches,completed,,1,4242
SELECT fails,error,,,4242
SELECT ends,error,,," "$recorded"
  check_match "what is said" "*  not known   SQLSTATEs: the build does not show where they are*" "$recorder_said"
  recorded_of dark
  check "by nothing" "SELECT completes,completed,,7,4242
SELECT catches,completed,,1,4242
SELECT fails,ended,,,
SELECT ends,error,,," "$recorded"
  check_match "what is said then" "*  not known   errors: the build does not show which of its reports are errors*" "$recorder_said"
}

test_applications_are_known_where_the_report_of_their_change_is_inlined() {
  require_bpf
  local program
  for program in gcc-O2-pie inlined-13 inlined-18 inlined-idle-13; do
    record_start -x "$errors/$program" -f PortalRun --force -o t.pgt
    start_server "$errors/$program"
    server_do "query SELECT 1" "complete 1" idle "application web" "query SELECT 2" "complete 1" idle
    server_do "query SET application" "application batch" "complete 0" idle "query SELECT 3" "complete 1" idle
    stop_server
    record_stop
    check "$program" "SELECT 1,first
SELECT 2,web
SET application,web
SELECT 3,batch" "$(query t.pgt 'SELECT text, application FROM executions ORDER BY ts_ns' | tr -d "'\"")"
  done
}

# What a compiler left of it has no callers; the return of what each of them called before tells as much.
test_completions_are_known_where_endcommand_is_inlined() {
  require_bpf
  local program
  for program in inlined-13 inlined-18 inlined-idle-13 inlined-idle-18; do
    recorded_of $program
    check "$program" "$all_known" "$recorded"
    check "what is not known of completions, $program" "" "$(grep 'not known *completions and' <<<"$recorder_said")"
    check "what is not known of commits, $program" "$([[ $program = *idle* ]] && echo 1 || echo 0)" \
      "$(grep -c '  not known   commits in executions. durations, fast-path calls, and when a session is idle: ' <<<"$recorder_said")"
  done
}

test_statements_of_a_message_and_suspended_ones_are_known_where_endcommand_is_inlined() {
  require_bpf
  local program
  for program in inlined-13 inlined-18 inlined-idle-13 inlined-idle-18; do
    record_start -x "$errors/$program" -f PortalRun --force -o t.pgt
    start_server "$errors/$program"
    server_do "query SELECT 'first'; SELECT 'second'" "complete 3" again "complete 4" idle
    server_do "query SELECT 'in part'" suspend idle
    server_do "query SELECT 'the rest'" "complete 5" idle
    stop_server
    record_stop
    check "$program" "SELECT first,completed,3
SELECT second,completed,4
SELECT in part,suspended,
SELECT the rest,completed,5" "$(query t.pgt 'SELECT text, outcome, rows FROM executions ORDER BY ts_ns' | tr -d "'\"")"
  done
}

test_the_slow_query_log_has_the_same_completions() {
  require_bpf
  local program
  for program in inlined-13 inlined-18 inlined-idle-13 inlined-idle-18; do
    exec {recorder_fd}< <(ignore_signals; exec "$PGREC" slowlog -x "$errors/$program" -t 0 2>&1 >slow.out)
    recorder_pid=$!
    recorder_said=
    recorder_says 'logging *'
    start_server "$errors/$program"
    server_do "query SELECT 'first'; SELECT 'second'" "complete 3" again "complete 4" idle
    server_do "query SELECT 'in part'" suspend idle
    server_do "query SELECT 'fails'" "error 22012"
    server_do "query SELECT 'the rest'" "complete 5" idle
    stop_server
    record_stop
    check "of $program" "rows=3 outcome=completed SELECT 'first'
rows=4 outcome=completed SELECT 'second'
rows=- outcome=suspended SELECT 'in part'
rows=- outcome=error sqlstate=22012 SELECT 'fails'
rows=5 outcome=completed SELECT 'the rest'" "$(sed -nE 's/.* (rows=[^ ]* outcome=[^ ]*( sqlstate=[^ ]*)?) .*text=/\1 /p' slow.out)"
  done
}

test_the_slow_query_log_has_the_same_errors() {
  require_bpf
  local program
  for program in gcc-O2-pie clang-O0-fixed version-19 opaque; do
    exec {recorder_fd}< <(ignore_signals; exec "$PGREC" slowlog -x "$errors/$program" -t 1h --errors 2>&1 >slow.out)
    recorder_pid=$!
    recorder_said=
    recorder_says 'logging *'
    fail_in $program
    record_stop
    local expected="rows=- outcome=error sqlstate=22012 SELECT 'fails'
rows=- outcome=error severity=FATAL sqlstate=57P01 SELECT 'ends'"
    # There it is its process that ends with it.
    [ $program != opaque ] || expected=$'rows=- outcome=error SELECT \'fails\'\nrows=- outcome=error SELECT \'ends\''
    check "of $program" "$expected" "$(sed -nE 's/.* (rows=.*) pid=.* text=/\1 /p' slow.out)"
  done
}
