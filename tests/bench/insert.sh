#!/usr/bin/env bash
# What recording costs one insert workload, and what a call takes on disk. Prints, as medians of
# interleaved rounds in one run:
#   - the time of INSERT … SELECT of ROWS rows without probes;
#   - with an empty uprobe and uretprobe on RelationGetBufferForTuple, which it calls once a row;
#   - with pgrec record on that function; and with bpftrace hist() on it;
#   - bytes per call of the trace.
# Run it by hand on a quiet machine: tests/bench/insert.sh [ROUNDS [ROWS]]
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${1:-7}
rows=${2:-300000}
pgrec=${PGREC:-$project/build/release/pgrec}
function=RelationGetBufferForTuple
. "$project/samples/private_cluster.sh"

[ -x "$pgrec" ] || { echo "build it first: cmake --preset release && cmake --build build/release" >&2; exit 1; }
command -v bpftrace >/dev/null || { echo "install bpftrace first" >&2; exit 1; }

work=$(mktemp -d)
tracer=
clean_up() {
  [ -z "$tracer" ] || kill "$tracer" 2>/dev/null || true
  cluster_stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

cluster_start fsync=off autovacuum=off shared_buffers=256MB max_wal_size=4GB
psql -Xq -c 'CREATE TABLE t (a int, b text)'
server=$cluster_bin/postgres

# The server's own time for the statement, in milliseconds.
insert_ms() {
  psql -Xq -c 'TRUNCATE t' -c 'CHECKPOINT'
  psql -XAqt -c '\timing on' -c "INSERT INTO t SELECT g, 'x' FROM generate_series(1, $rows) g" |
    sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
}

# start_tracer READY COMMAND...: starts a tracer and waits for the line that says its probes are in place.
start_tracer() {
  local ready=$1 line
  shift
  exec {tracer_fd}< <(exec "$@" 2>&1)
  tracer=$!
  while IFS= read -r line <&"$tracer_fd"; do [[ $line == $ready* ]] && return; done
  echo "the tracer did not start: $*" >&2
  exit 1
}

stop_tracer() {
  kill -INT "$tracer"
  cat <&"$tracer_fd" >"$work/tracer.log"
  wait "$tracer" 2>/dev/null || true
  exec {tracer_fd}<&-
  tracer=
}

begin='BEGIN { printf("ready\n"); }'
measure() {
  case $1 in
    unprobed) ;;
    empty) start_tracer ready bpftrace -e "$begin uprobe:$server:$function { } uretprobe:$server:$function { }" ;;
    pgrec) start_tracer recording "$pgrec" record -x "$server" -f "$function" -o "$work/t.pgt" --force ;;
    bpftrace)
      start_tracer ready bpftrace -e "$begin uprobe:$server:$function { @start[tid] = nsecs; }
        uretprobe:$server:$function /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }"
      ;;
  esac
  insert_ms >>"$work/$1"
  [ "$1" = unprobed ] || stop_tracer
}

median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

modes=(unprobed empty pgrec bpftrace)
for mode in "${modes[@]}"; do measure "$mode"; done # warms up; not counted
rm -f "$work"/unprobed "$work"/empty "$work"/pgrec "$work"/bpftrace
for ((round = 0; round < rounds; round++)); do
  for mode in "${modes[@]}"; do measure "$mode"; done
  calls=$("$pgrec" sql "$work/t.pgt" "SELECT calls FROM functions" --format csv | tail -n 1)
  lost=$("$pgrec" sql "$work/t.pgt" "SELECT value FROM meta WHERE key = 'events.lost'" --format csv | tail -n 1)
  [ "$calls" = "$rows" ] || { echo "pgrec saw $calls of $rows calls, $lost events lost" >&2; exit 1; }
done

unprobed=$(median "$work/unprobed")
empty=$(median "$work/empty")
echo "INSERT … SELECT of $rows rows, one call of $function each; medians of $rounds interleaved rounds"
printf '%-28s %10s %14s %12s\n' '' 'time' 'added a call' 'to empty'
for mode in "${modes[@]}"; do
  awk -v mode="$mode" -v ms="$(median "$work/$mode")" -v base="$unprobed" -v empty="$empty" -v rows="$rows" 'BEGIN {
    names["unprobed"] = "unprobed"; names["empty"] = "empty uprobe + uretprobe"
    names["pgrec"] = "pgrec record"; names["bpftrace"] = "bpftrace hist()"
    added = (ms - base) * 1e6 / rows
    printf "%-28s %7.1f ms", names[mode], ms
    if (mode != "unprobed") printf " %11.0f ns %12.2f", added, (ms - base) / (empty - base)
    printf "\n" }'
done
bytes=$(stat -c %s "$work/t.pgt")
awk -v bytes="$bytes" -v rows="$rows" 'BEGIN { printf "trace: %d bytes, %.2f bytes a call\n", bytes, bytes / rows }'
