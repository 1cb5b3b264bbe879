#!/usr/bin/env bash
# How often what is in the presets is called for a transaction of pgbench: a line for each function and USDT
# probe, with the calls for one of its default script and for one of -S. record/probes/preset_table.cc has these numbers
# of PostgreSQL 15 and 17. Counts, so the machine need not be quiet; run it as root:
#   tests/bench/preset_calls.sh PGREC [TRANSACTIONS]
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
#
# A cluster of one's own as initdb makes it, without autovacuum; pgbench at scale 10, which is a little more than
# shared_buffers; two clients, simple protocol; each script runs once before, so that caches are warm, and then a checkpoint. Counted is
# what any process of the cluster did until pgbench ended. That is nearly nothing for checkpoints and vacuum.
. "$(dirname "$0")/vocabulary.sh"
pgrec=$(realpath "$1")
transactions=${2:-10000}
cluster_start autovacuum=off
cd "$work"
presets=$("$pgrec" list --presets 2>/dev/null | sed -n '/^preset /,/^$/s/^\([a-z]*\) .*/\1/p' | grep -v '^preset$' | paste -sd,)
pgbench -q -i -s 10 >/dev/null 2>&1

# count NAME PGBENCH-OPTION...: leaves the calls for a transaction in the file NAME.
count() {
  local name=$1
  shift
  pgbench -n -c 2 -t $((transactions / 2)) "$@" >/dev/null 2>&1
  psql -qXc CHECKPOINT
  "$pgrec" record -p "$cluster_postmaster" --preset "$presets" --buffer 64M -o "$name.pgt" -- \
    pgbench -n -c 2 -t $((transactions / 2)) "$@" >/dev/null 2>"$name.log"
  grep -q '  lost        0 events' "$name.log" || { cat "$name.log" >&2; return 1; }
  # A call is two events.
  "$pgrec" dump "$name.pgt" --format json | sed -n 's/^{"record": "account", "function": "\([^"]*\)".*"recorded": \([0-9]*\),.*/\1 \2/p' |
    awk -v transactions="$transactions" '
      { recorded[$1] += $2 }
      END { for (name in recorded)
              printf "%s %.2f\n", name, recorded[name] / (name ~ /^usdt:/ ? 1 : 2) / transactions }' |
    sort >"$name"
}

count tpcb
count select -S
join -a 1 -a 2 -e 0.00 -o 0,1.2,2.2 tpcb select
