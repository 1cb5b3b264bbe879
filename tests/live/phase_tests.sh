# Live tests of the times of a statement's phases: where the pauses of a client are, in a recording and in the slow-query
# log. A pause is the test's own; nothing else here takes as long as half of it.

. "$here/postgres_vocabulary.sh"

require_logs() {
  require_postgres
  run_sql "CREATE TABLE d (a int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)"
  background_slowlog --errors -t 0
  record_start -p "$cluster_postmaster" --preset queries -o t.pgt
  start_frontend
}

# pause: the frontend sends what it has, and nothing for a second
pause() {
  frontend_do send
  sleep 1
}

stop_logs() {
  stop_frontend
  record_stop
  stop_background_slowlog
  check "recorder status" 0 "$recorder_status"
}

# in_log: rows, outcome, SQLSTATE and text of the frontend's statements, in order
in_log() {
  grep "pid=$frontend_backend " slow.log |
    sed -nE 's/.* rows=([^ ]*) outcome=([^ ]*)( sqlstate=([^ ]*))? .* text=/\1,\2,\4,/p'
}

# in_trace: the same
in_trace() {
  query t.pgt "SELECT coalesce(rows, '-') AS r, outcome, sqlstate, text FROM
    (SELECT ts_ns, execution_id, rows, outcome, sqlstate, text, pid FROM executions UNION ALL
     SELECT ts_ns, execution_id, NULL, 'not-run', NULL, text, pid FROM preparations)
    WHERE pid = $frontend_backend ORDER BY ts_ns, execution_id" | tr -d '"'
}

# longer COLUMN: of the frontend's executions, those whose column has half of a pause
longer() {
  query t.pgt "SELECT text FROM executions WHERE pid = $frontend_backend AND $1 >= 500000000 ORDER BY ts_ns" | tr -d '"'
}

# longer_in_log MEMBER: the same of the slow-query log in JSON
longer_in_log() {
  sed -nE 's/^.*"'"$1"'": ([0-9]+)\.[0-9]+,.*"outcome": "([^"]*)".*"text": "([^"]*)".*$/\1 \2 \3/p' slow.log |
    awk '$1 >= 500 { sub(/^[0-9]* /, ""); print }'
}

test_a_parse_that_a_client_waits_after_is_a_preparation() {
  require_logs
  local name
  for name in - s s_12345 s_1234567; do
    frontend_do "parse $name SELECT '$name'"
    pause
    frontend_do "bind - $name" 'execute - 0' sync
  done
  frontend_do "parse - SELECT 'at once'" 'bind - -' 'describe -' 'execute - 0' sync \
    "parse - SELECT 'bound'" 'bind - -'
  pause
  frontend_do 'execute - 0' sync
  stop_logs
  local all
  all=$(for name in - s s_12345 s_1234567; do printf '%s\n' "-,not-run,,SELECT '$name'" "1,completed,,SELECT '$name'"; done
    printf '%s\n' "1,completed,,SELECT 'at once'" "1,completed,,SELECT 'bound'")
  check "the recording" "$all" "$(in_trace)"
  check "the log" "$all" "$(in_log)"
  check "with a pause in prepare_ns" "SELECT 'bound'" "$(longer prepare_ns)"
  check "with a pause in duration_ns" "SELECT 'bound'" "$(longer duration_ns)"
}

test_pauses_of_a_client_are_in_no_phase_that_is_not_theirs() {
  require_postgres
  background_slowlog --errors -t 0 --format json
  start_frontend
  frontend_do 'parse - SELECT 1'
  pause
  frontend_do 'bind - -' 'execute - 0' 'parse - SELECT 2' 'bind - -' 'execute - 0'
  pause
  frontend_do 'parse - SELECT 3' 'bind - -' 'execute - 0' sync 'query BEGIN' 'parse - SELECT 4' 'bind - -' 'execute - 0' sync
  stop_frontend
  stop_background_slowlog
  check "in prepare_ms" "" "$(longer_in_log prepare_ms)"
  check "in commit_ms" "" "$(longer_in_log commit_ms)"
  check "in duration_ms" $'not-run SELECT 1\ncompleted SELECT 2' "$(longer_in_log duration_ms)"
  check "with a commit" 'SELECT 3' "$(sed -nE 's/^.*"commit_ms": [0-9].*"text": "([^"]*)".*$/\1/p' slow.log)"
}

test_what_fails_is_the_same_in_a_recording_and_in_the_log() {
  require_logs
  local many="SELECT 1 / (3 - g) FROM generate_series(1, 5) g"
  frontend_do 'query INSERT INTO d VALUES (1), (1)' 'query BEGIN' 'query INSERT INTO d VALUES (2), (2)' 'query COMMIT' \
    'query BEGIN; INSERT INTO d VALUES (3), (3); COMMIT; SELECT 3' 'query INSERT INTO d VALUES (4), (4); SELECT 4' \
    'parse - INSERT INTO d VALUES (5), (5)' 'bind - -' 'execute - 0' sync \
    'query BEGIN' 'query INSERT INTO d VALUES (6), (6)' 'parse - COMMIT' 'bind - -' 'execute - 0' sync \
    'parse - INSERT INTO d VALUES (7), (7)' 'bind - -' 'execute - 0' 'parse - SELECT 7' 'bind - -' 'execute - 0' sync \
    "parse - $many" 'bind - -' 'execute - 1' 'execute - 1' 'execute - 1' sync \
    'query BEGIN' "query DECLARE c CURSOR FOR $many" 'query FETCH 1 FROM c' 'query FETCH 3 FROM c' 'query ROLLBACK' \
    "query SELECT 8; $many; SELECT 8" 'parse - SELECT 9' 'bind - -' 'execute - 0' 'parse - SELEC 9' sync \
    "parse - $many" 'bind - -' 'execute - 0'
  pause
  frontend_do sync
  stop_logs
  local all
  all=$(in_trace)
  check "the log" "$all" "$(in_log)"
  check "what failed" "-,error,23505,INSERT INTO d VALUES (1), (1)
-,error,23505,COMMIT
-,error,23505,COMMIT
-,error,23505,SELECT 4
2,error,23505,INSERT INTO d VALUES (5), (5)
-,error,23505,COMMIT
1,error,23505,SELECT 7
-,error,22012,$many
-,error,22012,FETCH 3 FROM c
-,error,22012,$many
-,error,42601,SELEC 9
-,error,22012,$many" "$(grep ,error, <<<"$all")"
  check "with the pause before the Sync" "" "$(longer duration_ns)"
}
