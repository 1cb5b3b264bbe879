#!/usr/bin/env bash
# pgrec slowlog beside PostgreSQL's own log_min_duration_statement, on the same run.
#
# First what both say of how long statements took, simple, extended and prepared: for each text the sum of what
# the server says of its parse, bind and execute, and of what pgrec says, without commit_ms, which the server
# does not tell in the extended protocol. Once with a threshold that only the slow ones reach, and once with
# everything logged, where the server's writing of its lines of parse and bind is a part of what pgrec
# measures. "off" are statements that differ by more than 5 % and more than 50 us.
#
# Then what each costs a statement that is fast, as in tests/bench/queries.sh: pgbench -S with one client.
#
# Run it by hand, as root, on a quiet machine: tests/bench/slowlog.sh [ROUNDS [SECONDS]]
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
. "$(dirname "$0")/vocabulary.sh"
rounds=${1:-7}
seconds=${2:-3}

build_pgrec

cluster_start fsync=off autovacuum=off shared_buffers=256MB lc_messages=C
load_pgbench 10

# slowlog_start ARGUMENTS...: to $work/slow.log
slowlog_start() {
  rm -f "$work/slow.log"
  start logging "$pgrec" slowlog -p "$cluster_postmaster" -l "$work/slow.log" "$@"
}

# compare SERVER-THRESHOLD PGREC-THRESHOLD MODE
compare() {
  with_settings "log_min_duration_statement=$1"
  slowlog_start -t "$2" --format json
  : >"$work/script.sql"
  for ((i = 1; i <= 60; i++)); do echo "SELECT pg_sleep(0.$((20 + i))), 'number $i';"; done |
    sed 's/0\.\([0-9]*\)/0.0\1/' >>"$work/script.sql"
  [ "$1" != 0 ] || for ((i = 1; i <= 60; i++)); do echo "SELECT count(*), 'number $i' FROM pgbench_branches;"; done >>"$work/script.sql"
  : >"$cluster_dir/server.log"
  pgbench -n -M "$3" -t 1 -f "$work/script.sql" >/dev/null 2>&1
  stop "$work/said"
  sed -nE 's/^.*LOG:  duration: ([0-9.]+) ms  (statement|(parse|bind|execute) [^:]*): (.*number.*)$/\1\t\4/p' "$cluster_dir/server.log" |
    awk -F '\t' '{ ms[$2] += $1 } END { for (t in ms) print t "\t" ms[t] }' | sort >"$work/server"
  sed -nE 's/^.*"duration_ms": ([0-9.]+), "prepare_ms": [^,]*, "commit_ms": ([^,]*), .*"text": "(.*number[^"]*)", "cut".*$/\1\t\2\t\3/p' \
    "$work/slow.log" | awk -F '\t' '{ ms[$3] += $1 - ($2 == "null" ? 0 : $2) } END { for (t in ms) print t "\t" ms[t] }' |
    sort >"$work/pgrec"
  join -t $'\t' "$work/server" "$work/pgrec" | awk -F '\t' '{ d = ($3 - $2) * 1000; print d, ((d < 0 ? -d : d) > 50 && (d < 0 ? -d : d) > $2 * 50) }' |
    sort -n >"$work/differences"
  awk -v server="$(wc -l <"$work/server")" -v pgrec="$(wc -l <"$work/pgrec")" -v mode="$3" -v threshold="$2" \
    '{ d[NR] = $1; off += $2 }
     END { printf "%-9s %-5s  server %3d  pgrec %3d  both %3d  off %d  pgrec - server: least %+.0f us, median %+.0f us, most %+.0f us\n",
             mode, threshold, server, pgrec, NR, off, d[1], d[int((NR + 1) / 2)], d[NR] }' "$work/differences"
}

echo "PostgreSQL $(psql -XAtc 'SHOW server_version'): durations"
for mode in simple extended prepared; do compare 20 20ms "$mode"; done
for mode in simple extended prepared; do compare 0 0 "$mode"; done

# measure MODE PROTOCOL: nanoseconds a statement, to $work/PROTOCOL.MODE
measure() {
  case $1 in
    nothing) with_settings ;;
    slowlog) with_settings && slowlog_start -t 200ms ;;
    slowlog-0) with_settings && slowlog_start -t 0 ;;
    log) with_settings log_min_duration_statement=200 ;;
    log-0) with_settings log_min_duration_statement=0 ;;
  esac
  pgbench -n -S -M "$2" -c 1 -T "$seconds" 2>/dev/null >"$work/out"
  awk '/^tps/ { printf "%d\n", 1e9 / $3 }' "$work/out" >>"$work/$2.$1"
  [ -z "$tracer" ] || { stop "$work/said"; tail -n 2 "$work/said" >"$work/said.$1"; }
}

modes=(nothing slowlog slowlog-0 log log-0)
for protocol in simple prepared; do
  for mode in "${modes[@]}"; do measure "$mode" "$protocol"; done # warms up; not counted
  for mode in "${modes[@]}"; do rm -f "$work/$protocol.$mode"; done
  for ((round = 0; round < rounds; round++)); do
    for mode in "${modes[@]}"; do measure "$mode" "$protocol"; done
  done
  base=$(median "$work/$protocol.nothing")
  echo "pgbench -S -M $protocol, one client; medians of $rounds interleaved rounds of $seconds s"
  for mode in "${modes[@]}"; do
    awk -v mode="$mode" -v ns="$(median "$work/$protocol.$mode")" -v base="$base" 'BEGIN {
      names["nothing"] = "nothing"; names["slowlog"] = "pgrec slowlog -t 200ms"; names["slowlog-0"] = "pgrec slowlog -t 0"
      names["log"] = "log_min_duration_statement=200"; names["log-0"] = "log_min_duration_statement=0"
      printf "%-32s %8.2f us", names[mode], ns / 1000
      if (mode != "nothing") printf "  added %6.2f us  %5.1f %%", (ns - base) / 1000, 100 * (ns - base) / base
      printf "\n" }'
  done
done
echo "pgrec slowlog -t 0 said: $(cat "$work/said.slowlog-0")"
