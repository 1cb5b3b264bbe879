# Live tests with PostgreSQL's own core regression suite as the workload: each of its statements, beside what the server's
# log and the wire say of it. A part of the suite is run, with PGREC_REGRESS=all the whole.

. "$here/postgres_vocabulary.sh"

tools=$(cd "$here/../regress" && pwd)

# The suite of the server's version, where the server can read it and write its results.
put_suite() {
  local suite
  suite=$here/../../build/regress-$(server_version)/regress
  [ -e "$suite/regress.so" ] || skip "there is no $suite; tests/regress/source.sh makes it"
  cp -r "$suite" "$cluster_dir/suite"
  cp "$lib/refint.so" "$lib/autoinc.so" "$cluster_dir/suite"
  mkdir -p "$cluster_dir/results/results" "$cluster_dir/results/sql" "$cluster_dir/results/expected"
  # The suites before 15 have no test_setup, which the part begins with.
  if [ "${PGREC_REGRESS:-}" != all ] && [ -e "$suite/sql/test_setup.sql" ]; then
    cp "$tools/part.schedule" "$cluster_dir/suite/parallel_schedule"
  fi
  chmod -R a+rX "$cluster_dir/suite"
  chmod 777 "$cluster_dir/results" "$cluster_dir/results/results"
  chmod 755 "$cluster_dir"
}

# put_programs: psql and pg_regress of the server's version in bin/. Those of another root run with its own loader.
put_programs() {
  local program
  mkdir bin
  for program in "$cluster_bin/psql" "$lib/pgxs/src/test/regress/pg_regress"; do
    if [ -z "${PGREC_PGROOT:-}" ]; then
      ln -s "$program" bin/
    else
      printf '#!/bin/sh\nexec %s --library-path %s %s "$@"\n' "$PGREC_PGROOT/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" \
        "$PGREC_PGROOT/usr/lib/x86_64-linux-gnu:$PGREC_PGROOT/lib/x86_64-linux-gnu" "$program" >"bin/${program##*/}"
      chmod +x "bin/${program##*/}"
    fi
  done
}

# Runs the suite through a relay that writes down in wire.json what the server answers.
run_suite() {
  local line
  put_programs
  mkdir wire
  exec {relay_fd}< <(exec python3 "$tools/wire.py" wire/.s.PGSQL.5432 "$cluster_dir/.s.PGSQL.5432" wire.json)
  relay=$!
  background_pids+=" $relay"
  IFS= read -r -t "$patience" -u "$relay_fd" line || fail "the relay does not run"
  bin/pg_regress --inputdir="$cluster_dir/suite" --outputdir="$cluster_dir/results" --dlpath="$cluster_dir/suite" \
    --bindir="$work/bin" --host="$work/wire" --port=5432 --user=postgres --max-concurrent-tests=20 \
    --schedule="$cluster_dir/suite/parallel_schedule" >regress.out 2>&1
  grep -q '[0-9] tests \(passed\|failed\)' regress.out || fail "the suite did not run: $(tail -n 5 regress.out)"
  kill "$relay"
  wait "$relay" 2>/dev/null
  background_pids=${background_pids/ $relay/}
}

# judge RECORDED
judge() {
  python3 "$tools/judge.py" "$log" "$1" --wire wire.json --known "$tools/known.list" >&3 ||
    fail "$1 differs from what the server says"
}

test_the_core_suite_is_recorded_as_the_server_tells_it() {
  local format=csv more=()
  if [ "$(server_version)" -ge 15 ]; then
    format=json
    more=(compute_query_id=regress)
  fi
  require_postgres logging_collector=on "log_destination=${format}log" log_filename=log log_rotation_size=0 log_rotation_age=0 \
    log_min_duration_statement=0 log_min_messages=warning log_min_error_statement=error max_prepared_transactions=2 \
    shared_preload_libraries=pg_stat_statements "${more[@]}"
  lib=$(readlink -f "$cluster_bin/..")/lib
  log=$cluster_dir/data/log/log.$format
  put_suite
  # What ran before is not recorded.
  until_true grep -q 'SHOW data_directory' "$log"
  : >"$log"
  slowlog_start -p "$cluster_postmaster" -x "$server" --threshold 0 --text-limit 1M --format json --log slow.json
  local slowlog=$recorder_pid
  background_pids+=" $slowlog"
  exec {recorder_fd}<&-
  record_start -p "$cluster_postmaster" -x "$server" --preset queries --buffer 64M --text-limit 1M -o t.pgt
  run_suite
  cluster_ctl -m fast stop
  record_wait
  kill -INT "$slowlog"
  wait "$slowlog"
  background_pids=${background_pids/ $slowlog/}
  check "recorder status" 0 "$recorder_status"
  check "lost events" 0 "$(lost_events t.pgt)"
  whole t.pgt
  judge t.pgt
  judge slow.json
}
