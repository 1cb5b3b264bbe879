# Live tests on a private PostgreSQL cluster: known SQL, then questions to the trace.

. "$here/postgres_vocabulary.sh"

test_insert_select_has_exactly_its_calls() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  local before after statement="INSERT INTO t SELECT g, 'x' FROM generate_series(1, 100000) g"
  record_start -x "$server" -f heap_insert,RelationGetBufferForTuple -o t.pgt
  local pid
  pid=$(psql -qXAt -c 'SELECT pg_backend_pid()' -c "$statement")
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  check "calls by function, outcome, process and query" \
    "heap_insert,returned,$pid,\"$statement\",100000
RelationGetBufferForTuple,returned,$pid,\"$statement\",100000" \
    "$(query t.pgt "SELECT c.function, c.outcome, c.pid, e.text, count(*) FROM calls c JOIN executions e USING (execution_id)
                    GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC")"
  check "calls without a query" 0 "$(query t.pgt 'SELECT count(*) FROM calls WHERE execution_id IS NULL')"
  check "RelationGetBufferForTuple inside heap_insert" 100000 \
    "$(query t.pgt "SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id WHERE p.function = 'heap_insert'")"
  check "the process" "$pid,client backend,postgres,postgres,[local]" \
    "$(query t.pgt "SELECT pid, backend_type, database, user, client FROM processes WHERE pid = $pid")"
  check "the statement" "INSERT INTO t SELECT g, \$1 FROM generate_series(\$2, \$3) g" \
    "$(query t.pgt "SELECT text FROM statements WHERE text LIKE 'INSERT%'" | tr -d '"')"
}

test_four_backends_that_start_later_have_exactly_their_calls() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -x "$server" -f heap_insert -o t.pgt
  four_inserts 100000
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  local i expected=
  for i in 1 2 3 4; do
    expected+="\"INSERT INTO t SELECT g, 'backend $i' FROM generate_series(1, 100000) g\",$(cat pid.$i),returned,100000"$'\n'
  done
  check "calls by query, process and outcome" "${expected%$'\n'}" \
    "$(query t.pgt "SELECT e.text, c.pid, c.outcome, count(*) FROM calls c JOIN executions e USING (execution_id)
                    GROUP BY 1, 2, 3 ORDER BY 1")"
}

test_a_function_that_its_own_file_goes_past_is_recorded() {
  require_postgres fsync=on wal_sync_method=fdatasync
  # On some builds nothing goes past it; the calls are to be the same.
  pgrec list -x "$server" issue_xlog_fsync
  check "list status" 0 "$status"
  local partial=no
  [[ $out == *partial* ]] && partial=yes
  run_sql 'CREATE TABLE t (a int)'
  record_start -x "$server" -f issue_xlog_fsync,pg_fdatasync -o t.pgt
  local i sql=()
  for ((i = 0; i < 50; i++)); do sql+=(-c "INSERT INTO t VALUES ($i)"); done
  psql -qXAt "${sql[@]}" || fail "psql failed"
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "what the recorder says of it" "$partial" \
    "$([[ $recorder_said == *"pgrec: issue_xlog_fsync: partial: "* ]] && echo yes || echo no)"
  # Nothing but WAL is synced so.
  check "calls in which pg_fdatasync was called once, all calls, and calls of pg_fdatasync" 1,1 \
    "$(query t.pgt "SELECT (SELECT count(*) FROM calls c JOIN calls p ON p.call_id = c.parent_id
                            WHERE c.function = 'pg_fdatasync' AND p.function = 'issue_xlog_fsync') = syncs AS inside,
                           writes = syncs AS same
                    FROM (SELECT sum(function = 'pg_fdatasync') AS syncs, sum(function = 'issue_xlog_fsync') AS writes
                          FROM calls WHERE outcome = 'returned')")"
  check "that the commits are among them" 1 \
    "$(query t.pgt "SELECT count(*) >= 40 AS enough FROM calls WHERE function = 'issue_xlog_fsync'")"
}

