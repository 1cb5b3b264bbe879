#!/usr/bin/env bash
# How fast questions are answered. Prints, for a trace of pgbench's TPC-B-like script with 20 functions that is grown to
# MEGABYTES, for each view and query the median wall time of ROUNDS runs with a warm cache and the most memory that one
# took; then the calls a second of the two scans that SQL makes and of --db; then what `perf script` takes a call of
# the same function, beside.
# Run it by hand, as root, on a quiet machine: tests/bench/analysis.sh [MEGABYTES [ROUNDS]]   (1000 3)
# PGREC_TRACE=FILE.pgt is grown instead of a recording of its own.
. "$(dirname "$0")/vocabulary.sh"
megabytes=${1:-1000}
rounds=${2:-3}

build_pgrec
bench=$build/tests/bench
cd "$work"

fact() {
  "$pgrec" info "$1" --format json | sed -n "s/.*\"key\": \"$2\", \"value\": \"\(.*\)\"}.*/\1/p"
}
record() {
  "$pgrec" record -x "$cluster_bin/postgres" -f "$1" -o "$2" "${@:3}" >"$2.log" 2>&1 || { cat "$2.log" >&2; exit 1; }
}

if [ -n "${PGREC_TRACE:-}" ]; then
  cp "$PGREC_TRACE" tpcb.pgt
else
  cluster_start fsync=off autovacuum=off shared_buffers=256MB max_wal_size=4GB
  load_pgbench 5
  record "$busy_functions" tpcb.pgt -- pgbench -n -c 4 -T 20
  cluster_stop
fi
"$bench/grow_trace" tpcb.pgt large.pgt $((megabytes * 1000000)) >/dev/null
cat large.pgt >/dev/null
calls=$(fact large.pgt trace.calls)
seconds=$(awk -v ns="$(fact large.pgt trace.duration_ns)" 'BEGIN { print ns / 1e9 }')
echo "$megabytes MB, $calls calls, $(fact large.pgt trace.executions) executions, $seconds s; $(nproc) CPUs"

# measure COMMAND...: "SECONDS MEGABYTES": the median time and the most memory.
measure() {
  local i
  for ((i = 0; i < rounds; i++)); do
    "$bench/peak_memory" "$@" 2>&1 >/dev/null | awk '/ MB / { print $3, $1 }'
  done | sort -n | awk '{ s[NR] = $1; if ($2 > m) m = $2 } END { print s[int((NR + 1) / 2)], m }'
}
# line NAME TO_REACH COMMAND...
line() {
  read -r took memory < <(measure "${@:3}")
  printf '%-52s %9.3f s %7.1f MB   %s\n' "$1" "$took" "$memory" "$2"
}
view() { line "analyze $1" "$2" "$pgrec" analyze large.pgt $1; }

printf '%-52s %11s %10s   %s\n' '' time memory 'to reach'
view '' '1 s'
view --by-query '3 s'
view --by-pid '3 s'
view --slow=20 '1 s'
view --hist ''
view '--hist --exact' '4.5 s'
view --tree '6 s'
middle=$("$pgrec" sql large.pgt 'SELECT execution_id FROM executions WHERE execution_id >= (SELECT count(*) / 2 FROM executions) LIMIT 1' --format csv | tail -n 1)
view "--execution $middle" '0.3 s'
from=$(awk -v s="$seconds" 'BEGIN { print s * 0.5 }') to=$(awk -v s="$seconds" 'BEGIN { print s * 0.51 }')
view "--from ${from}s --to ${to}s" '0.3 s'
view "--by-query --from ${from}s --to ${to}s" '0.3 s'
for one in --outliers --timeline --heatmap '--by application' --transactions; do view "$one" ''; done

query() { line "sql $1" "$2" "$pgrec" sql large.pgt "$1"; }
rate() { awk -v calls="$calls" -v took="$took" -v what="$1" 'BEGIN { printf "%-52s %9.2f million calls a second\n", "  " what, calls / took / 1e6 }'; }
query 'SELECT * FROM calls LIMIT 1' '20 ms'
query 'SELECT sum(duration_ns) FROM calls' ''
scan=$took
rate 'of these'
query 'SELECT function, count(*), sum(duration_ns) FROM calls GROUP BY 1' '5 million/s'
rate 'of these'
for where in "execution_id = $middle" "ts_ns BETWEEN ${from}e9 AND ${to}e9"; do
  query "SELECT sum(duration_ns) FROM calls WHERE $where" 'a 50th of a scan'
  awk -v scan="$scan" -v took="$took" 'BEGIN { printf "%-52s %9.1f times as fast\n", "  than the scan", scan / took }'
done

# --db of a tenth, which is enough to see the pace.
"$bench/grow_trace" tpcb.pgt tenth.pgt $((megabytes * 100000)) >/dev/null
line 'analyze --db (of a tenth)' '2 million/s' "$pgrec" analyze tenth.pgt --db tenth.sqlite --force
calls=$(fact tenth.pgt trace.calls) rate 'of these'
ls -l tenth.sqlite | awk '{ printf "%-52s %9.1f MB\n", "  which takes", $5 / 1e6 }'

# The same calls by perf: what it recorded, counted out of perf script.
command -v perf >/dev/null || exit 0
perf_probes=
remove_perf_probes() { [ -z "$perf_probes" ] || perf probe -q -d 'pgrec_bench:*' || true; }
trap 'remove_perf_probes; clean_up' EXIT
cluster_start fsync=off autovacuum=off shared_buffers=256MB max_wal_size=4GB
psql -Xq -c 'CREATE TABLE t (a int, b text)'
function=RelationGetBufferForTuple
insert="INSERT INTO t SELECT g, 'x' FROM generate_series(1, 300000) g"
record $function insert.pgt -- psql -Xqc "$insert"
perf_probes=yes
perf probe -q -x "$cluster_bin/postgres" -a "pgrec_bench:enter=$function" -a "pgrec_bench:leave=$function%return"
perf record -q -a -e 'pgrec_bench:*' -o perf.data -- psql -Xqc "$insert" 2>/dev/null
line 'analyze --hist --exact of 300,000 calls' '' "$pgrec" analyze insert.pgt --hist --exact
ours=$took
line 'perf script | counter, of the same' '' sh -c "perf script -i perf.data 2>/dev/null | awk '{ n[\$5]++ } END { for (k in n) print k, n[k] }'"
awk -v ours="$ours" -v perf="$took" 'BEGIN { printf "%-52s %9.1f times as fast\n", "  pgrec is", perf / ours }'
