#!/usr/bin/env bash
# What recording costs one insert workload, beside other tracers on the same work. Prints, as medians of
# interleaved rounds in one run, the time of INSERT … SELECT of ROWS rows, which calls
# RelationGetBufferForTuple once a row, with and what that is for a call, and its ratio to the empty pair:
#   - no probes;
#   - empty pair: a BPF program that does nothing on its entry and its return, attached as other tracers do;
#   - empty multi: the same by uprobe_multi links, at the byte where pgrec puts its probes: the floor;
#   - pgrec record; bpftrace hist() of its durations; perf record of its entries and returns;
# and the bytes a call of the trace. Run it by hand, as root, on a quiet machine:
#   tests/bench/overhead.sh [ROUNDS [ROWS]]
# PGREC_BEFORE=PATH is another pgrec, such as that of the commit before, that is measured in the same rounds.
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it); where
# functions begin with endbr64, it shows what the byte is worth.
. "$(dirname "$0")/vocabulary.sh"
rounds=${1:-5}
rows=${2:-300000}
function=RelationGetBufferForTuple

require bpftrace perf
build_pgrec

perf_probes=
remove_perf_probes() {
  [ -z "$perf_probes" ] || perf probe -q -d 'pgrec_bench:*' || true
  perf_probes=
}
trap 'remove_perf_probes; clean_up' EXIT

cluster_start fsync=off autovacuum=off shared_buffers=256MB max_wal_size=4GB
psql -Xq -c 'CREATE TABLE t (a int, b text)'
server=$cluster_bin/postgres

# The server's own time for the statement, in milliseconds.
insert_ms() {
  psql -Xq -c 'TRUNCATE t' -c 'CHECKPOINT'
  psql -XAqt -c '\timing on' -c "INSERT INTO t SELECT g, 'x' FROM generate_series(1, $rows) g" |
    sed -n 's/^Time: \([0-9.]*\) ms.*/\1/p'
}

# perf tells when it is ready by a file that it opens.
start_perf() {
  perf probe -q -x "$server" -a "pgrec_bench:enter=$function" -a "pgrec_bench:leave=$function%return"
  perf_probes=yes
  mkfifo "$work/control" "$work/ack" 2>/dev/null || true
  exec {control_fd}<>"$work/control" {ack_fd}<>"$work/ack"
  perf record -q -a -e 'pgrec_bench:*' -o "$work/perf.data" -D -1 --control "fd:$control_fd,$ack_fd" >"$work/perf.log" 2>&1 &
  tracer=$!
  echo enable >&"$control_fd"
  local line
  IFS= read -r -t 60 line <&"$ack_fd" || { echo "perf did not start" >&2; exit 1; }
  exec {tracer_fd}</dev/null
}

begin='BEGIN { printf("ready\n"); }'
measure() {
  case $1 in
    unprobed) ;;
    empty) start ready bpftrace -e "$begin uprobe:$server:$function { } uretprobe:$server:$function { }" ;;
    floor) start ready "$build/tests/bench/empty_probe" "$server" "$function" ;;
    pgrec) start recording "$pgrec" record -x "$server" -f "$function" -o "$work/t.pgt" --force ;;
    before) start recording "$PGREC_BEFORE" record -x "$server" -f "$function" -o "$work/before.pgt" --force ;;
    bpftrace)
      start ready bpftrace -e "$begin uprobe:$server:$function { @start[tid] = nsecs; }
        uretprobe:$server:$function /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }"
      ;;
    perf) start_perf ;;
  esac
  insert_ms >>"$work/$1"
  [ -z "$tracer" ] || stop "$work/tracer.log"
  remove_perf_probes
}

modes=(unprobed empty floor ${PGREC_BEFORE:+before} pgrec bpftrace perf)
after_round() {
  local calls lost
  calls=$("$pgrec" sql "$work/t.pgt" "SELECT calls FROM functions" --format csv | tail -n 1)
  lost=$("$pgrec" sql "$work/t.pgt" "SELECT value FROM meta WHERE key = 'events.lost'" --format csv | tail -n 1)
  [ "$calls" = "$rows" ] || { echo "pgrec saw $calls of $rows calls, $lost events lost" >&2; exit 1; }
}
interleave "$rounds" "${modes[@]}"

unprobed=$(median "$work/unprobed")
empty=$(median "$work/empty")
hist=$(median "$work/bpftrace")
echo "$("$pgrec" info "$work/t.pgt" | sed -n 's/^server.version *//p'): INSERT … SELECT of $rows rows, one call of $function each; medians of $rounds interleaved rounds"
printf '%-28s %10s %14s %12s %12s\n' '' 'time' 'added a call' 'to empty' 'to hist()'
for mode in "${modes[@]}"; do
  awk -v mode="$mode" -v ms="$(median "$work/$mode")" -v base="$unprobed" -v empty="$empty" -v hist="$hist" -v rows="$rows" 'BEGIN {
    names["unprobed"] = "unprobed"; names["empty"] = "empty uprobe + uretprobe"; names["floor"] = "empty multi, where pgrec is"
    names["pgrec"] = "pgrec record"; names["before"] = "pgrec of PGREC_BEFORE"; names["bpftrace"] = "bpftrace hist()"; names["perf"] = "perf record"
    printf "%-28s %7.1f ms", names[mode], ms
    if (mode != "unprobed")
      printf " %11.0f ns %12.2f %12.2f", (ms - base) * 1e6 / rows, (ms - base) / (empty - base), (ms - base) / (hist - base)
    printf "\n" }'
done
bytes=$(stat -c %s "$work/t.pgt")
awk -v bytes="$bytes" -v rows="$rows" 'BEGIN { printf "trace: %d bytes, %.2f bytes a call\n", bytes, bytes / rows }'
