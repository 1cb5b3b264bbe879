#!/usr/bin/env bash
# What --max-overhead takes off, and whether recording stays below it: pgbench -S -M prepared with two clients for each
# CPU, recorded with 20 functions without a limit and with one. Prints, as medians of interleaved rounds in one run, the
# CPU time that a statement takes once the recorder has had time to take probes off, what is added to it, the cost that
# the recording itself measured, as a part of the server's CPU time, and what was taken off.
# Run it by hand, as root, on a quiet machine:
#   tests/bench/max_overhead.sh [LIMIT [ROUNDS [SECONDS]]]   (5% 5 10)
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
limit=${1:-5%}
rounds=${2:-5}
seconds=${3:-10}
build=$project/build/bench
pgrec=$build/pgrec
if [ -n "${PGREC_PGROOT:-}" ]; then
  PGREC_PGROOT=$(cd "$PGREC_PGROOT" && pwd)
  export PGREC_PGROOT
fi
. "$project/samples/private_cluster.sh"

cmake --preset release -S "$project" -B "$build" -DPGREC_BENCH=ON >/dev/null
cmake --build "$build" >/dev/null

work=$(mktemp -d)
recorder=
clean_up() {
  [ -z "$recorder" ] || kill "$recorder" 2>/dev/null || true
  cluster_stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

functions=pg_parse_query,pg_plan_query,planner,PortalStart,PortalRun,standard_ExecutorStart,standard_ExecutorRun
functions+=,standard_ExecutorFinish,standard_ExecutorEnd,CommitTransactionCommand,index_getnext_tid
functions+=,heap_hot_search_buffer,heap_update,heap_insert,XLogInsert,XLogInsertRecord,ReadBufferExtended
functions+=,LWLockAcquire,SearchCatCache1,GetSnapshotData

cluster_start fsync=off autovacuum=off shared_buffers=256MB
pgbench -i -q -s 10 >/dev/null 2>&1
psql -Xqc 'VACUUM (FREEZE, ANALYZE)' >/dev/null
cpus=$(nproc)

# measure NAME [OPTION...]: the second half of the run, after the recorder has looked
measure() {
  local name=$1 line
  shift
  if [ "$name" != nothing ]; then
    exec {fd}< <(exec "$pgrec" record -p "$cluster_postmaster" -f "$functions" -o "$work/$name.pgt" --force "$@" 2>&1)
    recorder=$!
    while IFS= read -r -t 60 line <&"$fd"; do [[ $line != recording* ]] || break; done
  fi
  pgbench -n -S -M prepared -c "$((2 * cpus))" -j "$cpus" -T "$seconds" -P 1 2>&1 >/dev/null |
    awk -v cpus="$cpus" -v half="$((seconds / 2))" '
      /^progress: [0-9.]+ s, / && $2 > half { sum += $4; n++ } END { printf "%d\n", cpus * 1e9 * n / sum }' >>"$work/$name"
  [ -n "$recorder" ] || return 0
  kill -INT "$recorder"
  cat <&"$fd" >"$work/$name.log"
  wait "$recorder" || true
  exec {fd}<&-
  recorder=
  "$pgrec" sql "$work/$name.pgt" --format csv "SELECT 1000 * (SELECT value FROM meta WHERE key = 'record.cost_ns') /
    (SELECT value FROM meta WHERE key = 'record.cpu_ns')" 2>/dev/null | tail -n 1 >>"$work/$name.cost"
}

median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

for ((round = 0; round <= rounds; round++)); do
  if ((round == 1)); then rm -f "$work"/nothing "$work"/unlimited* "$work"/limited*; fi # the first warms up
  measure nothing
  measure unlimited
  measure limited --max-overhead "$limit"
done

base=$(median "$work/nothing")
echo "PostgreSQL $(psql -XAtc 'SHOW server_version'): pgbench -S -M prepared, $((2 * cpus)) clients on $cpus CPUs; medians of $rounds interleaved rounds of $seconds s"
for mode in nothing unlimited limited; do
  ns=$(median "$work/$mode")
  printf '%-12s %8s us a statement' "$mode" "$(awk -v ns="$ns" 'BEGIN { printf "%.2f", ns / 1000 }')"
  if [ "$mode" != nothing ]; then
    awk -v ns="$ns" -v base="$base" -v cost="$(median "$work/$mode.cost")" \
      'BEGIN { printf "  added %6.1f %%  measured by the recording, from its beginning: %5.1f %%", 100 * (ns - base) / base, cost / 10 }'
  fi
  echo
done
grep throttled "$work/limited.log"
grep -E "lost|cost" "$work/limited.log"
