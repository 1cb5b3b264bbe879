#!/usr/bin/env bash
# What the query hooks, which every recording has, cost a statement, beside what else tells of every
# statement. Prints, as medians of interleaved rounds in one run of pgbench -S -M prepared with one client,
# the time of a statement as pgbench sees it, and what is added to it, by
#   - pgrec record with no other probe than one on a function that is not called;
#   - pg_stat_statements;
#   - log_min_duration_statement = 0, to a file.
# Run it by hand, as root, on a quiet machine:
#   tests/bench/queries.sh [ROUNDS [SECONDS]]
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${1:-9}
seconds=${2:-3}
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

cluster_start fsync=off autovacuum=off shared_buffers=256MB logging_collector=on
pgbench -i -q -s 10 >/dev/null 2>&1
psql -Xqc 'VACUUM (FREEZE, ANALYZE)' >/dev/null



# with_settings SETTING=VALUE...: restarts the server with these beside the others.
with_settings() {
  : >"$cluster_dir/data/postgresql.auto.conf"
  local setting
  for setting in "$@"; do
    printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}" >>"$cluster_dir/data/postgresql.auto.conf"
  done
  cluster_ctl restart
  psql -Xqc 'SELECT count(*) FROM pgbench_accounts' >/dev/null
}

# The median of a run's statements would be coarser than a microsecond, so this is their mean: nanoseconds.
statement_ns() {
  pgbench -n -S -M prepared -c 1 -T "$seconds" 2>/dev/null >"$work/out"
  awk -v seconds="$seconds" '/^tps/ { printf "%d\n", 1e9 / $3 }' "$work/out"
}

measure() {
  case $1 in
    nothing) with_settings ;;
    pgrec)
      with_settings
      exec {fd}< <(exec "$pgrec" record -p "$cluster_postmaster" -f BootStrapXLOG -o "$work/t.pgt" --force 2>&1)
      recorder=$!
      local line
      while IFS= read -r -t 60 line <&"$fd"; do [[ $line != recording* ]] || break; done
      ;;
    pgss) with_settings shared_preload_libraries=pg_stat_statements ;;
    log) with_settings log_min_duration_statement=0 ;;
  esac
  statement_ns >>"$work/$1"
  [ "$1" = pgrec ] || return 0
  kill -INT "$recorder"
  cat <&"$fd" >"$work/recorder.log"
  wait "$recorder" 2>/dev/null || true
  exec {fd}<&-
  recorder=
}

median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

modes=(nothing pgrec pgss log)
for mode in "${modes[@]}"; do measure "$mode"; done # warms up; not counted
for mode in "${modes[@]}"; do rm -f "$work/$mode"; done
for ((round = 0; round < rounds; round++)); do
  for mode in "${modes[@]}"; do measure "$mode"; done
done

base=$(median "$work/nothing")
echo "PostgreSQL $(psql -XAtc 'SHOW server_version'): pgbench -S -M prepared, one client; medians of $rounds interleaved rounds of $seconds s"
for mode in "${modes[@]}"; do
  awk -v mode="$mode" -v ns="$(median "$work/$mode")" -v base="$base" 'BEGIN {
    names["nothing"] = "nothing"; names["pgrec"] = "pgrec record"
    names["pgss"] = "pg_stat_statements"; names["log"] = "log_min_duration_statement=0"
    printf "%-30s %8.2f us", names[mode], ns / 1000
    if (mode != "nothing") printf "  added %6.2f us  %5.1f %%", (ns - base) / 1000, 100 * (ns - base) / base
    printf "\n" }'
done
grep -E "executions|lost" "$work/recorder.log"
