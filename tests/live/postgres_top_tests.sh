# Live tests of pgrec top on a private PostgreSQL cluster: known statements, and how often they ran.

. "$here/postgres_vocabulary.sh"
. "$here/top_vocabulary.sh"

test_top_counts_every_execution_of_pgbench() {
  require_postgres
  pgbench -i -s 1 -q >/dev/null 2>&1 || fail "pgbench -i failed"
  local mode
  for mode in simple extended prepared; do
    top_start -p "$cluster_postmaster" -d 500ms
    pgbench -n -c 4 -t 200 -M "$mode" >pgbench.txt 2>&1 || fail "pgbench failed: $(cat pgbench.txt)"
    top_stop
    check "status, $mode" 0 "$status"
    check "SELECTs, $mode" 800 "$(shown 1 'SELECT abalance FROM pgbench_accounts WHERE aid = $1;')"
    check "updates of the branches, $mode" 800 \
      "$(shown 1 'UPDATE pgbench_branches SET bbalance = bbalance + $1 WHERE bid = $2;')"
    check "inserts, $mode" 800 \
      "$(shown 1 'INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES ($1, $2, $3, $4, CURRENT_TIMESTAMP);')"
    check "lost events, $mode" 0 "$(grep -c ' [1-9][0-9,]* events lost' out.txt)"
  done
}

test_the_last_interval_of_top_is_shown_when_it_ends() {
  require_postgres
  run_sql 'CREATE TABLE t (a int, b text)'
  top_start -p "$cluster_postmaster" -d 1h -n 1 -f heap_insert,vacuum
  local i sql=()
  for ((i = 0; i < 40; i++)); do sql+=(-c "INSERT INTO t VALUES ($i, 'row $i')"); done
  psql -qXAt "${sql[@]}" -c 'SELECT 1 FROM t WHERE a = 7' >psql.txt || fail "psql failed"
  top_stop
  check status 0 "$status"
  check "inserts" 40 "$(shown 1 'INSERT INTO t VALUES ($1, $2)')"
  check "SELECTs" 1 "$(shown 1 'SELECT $1 FROM t WHERE a = $2')"
  check "calls of heap_insert" 40 "$(shown 1 heap_insert)"
  check_match "the screen" "$(readlink -f "$server"), PostgreSQL *
* executions/s, * calls/s, 0 events lost
*
0 calls: vacuum" "$out"
}

test_top_shows_what_runs() {
  require_postgres
  top_start -p "$cluster_postmaster" -d 200ms
  start_session 'SELECT pg_sleep(30)'
  until_true grep -qE '^ +0 +1 +[0-9.]+ [mu]?s +[0-9.]+ % +- +-( +0)?  SELECT pg_sleep\(\$1\)$' out.txt
  kill -INT "$session_pid"
  session_wait
  top_stop
  check status 0 "$status"
  check "executions of it" 1 "$(shown 1 'SELECT pg_sleep($1)')"
}

test_a_text_of_a_statement_does_nothing_to_the_screen() {
  require_postgres
  top_start -p "$cluster_postmaster" -d 1h
  run_sql "SELECT 1 AS \"a"$'\033'"[2Jb"$'\n'"c\"" >psql.txt
  top_stop
  check "escape characters" 0 "$(grep -c $'\033' out.txt)"
  check "executions" 1 "$(shown 1 'SELECT $1 AS "a\\x1B[2Jb c"')"
}

test_top_shows_the_functions_of_a_preset() {
  require_postgres
  "$PGREC" top -p "$cluster_postmaster" --preset queries,lwlocks -d 100ms -n 1 >out.txt 2>err.txt </dev/null
  check status 0 "$?"
  check_match "what it says" "*recording the queries and * functions of *" "$(cat err.txt)"
}

test_top_shows_no_literal() {
  require_postgres
  top_start -p "$cluster_postmaster" -d 1h
  psql -qXAt >/dev/null 2>&1 <<'SQL'
ALTER SYSTEM SET primary_conninfo = 'host=x password=secret1';
COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; : secret2';
COMMENT ON SCHEMA public IS 'secret3';
ALTER ROLE postgres PASWORD 'secret4';
SELECT 1 /* token=secret5 */;
CREATE TABLE d (a text DEFAULT 'secret6');
ALTER ROLE postgres PASSWORD 'secret7';
ALTER ROLE postgres PASSWORD secret8;
ALTER SYSTEM SET application_name = secret9;
SELECT 'secret10' FROM (SELECT 1) WHERE 0x1F = 0b1;
SQL
  top_stop
  check "secrets" '' "$(grep -o 'secret[0-9]*' out.txt)"
  check "executions" 1 "$(shown 1 'ALTER ROLE postgres PASWORD $1;')"
}
