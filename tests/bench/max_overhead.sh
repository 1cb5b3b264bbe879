#!/usr/bin/env bash
# What --max-overhead takes off, and whether recording stays below it: pgbench -S -M prepared with two clients for each
# CPU, recorded with 20 functions without a limit and with one. Prints, as medians of interleaved rounds in one run, the
# CPU time that a statement takes once the recorder has had time to take probes off, what is added to it, the cost that
# the recording itself measured, as a part of the server's CPU time, and what was taken off.
# Run it by hand, as root, on a quiet machine:
#   tests/bench/max_overhead.sh [LIMIT [ROUNDS [SECONDS]]]   (5% 5 10)
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
. "$(dirname "$0")/vocabulary.sh"
limit=${1:-5%}
rounds=${2:-5}
seconds=${3:-10}
build_pgrec

cluster_start fsync=off autovacuum=off shared_buffers=256MB
load_pgbench 10
cpus=$(nproc)

record() {
  start recording "$pgrec" record -p "$cluster_postmaster" -o "$work/$1.pgt" --force "${@:2}"
}

measure() {
  case $1 in
    hooks) record "$1" -f BootStrapXLOG ;;
    unlimited) record "$1" -f "$busy_functions" ;;
    limited) record "$1" -f "$busy_functions" --max-overhead "$limit" ;;
  esac
  pgbench -n -S -M prepared -c "$((2 * cpus))" -j "$cpus" -T "$seconds" -P 1 2>&1 >/dev/null |
    awk -v cpus="$cpus" -v half="$((seconds / 2))" '
      /^progress: [0-9.]+ s, / && $2 > half { sum += $4; n++ } END { printf "%d\n", cpus * 1e9 * n / sum }' >>"$work/$1"
  [ -z "$tracer" ] || stop "$work/$1.log"
}

modes=(nothing hooks unlimited limited)
interleave "$rounds" "${modes[@]}"

base=$(median "$work/nothing")
echo "PostgreSQL $(psql -XAtc 'SHOW server_version'): pgbench -S -M prepared, $((2 * cpus)) clients on $cpus CPUs; medians of $rounds interleaved rounds of $seconds s"
for mode in "${modes[@]}"; do
  awk -v mode="$mode" -v ns="$(median "$work/$mode")" -v base="$base" 'BEGIN {
    names["nothing"] = "nothing"; names["hooks"] = "the hooks of the queries"
    names["unlimited"] = "20 functions"; names["limited"] = "20 functions, limited"
    printf "%-26s %8.2f us", names[mode], ns / 1000
    if (mode != "nothing") printf "  added %7.2f us  %6.1f %%", (ns - base) / 1000, 100 * (ns - base) / base
    printf "\n" }'
done
for mode in unlimited limited; do
  echo "$mode, the last round:"
  grep -E '^  (throttled|cost|lost) ' "$work/$mode.log"
done
# What the probes that are left take by the recording's own measure.
"$pgrec" sql "$work/limited.pgt" "SELECT ts_ns / 2000000000 * 2 AS from_s, count(*) AS calls,
  round(count(*) * (SELECT value FROM meta WHERE key = 'record.probe_cost_ns') / 2e9 / $cpus * 100, 1) AS percent_of_all_cpus
  FROM calls GROUP BY 1" 2>/dev/null
