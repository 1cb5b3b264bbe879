# Live tests of presets and of PostgreSQL's own USDT probes.

. "$here/postgres_vocabulary.sh"

test_every_preset_has_all_its_functions_in_this_version() {
  cluster_find_server || skip "no PostgreSQL server is installed${PGREC_PGROOT:+ in $PGREC_PGROOT}"
  pgrec list --presets -x "$cluster_bin/postgres"
  check "exit status" 0 "$status"
  check "presets, and the line above them" 14 "$(sed -n '/^preset /,/^$/p' <<<"$out" | grep -c '^[a-z]')"
  check "functions that it has not, against what the table says" "" "$(grep 'not in it' <<<"$out")"
  # And none that it has is said to be another version's, but for those that are named as gone or to come.
  local name
  for name in smgrread smgrreadv ExecDoInitialPruning heap_page_prune BumpContextCreate pgaio_wref_wait; do
    check "whether $name is listed, and whether it is there" \
      "$("$PGREC" list -x "$cluster_bin/postgres" $name >/dev/null 2>&1 && echo yes || echo no)" \
      "$(grep -qw "$name" <<<"$out" && echo yes || echo no)"
  done
}

# What any server does in this workload is in each preset, whatever the version.
test_every_preset_attaches_and_records() {
  require_postgres checkpoint_timeout=1h shared_buffers=1MB
  run_sql "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t SELECT g, repeat('x', 500) FROM generate_series(1, 5000) g;
           CREATE TABLE p (a int) PARTITION BY RANGE (a);
           CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
           CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (1000) TO (2000)"
  local preset
  local -A must=(
    [queries]=PortalRun,standard_planner,standard_ExecutorRun,standard_ProcessUtility
    [planner]=pg_parse_query,QueryRewrite,standard_planner,subquery_planner,create_plan
    [executor]=standard_ExecutorStart,standard_ExecutorRun,standard_ExecutorFinish,standard_ExecutorEnd,tuplesort_performsort
    [buffers]=StrategyGetBuffer,RelationGetBufferForTuple,heap_page_prune_opt
    [io]=ProcessSyncRequests,smgrextend
    [wal]=XLogInsertRecord,XLogFlush
    [locks]=heap_lock_tuple
    [lwlocks]=
    [memory]=AllocSetContextCreateInternal,MemoryContextDelete
    [vacuum]=vacuum,heap_vacuum_rel,analyze_rel,index_vacuum_cleanup,vacuum_delay_point
    [checkpoint]=RequestCheckpoint,CreateCheckPoint,CheckPointBuffers,ProcessSyncRequests
    [partition]=PartitionDirectoryLookup,ExecSetupPartitionTupleRouting,ExecFindPartition,expand_inherited_rtentry
    [network]=ClientAuthentication,InitPostgres,secure_read,secure_write,ReadyForQuery)
  for preset in "${!must[@]}"; do
    record_start -p "$cluster_postmaster" --preset "$preset" -o "$preset.pgt"
    # The checkpointer extends nothing, the index build does.
    run_sql "INSERT INTO t SELECT g, 'y' FROM generate_series(10001, 12000) g"
    run_sql "DELETE FROM t WHERE a > 10000; UPDATE t SET b = b || 'z' WHERE a < 100"
    run_sql "BEGIN; SELECT count(b) FROM (SELECT * FROM t WHERE a = 7 FOR UPDATE) s; COMMIT" >/dev/null
    run_sql "SELECT a FROM t ORDER BY b, a LIMIT 1" >/dev/null
    run_sql "INSERT INTO p SELECT g FROM generate_series(1, 1999) g; SELECT count(*) FROM p WHERE a < 10" >/dev/null
    run_sql "VACUUM (ANALYZE) t"
    run_sql "CREATE INDEX i ON t (b); DROP INDEX i"
    run_sql "CHECKPOINT"
    record_stop
    check "status of --preset $preset" 0 "$recorder_status"
    check "functions of $preset that are not probed" "" "$(grep 'not probed' <<<"$recorder_said")"
    check "losses of $preset" "" "$(query "$preset.pgt" 'SELECT * FROM losses')"
    check "what was asked for" "$preset" "$(query "$preset.pgt" "SELECT value FROM meta WHERE key = 'record.presets'")"
    local function
    for function in ${must[$preset]//,/ }; do
      check "whether $function of $preset was called" 1 \
        "$(query "$preset.pgt" "SELECT calls > 0 AS any FROM functions WHERE name = '$function'")"
    done
    pgrec verify "$preset.pgt" --full
    check "what verify says of $preset" 0 "$status"
  done
  # One event for the whole of a checkpoint, and its pages.
  check "checkpoints begun" 1 "$(events_of checkpoint.pgt usdt:checkpoint__start)"
  check "checkpoints ended" 1 "$(events_of checkpoint.pgt usdt:checkpoint__done)"
  check "pages that are said to be written, and their events" \
    "$(events_of checkpoint.pgt usdt:buffer__sync__written)" \
    "$("$PGREC" dump checkpoint.pgt --format json | grep '"class": "usdt:buffer__sync__done"' | grep -o '"written": [0-9]*' | grep -o '[0-9]*')"
}

test_presets_and_functions_go_together() {
  require_postgres
  record_start -x "$server" --preset queries,wal -f heap_insert --preset locks -o t.pgt
  run_sql "CREATE TABLE t (a int)"
  run_sql "INSERT INTO t VALUES (1)"
  record_stop
  check "what was asked for" '"queries,wal,locks"' "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.presets'")"
  check "functions of each" $'PortalRun\nProcSleep\nXLogFlush\nheap_insert' \
    "$(query t.pgt "SELECT name FROM functions WHERE name IN ('PortalRun', 'ProcSleep', 'XLogFlush', 'heap_insert') ORDER BY 1")"
}

