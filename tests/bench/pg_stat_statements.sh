#!/usr/bin/env bash
# Executions beside pg_stat_statements on the same run: of statements that take milliseconds, so that what the
# server does besides executing them is little. Prints, for each statement and in all, calls, rows and shared blocks
# of both, and the ratios of pgrec's times to the total of pg_stat_statements: `run` from when a statement runs to
# its completion, `duration` from its message to its end.
# Run it by hand, as root, on a quiet machine:
#   tests/bench/pg_stat_statements.sh [REPETITIONS]
# PGREC_PGROOT=build/postgres-17 takes the server of that root (tests/run.sh --postgres 17 makes it).
. "$(dirname "$0")/vocabulary.sh"
repetitions=${1:-30}

build_pgrec

cluster_start fsync=off autovacuum=off shared_buffers=256MB max_parallel_workers_per_gather=0 \
  shared_preload_libraries=pg_stat_statements
psql -Xqc 'CREATE EXTENSION pg_stat_statements'
pgbench -i -q -s 5 >/dev/null 2>&1
cat >"$work/script.sql" <<'SQL'
SELECT count(*), sum(abalance) FROM pgbench_accounts WHERE aid % 7 = 3;
SELECT bid, max(aid) FROM pgbench_accounts GROUP BY bid ORDER BY 2;
SELECT count(*) FROM pgbench_accounts a JOIN pgbench_accounts b USING (aid) WHERE a.bid = 2;
UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid BETWEEN 1000 AND 6000;
SQL
{
  cat "$work/script.sql"
  echo 'SELECT pg_stat_statements_reset();'
  printf '\\! touch %s/warm; while [ ! -e %s/go ]; do sleep 0.1; done\n' "$work" "$work"
  for ((i = 0; i < repetitions; i++)); do cat "$work/script.sql"; done
} >"$work/session.sql"
psql -qXAt -f "$work/session.sql" >/dev/null &
session=$!
while [ ! -e "$work/warm" ]; do sleep 0.1; done
start recording "$pgrec" record -p "$cluster_postmaster" --preset queries -o "$work/t.pgt"
touch "$work/go"
wait "$session"
stop "$work/said"
grep lost "$work/said"
psql -qXAt -F, -c "SELECT queryid, sum(calls), sum(rows), sum(shared_blks_hit + shared_blks_read), sum(total_exec_time)
                   FROM pg_stat_statements WHERE query LIKE '%pgbench_accounts%' GROUP BY 1 ORDER BY 1" >"$work/theirs"
"$pgrec" sql "$work/t.pgt" "SELECT query_id, count(*), sum(rows), sum(shared_hit + shared_read), sum(run_ns) / 1e6, sum(duration_ns) / 1e6, min(text)
  FROM executions WHERE text LIKE '%pgbench_accounts%' GROUP BY 1 ORDER BY 1" --format csv | tail -n +2 >"$work/ours"
join -t, "$work/theirs" "$work/ours" | awk -F, '
  BEGIN { printf "%7s %12s %14s %10s %8s %9s  %s\n", "calls", "rows", "blocks", "time, ms", "run", "duration", "statement" }
  { text = $11; for (i = 12; i <= NF; i++) text = text "," $i
    printf "%3d %3d %6d %6d %7d %7d %9.1f %8.4f %9.4f %s\n", $2, $6, $3, $7, $4, $8, $5, $9 / $5, $10 / $5, substr(text, 1, 60)
    time += $5; run += $9; duration += $10 }
  END { printf "all: %.1f ms, run %.4f, duration %.4f\n", time, run / time, duration / time }'
