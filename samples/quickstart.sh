#!/usr/bin/env bash
# From nothing to a diff of two recordings, on a private PostgreSQL: installs what is missing, builds
# pgrec, starts a cluster in a temporary directory, loads it with pgbench, records it twice, and shows what
# the traces answer. Takes a few minutes, needs root (recording does), leaves nothing running, and can be
# run again at once. The two traces stay in build/quickstart, run1.pgt and run2.pgt.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)

. "$project/samples/install_packages.sh"
. "$project/samples/private_cluster.sh"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }

# Shows a command as a person types it, then runs it.
run() {
  printf '\n\033[1m$ %s\033[0m\n' "${*/#$pgrec/pgrec}"
  "$@"
}

if [ "$(id -u)" != 0 ]; then
  echo "quickstart: recording needs root" >&2
  echo "hint: sudo $0" >&2
  exit 1
fi

say "Installing what is missing"
install_packages "${build_packages[@]}"

say "Building"
cmake -S "$project" --preset release >/dev/null
cmake --build "$project/build/release"
pgrec=$project/build/release/pgrec

trap cluster_stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say "Starting a private PostgreSQL and loading it"
cluster_start shared_buffers=128MB
pgbench -q -i -s 2 2>/dev/null
psql -Xq -c "CREATE TABLE events (id int, at timestamptz, note text)"
echo "PostgreSQL $(psql -XAtc 'SHOW server_version'), pgbench scale 2"

# Two bulk inserts and two clients of ordinary transactions.
cat >"$cluster_dir/load.sh" <<'LOAD'
psql -Xq -c "INSERT INTO events SELECT g, now(), 'event ' || g FROM generate_series(1, 100000) g"
pgbench -n -c 2 -t 500 >/dev/null 2>&1
psql -Xq -c "INSERT INTO events SELECT g, now(), 'event ' || g FROM generate_series(1, 100000) g"
LOAD

mkdir -p "$project/build/quickstart"
cd "$project/build/quickstart"
functions=heap_insert,RelationGetBufferForTuple
say "The first recording"
run "$pgrec" record -x "$cluster_bin/postgres" -f "$functions" -o run1.pgt --force -- sh "$cluster_dir/load.sh"

say "The second, with a table of half the fill factor: the same rows on twice the pages"
psql -Xq -c "TRUNCATE events" -c "ALTER TABLE events SET (fillfactor = 50)"
run "$pgrec" record -x "$cluster_bin/postgres" -f "$functions" -o run2.pgt --force -- sh "$cluster_dir/load.sh"

say "What the traces answer"
run "$pgrec" analyze run1.pgt --hist
run "$pgrec" analyze run1.pgt --by-pid
run "$pgrec" analyze run1.pgt --slow=10
run "$pgrec" diff run1.pgt run2.pgt

say "Ask them more"
echo "cd build/quickstart && ../release/pgrec sql run1.pgt 'SELECT * FROM statements'"
