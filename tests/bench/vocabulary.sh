# What the measurements are written in. Sourced, without arguments; they are run by hand, as root, on a quiet machine.
# Leaves the project in $project, its programs below $build, and a directory of its own in $work, which is removed at the
# end, like the cluster and the tracer that was started.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=$project/build/bench
pgrec=$build/pgrec
. "$project/samples/private_cluster.sh"

work=$(mktemp -d)
tracer=
clean_up() {
  [ -z "$tracer" ] || kill "$tracer" 2>/dev/null || true
  cluster_stop
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# require TOOL...
require() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || { echo "install $tool first" >&2; exit 1; }
  done
}

# The release build with the programs of tests/bench.
build_pgrec() {
  cmake --preset release -S "$project" -B "$build" -DPGREC_BENCH=ON >/dev/null
  cmake --build "$build" >/dev/null
}

# load_pgbench SCALE: its tables, at rest
load_pgbench() {
  pgbench -i -q -s "$1" >/dev/null 2>&1
  psql -Xqc 'VACUUM (FREEZE, ANALYZE)' >/dev/null
}

# with_settings SETTING=VALUE...: restarts the server with these beside the others.
with_settings() {
  : >"$cluster_dir/data/postgresql.auto.conf"
  local setting
  for setting in "$@"; do
    printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}" >>"$cluster_dir/data/postgresql.auto.conf"
  done
  cluster_ctl stop
  rm -f "$cluster_dir"/data/log/* # what is still to be written of them would disturb the next
  sync
  cluster_ctl start
  psql -Xqc 'SELECT count(*) FROM pgbench_accounts' >/dev/null
}

# start READY COMMAND...: starts a tracer and waits for the line that says its probes are in place.
start() {
  local ready=$1 line said=
  shift
  exec {tracer_fd}< <(exec "$@" 2>&1)
  tracer=$!
  while IFS= read -r -t 60 line <&"$tracer_fd"; do
    [[ $line != $ready* ]] || return 0
    said+=$line$'\n'
  done
  echo "it did not start: $*"$'\n'"$said" >&2
  exit 1
}

# stop LOG: ends it; what it has said since goes to that file. bpftrace 0.17 sometimes overlooks a signal.
stop() {
  while kill -INT "$tracer" 2>/dev/null && ! timeout 1 tail --pid="$tracer" -f /dev/null; do :; done
  cat <&"$tracer_fd" >"$1"
  wait "$tracer" 2>/dev/null || true
  exec {tracer_fd}<&-
  tracer=
}

# interleave ROUNDS MODE...: `measure MODE` for each, which adds a line to $work/MODE, in so many rounds, and
# `after_round` after each, where there is one. Each mode is disturbed by the one before it, so every other round goes
# backwards.
interleave() {
  local rounds=$1 round mode order
  shift
  for mode in "$@"; do measure "$mode"; done # warms up; not counted
  for mode in "$@"; do rm -f "$work/$mode"; done
  for ((round = 0; round < rounds; round++)); do
    mapfile -t order < <(printf '%s\n' "$@" | if ((round % 2)); then tac; else cat; fi)
    for mode in "${order[@]}"; do measure "$mode"; done
    if declare -F after_round >/dev/null; then after_round; fi
  done
}

# median FILE: of its lines, which are numbers
median() {
  sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# Twenty functions that a transaction of pgbench meets, some of them dozens of times.
busy_functions=pg_parse_query,pg_plan_query,planner,PortalStart,PortalRun,standard_ExecutorStart,standard_ExecutorRun
busy_functions+=,standard_ExecutorFinish,standard_ExecutorEnd,CommitTransactionCommand,index_getnext_tid
busy_functions+=,heap_hot_search_buffer,heap_update,heap_insert,XLogInsert,XLogInsertRecord,ReadBufferExtended
busy_functions+=,LWLockAcquire,SearchCatCache1,GetSnapshotData