test_a_postmasters_pid_stands_for_its_backends() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  record_start -p "$cluster_postmaster" -f heap_insert -o t.pgt
  run_sql "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 300) g"
  record_stop
  check calls 300 "$(query t.pgt "SELECT count(*) FROM calls JOIN executions USING (execution_id) WHERE text LIKE 'INSERT%'")"
  record_start -p $$ -x "$server" -f heap_insert -o u.pgt
  run_sql "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 300) g"
  record_stop
  # This shell is the postmaster's parent at most.
  check "calls of another postmaster's backends" 0 "$(query u.pgt 'SELECT count(*) FROM calls')"
  check "executions of another postmaster's backends" 0 "$(query u.pgt 'SELECT count(*) FROM executions')"
}

test_without_x_the_one_running_server_is_recorded() {
  require_postgres
  local exe
  for exe in /proc/[0-9]*/exe; do readlink "$exe"; done | grep '/postgres$' | sort -u >servers
  if [ "$(wc -l <servers)" -gt 1 ]; then # another server runs on this machine
    pgrec record -f heap_insert -o t.pgt -d 1ms
    check "exit status" 1 "$status"
    check_match messages "pgrec: there are * different binaries called postgres: *$(readlink -f "$server")*hint: name one*" "$err"
    return
  fi
  record_start -f heap_insert -o t.pgt
  check_match "what the recorder says" "recording 1 function of $(readlink -f "$server") to t.pgt*" "$recorder_said"
  record_stop
}

