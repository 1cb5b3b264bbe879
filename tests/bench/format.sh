#!/usr/bin/env bash
# What a trace takes, and how fast it is written and read. Prints:
#   - bytes a call, all-in, of two live recordings: INSERT … SELECT of 3 × 300,000 rows with one function,
#     and pgbench's TPC-B-like script with 20;
#   - encode, ns a call; decode, match and histogram, calls a second: one core, 20 million calls;
#   - the time to open a trace and print its histograms, closed and not closed, by size of the trace;
#   - the most memory that each command takes on the largest one.
# Run it by hand, as root, on a quiet machine: tests/bench/format.sh [MEGABYTES]   (1000)
. "$(dirname "$0")/vocabulary.sh"
megabytes=${1:-1000}

build_pgrec
bench=$build/tests/bench
cd "$work"

record() {
  "$pgrec" record -x "$cluster_bin/postgres" -f "$1" -o "$2" "${@:3}" >"$2.log" 2>&1 || { cat "$2.log" >&2; exit 1; }
  grep -q 'lost        0 events' "$2.log" || { cat "$2.log" >&2; exit 1; }
}

cluster_start fsync=off autovacuum=off shared_buffers=256MB max_wal_size=4GB
psql -Xq -c 'CREATE TABLE t (a int, b text)'
echo "INSERT INTO t SELECT g, 'x' FROM generate_series(1, 300000) g" >insert.sql
echo "for i in 1 2 3; do psql -Xq -f insert.sql; done" >insert.sh
record RelationGetBufferForTuple insert.pgt -- sh insert.sh
pgbench -i -s 5 -q >/dev/null 2>&1
record "$busy_functions" tpcb.pgt -- pgbench -n -c 4 -T 20
record "$busy_functions" tpcb-40tps.pgt -- pgbench -n -c 3 -R 40 -T 30
cluster_stop

fact() {
  "$pgrec" info "$1" --format json | sed -n "s/.*\"key\": \"$2\", \"value\": \"\(.*\)\"}.*/\1/p"
}
for trace in insert tpcb tpcb-40tps; do
  awk -v trace=$trace -v bytes="$(fact $trace.pgt trace.bytes)" -v calls="$(fact $trace.pgt trace.calls)" \
    'BEGIN { printf "%-12s %10d calls %10d bytes: %.2f bytes a call\n", trace, calls, bytes, bytes / calls }'
done
for trace in insert tpcb; do
  echo "$trace:"
  "$bench/codec_speed" $trace.pgt
done

# milliseconds COMMAND...: the median of nine runs.
milliseconds() {
  for _ in 1 2 3 4 5 6 7 8 9; do
    "$bench/peak_memory" "$@" 2>&1 >/dev/null | awk '/ MB / { print $3 * 1000 }'
  done | sort -n | sed -n 5p
}

printf '%-10s %9s %8s %12s %14s %16s\n' size calls chunks 'analyze --hist' 'unclosed: info' 'unclosed: --hist'
for part in 8 4 2 1; do
  bytes=$((megabytes * 1000000 / part))
  "$bench/grow_trace" tpcb.pgt large.pgt $bytes >/dev/null
  "$bench/grow_trace" tpcb.pgt killed.pgt $bytes unclosed >/dev/null
  printf '%7d MB %9d %8d %11s ms %11s ms %13s ms\n' $((bytes / 1000000)) "$(fact large.pgt trace.calls)" \
    "$(fact large.pgt trace.chunks)" "$(milliseconds "$pgrec" analyze large.pgt --hist)" \
    "$(milliseconds "$pgrec" info killed.pgt)" "$(milliseconds "$pgrec" analyze killed.pgt --hist)"
done

memory() {
  printf '%-60s %s\n' "pgrec $*" "$("$bench/peak_memory" "$pgrec" "$@" 2>&1 >/dev/null | grep ' MB ')"
}
memory info large.pgt
memory analyze large.pgt --hist
memory dump large.pgt --from 100s --to 101s
memory verify large.pgt --full
memory recover killed.pgt -o recovered.pgt
memory analyze killed.pgt --hist
