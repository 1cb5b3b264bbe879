# Live tests of what a recorder survives on PostgreSQL: queries when there is little memory, and a hangup.

. "$here/postgres_vocabulary.sh"

# leave_memory BYTES: from now on the recorder gets so much more at most
leave_memory() {
  local kibibytes
  kibibytes=$(awk '/^VmSize:/ { print $2 }' "/proc/$recorder_pid/status")
  prlimit --pid "$recorder_pid" --as="$((kibibytes * 1024 + $1)):" || fail "the address space cannot be limited"
}

# long_query BYTES: two statements in one message, of which the second is so long
long_query() {
  run_sql "SELECT 1; SELECT length('$(head -c "$1" /dev/zero | tr '\0' x)')" >/dev/null || fail "the query failed"
}

test_queries_are_taken_apart_in_little_memory() {
  require_postgres
  command -v prlimit >/dev/null || skip "prlimit is not installed: apt-get install util-linux"
  local mode bytes
  for mode in full normalized none; do
    record_start -p "$cluster_postmaster" --preset queries --text "$mode" --force -o t.pgt
    leave_memory $((6 << 20))
    for bytes in 2100 20000 60000; do long_query "$bytes"; done
    run_sql "SELECT 'after'" >/dev/null
    record_stop TERM
    check "status, $mode" 0 "$recorder_status"
    pgrec verify t.pgt --full
    check "the trace is whole, $mode" 0 "$status"
    check "executions, $mode" 7 "$(query t.pgt 'SELECT count(*) FROM executions')"
    case $mode in
      full) check "long texts" 3 "$(query t.pgt "SELECT count(*) FROM executions WHERE text LIKE 'SELECT length(_xxx%_)'")" ;;
      normalized) check "long texts" 3 "$(query t.pgt "SELECT count(*) FROM executions WHERE text = 'SELECT length(\$1)'")" ;;
    esac
    [ "$mode" = full ] || check "literals that are kept" 0 "$("$PGREC" dump t.pgt --format json | grep -c xxxxxxxx)"
    check "statements, $mode" "3,4" "$(query t.pgt 'SELECT executions FROM statements ORDER BY 1' | paste -sd ,)"
  done
}

test_the_slow_log_takes_queries_apart_in_little_memory() {
  require_postgres
  command -v prlimit >/dev/null || skip "prlimit is not installed: apt-get install util-linux"
  local mode
  for mode in full normalized; do
    slowlog_start -x "$server" -t 0 --text "$mode" -l "$mode.log"
    leave_memory $((6 << 20))
    long_query 3000
    long_query 60000
    run_sql "SELECT 'after'" >/dev/null
    record_stop TERM
    check "status, $mode" 0 "$recorder_status"
    check "long ones, $mode" 2 "$(grep -cE "text=SELECT length\((\\\$1|'xxx.*')\)\$" "$mode.log")"
    check "statements, $mode" 5 "$(grep -c outcome=completed "$mode.log")"
  done
  check "literals that are logged" 0 "$(grep -c xxxxxxxx normalized.log)"
}

test_a_hangup_opens_the_slow_log_anew_under_nohup_too() {
  require_postgres
  recorder_ignores=HUP
  slowlog_start -x "$server" -t 0 -l slow.log
  mv slow.log old.log
  kill -HUP "$recorder_pid"
  until_true test -e slow.log
  run_sql "SELECT 'after'" >/dev/null
  record_stop TERM
  check "statements in the new log" 1 "$(grep -c "text=SELECT 'after'" slow.log)"
  # Without a log of its own it asks for nothing.
  slowlog_start -x "$server" -t 0
  kill -HUP "$recorder_pid"
  run_sql "SELECT 'later'" >/dev/null
  record_stop TERM
  check_match "what ended it" "*ended by SIGTERM*" "$recorder_said"
  check "statements that are logged" 1 "$(grep -c "text=SELECT 'later'" slow.out)"
}

test_the_slow_log_ends_when_its_time_is_up() {
  require_postgres
  pgrec slowlog -x "$server" -t 0 -d 100ms
  check "status" 0 "$status"
  check_match "what is said" "*ended by its time being up; * logged*" "$err"
}