test_query_start_fires_once_for_each_simple_statement() {
  require_postgres
  # A backend that runs before the recording, and one that starts after it began.
  coproc BEFORE { exec psql -qXAt 2>/dev/null; }
  local before_pid=$BEFORE_PID
  background_pids+=" $before_pid"
  exec {before_out}<&"${BEFORE[0]}" {before_in}>&"${BEFORE[1]}"
  echo 'SELECT pg_backend_pid();' >&"$before_in"
  local backend i
  IFS= read -r -t "$patience" -u "$before_out" backend || fail "the session did not begin"
  record_start -p "$cluster_postmaster" -f 'usdt:query__start,usdt:postgresql:query__done,usdt:query__exec*' -o t.pgt
  for ((i = 0; i < 100; i++)); do echo 'SELECT 2;'; done >&"$before_in"
  for ((i = 0; i < 100; i++)); do IFS= read -r -t "$patience" -u "$before_out" line; done
  echo 'SELECT 1/0;' >&"$before_in"
  echo 'SELECT 3;' >&"$before_in"
  IFS= read -r -t "$patience" -u "$before_out" line
  local commands=()
  for ((i = 0; i < 50; i++)); do commands+=(-c 'SELECT 4'); done
  psql -qXAt "${commands[@]}" >/dev/null
  record_stop
  echo '\q' >&"$before_in"
  wait "$before_pid"
  exec {before_out}<&- {before_in}>&-
  background_pids=${background_pids/ $before_pid/}
  check "recorder status" 0 "$recorder_status"
  check "messages begun in the old backend, one failed" 102 \
    "$("$PGREC" dump t.pgt --format json -p "$backend" | grep -c '"event": "class", "class": "usdt:query__start"')"
  check "messages begun" 152 "$(events_of t.pgt usdt:query__start)"
  check "messages done" 151 "$(events_of t.pgt usdt:query__done)"
  check "statements run" 151 "$(events_of t.pgt usdt:query__execute__start)"
  pgrec verify t.pgt --full
  check "what verify says" 0 "$status"
}

test_a_lock_wait_says_what_is_waited_for() {
  require_postgres
  run_sql "CREATE TABLE t (a int)"
  local relation
  relation=$(run_sql "SELECT 't'::regclass::oid")
  record_start -p "$cluster_postmaster" --preset locks -o t.pgt
  start_session 'BEGIN' 'LOCK TABLE t' "SELECT pg_sleep(60)"
  until_true sleeps "$session_pid"
  local blocker=$session_pid
  psql -qXAt -c 'INSERT INTO t VALUES (1)' &
  local waiter=$!
  background_pids+=" $waiter"
  until_true one_waits
  run_sql "SELECT pg_terminate_backend($blocker)" >/dev/null
  session_wait
  wait "$waiter" || fail "the insert failed"
  background_pids=${background_pids/ $waiter/}
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "waits for the table, for RowExclusiveLock" 1 \
    "$(events_of t.pgt usdt:lock__wait__start "\"field2\": $relation, .*\"mode\": 3")"
  check "their ends" 1 "$(events_of t.pgt usdt:lock__wait__done "\"field2\": $relation, .*\"mode\": 3")"
  check "sleeps" 1 "$(query t.pgt "SELECT calls FROM functions WHERE name = 'ProcSleep'")"
}

one_waits() {
  [ "$(run_sql "SELECT count(*) FROM pg_locks WHERE NOT granted")" = 1 ]
}

test_lwlocks_are_named_by_their_tranches() {
  require_postgres
  record_start -x "$server" -f usdt:lwlock__acquire,usdt:lwlock__release -o t.pgt
  run_sql "CREATE TABLE t AS SELECT g FROM generate_series(1, 1000) g"
  record_stop
  check "recorder status" 0 "$recorder_status"
  local name
  for name in WALInsert BufferMapping; do
    [ "$(events_of t.pgt usdt:lwlock__acquire "\"tranche\": \"$name\"")" -gt 0 ] || fail "no lock of $name was acquired"
  done
  # One that the kernel does not find in memory at the moment is told.
  check "names that are none" 0 "$(events_of t.pgt usdt:lwlock__acquire '"tranche": "".*"unreadable": 0')"
  check "names that could not be read, and are there" 0 \
    "$(events_of t.pgt usdt:lwlock__acquire '"tranche": "[^"].*"unreadable": [13579]')"
}
