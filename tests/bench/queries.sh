#!/usr/bin/env bash
# What the query hooks, which every recording has, cost a statement, beside what else tells of every
# statement. Prints, as medians of interleaved rounds in one run of pgbench -S -M prepared with two clients, the
# CPU time that a statement takes with its client's part, and what is added to it by
#   - empty uprobes where the hooks are that a statement meets: what any tracer pays for these;
#   - pgrec record with no other probe than one on a function that is not called, its recorder included;
#   - pg_stat_statements;
#   - log_min_duration_statement = 0, to a file.
# Run it by hand, as root, on a quiet machine:
#   tests/bench/queries.sh [ROUNDS [SECONDS]]
# PGREC_BEFORE=PATH is another pgrec, such as that of the commit before, that is measured in the same rounds.
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
. "$(dirname "$0")/vocabulary.sh"
rounds=${1:-9}
seconds=${2:-3}

require bpftrace
build_pgrec

# All that is measured runs on one CPU, the server, its clients and the recorder. On several, pgbench's threads and
# their backends settle anew in each round on the same CPU or on different ones, which alone makes a statement half
# as long again, whatever records it.
taskset -cp "$(taskset -cp $$ | sed 's/.*[ ,-]//')" $$ >/dev/null

cluster_start fsync=off autovacuum=off shared_buffers=256MB logging_collector=on
load_pgbench 10

# With one client the time would be that of waking up, which differs by more than all of these from minute to
# minute. Nanoseconds.
statement_ns() {
  pgbench -n -S -M prepared -c 2 -T "$seconds" 2>/dev/null >"$work/out"
  awk '/^tps/ { printf "%d\n", 1e9 / $3 }' "$work/out"
}

measure() {
  case $1 in
    pgss) with_settings shared_preload_libraries=pg_stat_statements ;;
    log) with_settings log_min_duration_statement=0 ;;
    *) with_settings ;;
  esac
  local server
  server=$(readlink -f "/proc/$cluster_postmaster/exe")
  case $1 in
    empty)
      start ready bpftrace -e "BEGIN { printf(\"ready\n\"); } uprobe:$server:pgstat_report_activity { }
        uprobe:$server:PortalRun { } uprobe:$server:EndCommand { }"
      ;;
    pgrec | before)
      local recording=$pgrec
      [ "$1" = pgrec ] || recording=$PGREC_BEFORE
      start recording "$recording" record -p "$cluster_postmaster" -f BootStrapXLOG -o "$work/t.pgt" --force
      ;;
  esac
  statement_ns >>"$work/$1"
  [ -z "$tracer" ] || stop "$work/recorder.log"
}

modes=(nothing empty ${PGREC_BEFORE:+before} pgrec pgss log)
interleave "$rounds" "${modes[@]}"

base=$(median "$work/nothing")
echo "PostgreSQL $(psql -XAtc 'SHOW server_version'): pgbench -S -M prepared, 2 clients, all on one CPU; medians of $rounds interleaved rounds of $seconds s"
for mode in "${modes[@]}"; do
  awk -v mode="$mode" -v ns="$(median "$work/$mode")" -v base="$base" 'BEGIN {
    names["nothing"] = "nothing"; names["empty"] = "empty uprobes"; names["pgrec"] = "pgrec record"
    names["before"] = "pgrec record of PGREC_BEFORE"
    names["pgss"] = "pg_stat_statements"; names["log"] = "log_min_duration_statement=0"
    printf "%-30s %8.2f us", names[mode], ns / 1000
    if (mode != "nothing") printf "  added %6.2f us  %5.1f %%", (ns - base) / 1000, 100 * (ns - base) / base
    printf "\n" }'
done
grep -E "executions|lost" "$work/recorder.log"