test_an_error_leaves_its_calls_unwound() {
  require_postgres
  run_sql 'CREATE TABLE t AS SELECT g FROM generate_series(0, 9) g'
  record_start -x "$server" -f standard_ExecutorRun,PortalRun -o t.pgt
  local i
  for i in 1 2 3; do psql -qXAt -c 'SELECT 1/(g - 5) FROM t' -c 'SELECT count(*) FROM t' >/dev/null 2>&1; done
  record_stop
  check outcomes "PortalRun,returned,SELECT count(*) FROM t,3
PortalRun,unwound,SELECT 1/(g - 5) FROM t,3
standard_ExecutorRun,returned,SELECT count(*) FROM t,3
standard_ExecutorRun,unwound,SELECT 1/(g - 5) FROM t,3" \
    "$(query t.pgt "SELECT function, c.outcome, text, count(*) FROM calls c JOIN executions USING (execution_id)
                    GROUP BY 1, 2, 3 ORDER BY 1, 2")"
}

test_an_error_at_the_kernels_limit_does_not_make_later_calls_unwound() {
  require_postgres
  run_sql "CREATE FUNCTION deep(n int) RETURNS int LANGUAGE plpgsql AS
           'BEGIN IF n = 0 THEN RAISE EXCEPTION ''enough''; END IF; RETURN deep(n - 1); END'"
  local i sql=(-c 'SELECT deep(90)')
  for ((i = 0; i < 20; i++)); do sql+=(-c "DO 'BEGIN NULL; END'"); done
  record_start -x "$(plpgsql_library)" -f plpgsql_call_handler,plpgsql_inline_handler -o t.pgt
  psql -qXAt "${sql[@]}" >/dev/null 2>&1
  record_stop
  # The kernel holds 64 dead return probes of that backend and adds no more: nothing after them is seen to
  # return, and nothing is said to have been left by an ERROR. The last one is open until something follows.
  check "calls after the error" 20,0 \
    "$(query t.pgt "SELECT count(*), sum(outcome NOT IN ('depth-limit', 'open')) AS others FROM calls
                    WHERE function = 'plpgsql_inline_handler'")"
  check "calls that the ERROR left" 64 \
    "$(query t.pgt "SELECT count(*) FROM calls WHERE function = 'plpgsql_call_handler' AND outcome = 'unwound'")"
}

test_self_times_add_up_where_an_error_was_caught() {
  require_postgres
  record_start -x "$server" -f standard_ExecutorRun,pg_sleep -o t.pgt
  run_sql "DO 'BEGIN PERFORM pg_sleep(0.02); PERFORM 1/0; EXCEPTION WHEN division_by_zero THEN NULL; END'"
  run_sql "SELECT count(*) FROM (SELECT pg_sleep(0.02)) s" >/dev/null
  record_stop
  check "executions with more time in the probed functions than they took" 0 \
    "$(query t.pgt "SELECT count(*) FROM (SELECT e.duration_ns, sum(c.self_ns) AS self FROM executions e
                    JOIN calls c USING (execution_id) GROUP BY e.execution_id) WHERE self > duration_ns")"
}

test_processes_that_end_leave_nothing_open() {
  require_postgres
  run_sql "CREATE TABLE t AS SELECT g FROM generate_series(1, 200000) g; ANALYZE t"
  record_start -x "$server" -f standard_ExecutorRun -o t.pgt
  psql -qXAt -c "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0" \
    -c "SELECT count(*) FROM t" >/dev/null
  start_session 'SELECT pg_sleep(1000)'
  until_true sleeps "$session_pid"
  run_sql "SELECT pg_terminate_backend($session_pid)" >/dev/null
  session_wait
  run_sql "SELECT 1" >/dev/null
  record_stop
  check "executions and calls still open" 0,0 \
    "$(query t.pgt "SELECT (SELECT count(*) FROM executions WHERE outcome = 'open') AS executions,
                           (SELECT count(*) FROM calls WHERE outcome = 'open') AS calls")"
  check "the terminated backend's call" unwound \
    "$(query t.pgt "SELECT c.outcome FROM calls c JOIN executions USING (execution_id) WHERE text LIKE '%pg_sleep(1000)%'")"
}

test_short_connections_do_not_disturb_the_recording() {
  require_postgres
  echo 'SELECT 1;' >script.sql
  record_start -x "$server" -f standard_ExecutorRun -o t.pgt
  pgbench -n -C -c 4 -t 250 -f script.sql >/dev/null 2>&1 || fail "pgbench failed"
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "executions" completed,1000 \
    "$(query t.pgt "SELECT outcome, count(*) FROM executions WHERE text = 'SELECT 1;' GROUP BY 1")"
  check "backends" 1000 "$(query t.pgt "SELECT count(DISTINCT pid) FROM executions WHERE text = 'SELECT 1;'")"
}

test_every_protocol_has_one_execution_for_each_query() {
  require_postgres
  run_sql 'CREATE TABLE t (a int)'
  echo 'INSERT INTO t VALUES (1);' >script.sql
  local mode
  for mode in simple extended prepared; do
    record_start -x "$server" -f heap_insert -o "$mode.pgt"
    pgbench -n -f script.sql -M "$mode" -t 50 >/dev/null 2>&1 || fail "pgbench failed"
    record_stop
    check "executions and calls, $mode" 50,50 \
      "$(query "$mode.pgt" "SELECT count(DISTINCT execution_id), count(call_id) FROM executions
                            LEFT JOIN calls USING (execution_id) WHERE text = 'INSERT INTO t VALUES (1);'")"
  done
}

test_long_and_foreign_texts_come_back_byte_for_byte() {
  require_postgres
  local size
  record_start -x "$server" -f standard_planner -o t.pgt
  for size in 100 215 216 217 4000 4270 4271 60000; do
    printf "SELECT 'é%0*d'" "$size" 0 >"text.$size"
    psql -qXAt -f "text.$size" >/dev/null || fail "psql failed"
  done
  printf "SELECT '%0*d'" 100000 0 >text.long
  psql -qXAt -f text.long >/dev/null || fail "psql failed"
  record_stop
  for size in 100 215 216 217 4000 4270 4271 60000; do
    check "the text of $size bytes and a few" "$(cat "text.$size"),0" \
      "$(query t.pgt "SELECT text, cut FROM executions WHERE length(CAST(text AS BLOB)) = $(stat -c %s "text.$size")")"
  done
  check "the cut text" "65536,1" "$(query t.pgt "SELECT length(CAST(text AS BLOB)), cut FROM executions WHERE cut")"
  check "its bytes" "$(head -c 65536 text.long)" "$(query t.pgt "SELECT text FROM executions WHERE cut")"
}

test_a_library_of_the_server_knows_its_queries() {
  require_postgres
  run_sql "CREATE FUNCTION twice(i int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 2 * i; END'"
  record_start -x "$(plpgsql_library)" -f plpgsql_call_handler -o t.pgt
  run_sql 'SELECT sum(twice(g)) FROM generate_series(1, 70) g' >/dev/null
  record_stop
  check "calls by query" "SELECT sum(twice(g)) FROM generate_series(1, 70) g,returned,70" \
    "$(query t.pgt "SELECT text, c.outcome, count(*) FROM calls c JOIN executions USING (execution_id) GROUP BY 1, 2" | tr -d '"')"
}

# settings TRACE: those in the trace, as name=value
settings() {
  query "$1" "SELECT substr(key, 16) || '=' || value FROM meta WHERE key LIKE 'server.setting.%' ORDER BY 1"
}

# shown_settings TRACE: the same settings, as the server itself shows them
shown_settings() {
  local name
  for name in $(settings "$1" | sed 's/=.*//'); do echo "$name=$(run_sql "SHOW $name")"; done
}

test_settings_are_what_the_server_shows() {
  require_bpf
  local version known=60 of_version=(compute_query_id=regress wal_compression=lz4)
  version=$(server_version)
  [ "$version" -ge 15 ] || of_version=(compute_query_id=regress wal_compression=on)
  # 13 has neither compute_query_id nor track_wal_io_timing.
  [ "$version" -ge 14 ] || known=58 of_version=(wal_compression=on)
  require_postgres "${of_version[@]}" shared_buffers=16MB work_mem=5MB maintenance_work_mem=65537kB effective_cache_size=12345 \
    temp_buffers=100 wal_buffers=9 max_connections=37 random_page_cost=1.1 hash_mem_multiplier=1.25 jit=off \
    checkpoint_timeout=90 autovacuum_naptime=2h bgwriter_delay=1500ms log_min_duration_statement=250 max_wal_size=3GB \
    track_activity_query_size=4000 synchronous_commit=remote_apply wal_level=logical huge_pages=off \
    log_statement=mod track_functions=pl plan_cache_mode=force_custom_plan \
    wal_sync_method=open_datasync full_page_writes=off track_io_timing=on session_preload_libraries=plpgsql \
    TimeZone=Asia/Kolkata log_timezone=America/St_Johns
  record_start -p "$cluster_postmaster" -f heap_insert -o t.pgt
  record_stop
  check "settings in the trace" "$(shown_settings t.pgt)" "$(settings t.pgt)"
  check "their number" "$known" "$(settings t.pgt | wc -l)"
  check "some of them" "effective_cache_size=98760kB
fsync=off
maintenance_work_mem=65537kB
session_preload_libraries=plpgsql
shared_buffers=16MB
synchronous_commit=remote_apply
work_mem=5MB" \
    "$(settings t.pgt | grep -E '^(effective_cache_size|fsync|maintenance_work_mem|session_pre.*|shared_buffers|synchronous_commit|work_mem)=')"
}

test_a_trace_says_which_server_it_is_of() {
  require_postgres
  # Once it is on disk, a database is known whoever is connected to it.
  run_sql "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
  run_sql "CREATE DATABASE old ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
  run_sql "DROP DATABASE old"
  run_sql CHECKPOINT
  record_start -p "$cluster_postmaster" -f heap_insert -o t.pgt
  record_stop
  check "system identifier" \
    "$(cluster_as_server_user pg_controldata -D "$cluster_dir/data" | sed -n 's/^Database system identifier: *//p')" \
    "$(fact t.pgt server.system_identifier)"
  check "pid namespaces" "$(readlink /proc/self/ns/pid) $(readlink "/proc/$cluster_postmaster/ns/pid")" \
    "pid:[$(fact t.pgt host.pid_namespace)] pid:[$(fact t.pgt server.pid_namespace)]"
  check "data directory" "$(run_sql 'SHOW data_directory')" "$(fact t.pgt server.setting.data_directory)"
  local name shown=
  for name in latin postgres template1; do
    shown+="server.encoding.$name,$(PGDATABASE=$name run_sql 'SHOW server_encoding')"$'\n'
  done
  check encodings "${shown}server.encoding.template0,$(run_sql "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template0'")" \
    "$(query t.pgt "SELECT key, value FROM meta WHERE key LIKE 'server.encoding.%' ORDER BY key = 'server.encoding.template0', key")"
}

test_settings_are_those_of_the_cluster_that_is_recorded() {
  require_postgres work_mem=5MB
  local backend
  # A server process leads to its cluster, whether the server or a library of it is probed.
  backend=$(run_sql "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'")
  pgrec record -p "$backend" -f heap_insert -o backend.pgt -d 1ms
  check "by a backend" work_mem=5MB "$(settings backend.pgt | grep ^work_mem=)"
  pgrec record -p "$backend" -x "$(plpgsql_library)" -f plpgsql_call_handler -o library.pgt -d 1ms
  check "by a library" work_mem=5MB "$(settings library.pgt | grep ^work_mem=)"
  # No process of the server among those that are named.
  pgrec record -p $$ -x "$server" -f heap_insert -o shell.pgt -d 1ms
  check "by another process" "" "$(settings shell.pgt)"
  local first_postmaster=$cluster_postmaster
  (
    cluster_dir=
    trap cluster_stop EXIT
    cluster_start work_mem=7MB || exit 1
    pgrec record -x "$server" -f heap_insert -o either.pgt -d 1ms
    check "where two run" "" "$(settings either.pgt)"
    pgrec record -p "$cluster_postmaster" -f heap_insert -o second.pgt -d 1ms
    check "by the second postmaster" work_mem=7MB "$(settings second.pgt | grep ^work_mem=)"
    pgrec record -p "$first_postmaster" -f heap_insert -o first.pgt -d 1ms
    check "by the first postmaster" work_mem=5MB "$(settings first.pgt | grep ^work_mem=)"
    pgrec record -p "$first_postmaster,$cluster_postmaster" -f heap_insert -o both.pgt -d 1ms
    check "by both" "" "$(settings both.pgt)"
  ) || exit 1
}

# check_printable WHAT TEXT: a terminal would act on none of it
check_printable() {
  check "lines of $1 that a terminal acts on" "" "$(LC_ALL=C grep -aP '[\x00-\x08\x0B-\x1F\x7F]|\xC2[\x80-\x9F]' <<<"$2")"
}

test_names_that_a_terminal_acts_on_are_written_out() {
  require_postgres
  local name=$'evil\e[31m\x7f\xc2\x9b' shown='evil\x1B[31m\x7F\u009B' file=$'t\e[2J.pgt' view
  run_sql "CREATE DATABASE \"$name\" ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
  "$PGREC" slowlog -x "$server" -p "$cluster_postmaster" -t 0 -l slow.log 2>/dev/null &
  local slowlog=$!
  background_pids+=" $slowlog"
  until_true grep -qs ' pgrec: logging ' slow.log
  record_start -x "$server" -p "$cluster_postmaster" -f heap_insert -o "$file"
  PGDATABASE=$name run_sql "SELECT 1 AS \"$name\"" >/dev/null
  record_stop
  kill "$slowlog" && wait "$slowlog"
  background_pids=${background_pids/ $slowlog/}
  check_printable "the recorder" "$recorder_said"
  grep -qF 't\x1B[2J.pgt' <<<"$recorder_said" || fail "the recorder does not name the file: $recorder_said"
  for view in '' --by-query --slow; do
    pgrec analyze "$file" $view
    check_printable "analyze $view" "$out$err"
    grep -qF "$shown" <<<"$out" || fail "analyze $view does not show the name: $out"
  done
  check_printable "the slow log" "$(cat slow.log)"
  grep -qF "text=SELECT 1 AS \"$shown\"" slow.log || fail "the slow log does not show the text: $(cat slow.log)"
  grep -qF 'database="evil\u001b[31m\u007f\u009b"' slow.log || fail "the slow log does not show the name: $(cat slow.log)"
}

test_where_no_server_runs_there_are_no_settings() {
  require_bpf
  cluster_find_server || skip "no PostgreSQL server is installed"
  cp "$cluster_bin/postgres" ./postgres # a file that nothing runs, whatever else does
  pgrec record -x ./postgres -f heap_insert -o t.pgt -d 1ms
  check "exit status" 0 "$status"
  check settings "" "$(settings t.pgt)"
}
