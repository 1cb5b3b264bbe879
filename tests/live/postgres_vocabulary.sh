# What the live tests on PostgreSQL are written in, beside vocabulary.sh. Sourced.

. "$SAMPLES/private_cluster.sh"

# Has clusters be copies of one that initdb made: it takes two seconds, a copy a tenth of one. One for each server, for all
# tests of a build.
use_template() {
  [ -z "${PGREC_CLUSTER_TEMPLATE:-}" ] || return 0
  local templates made
  templates=$(dirname "$PROGRAMS")/clusters
  PGREC_CLUSTER_TEMPLATE=$templates/$(stat -L -c '%d-%i-%Y-%s' "$cluster_bin/postgres")
  export PGREC_CLUSTER_TEMPLATE
  [ ! -d "$PGREC_CLUSTER_TEMPLATE" ] || return 0
  mkdir -p "$templates" && cluster_make_directory && cluster_initdb "$cluster_dir/data" || fail "there is no cluster to be had"
  made=$(mktemp -d "$templates/made.XXXXXX") && cp -a "$cluster_dir/data" "$made/data" &&
    mv -T "$made/data" "$PGREC_CLUSTER_TEMPLATE" && rmdir "$made" || fail "the cluster cannot be kept"
  cluster_stop
}

# Starts a cluster with these settings.
require_postgres() {
  require_bpf
  cluster_find_server || skip "no PostgreSQL server is installed${PGREC_PGROOT:+ in $PGREC_PGROOT}"
  use_template
  cluster_start fsync=off autovacuum=off "$@" || fail "the cluster did not start"
  server=$cluster_bin/postgres
}

# The server's major version; needs no cluster.
server_version() {
  cluster_find_server || skip "no PostgreSQL server is installed${PGREC_PGROOT:+ in $PGREC_PGROOT}"
  cluster_as_server_user postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/'
}

run_sql() {
  psql -qXAt -v ON_ERROR_STOP=1 -c "$1"
}

# lost_events TRACE
lost_events() {
  query "$1" "SELECT value FROM meta WHERE key = 'events.lost'"
}

# The server's plpgsql.so.
plpgsql_library() {
  echo "$(dirname "$(readlink -f "$server")")/../lib/plpgsql.so"
}

# start_session SQL...: a session that runs these commands one after the other, errors or not, in the
# background. Leaves its backend's pid in $session_pid; session_wait waits until it has ended.
start_session() {
  local commands=() sql
  for sql in "$@"; do commands+=(-c "$sql"); done
  exec {session_fd}< <(exec psql -qXAt -c 'SELECT pg_backend_pid()' "${commands[@]}" 2>/dev/null)
  session_psql=$!
  background_pids+=" $session_psql"
  IFS= read -r -t "$patience" -u "$session_fd" session_pid || fail "the session did not begin"
}

# session_wait: until psql and its backend are gone
session_wait() {
  wait "$session_psql" 2>/dev/null
  background_pids=${background_pids/ $session_psql/}
  exec {session_fd}<&-
  until_true is_gone "$session_pid"
}

is_gone() {
  [ ! -e "/proc/$1" ]
}

# sleeps PID: the backend is in pg_sleep.
sleeps() {
  [ "$(run_sql "SELECT wait_event FROM pg_stat_activity WHERE state = 'active' AND pid = $1")" = PgSleep ]
}

# slowlog_start ARGUMENTS...: starts pgrec slowlog and returns when its hooks are in place. What it writes to
# standard output goes to slow.out. record_stop and record_wait end it.
slowlog_start() {
  exec {recorder_fd}< <(ignore_signals; exec "$PGREC" slowlog "$@" 2>&1 >slow.out)
  recorder_pid=$!
  recorder_said=
  recorder_says 'logging *'
}

# background_slowlog ARGUMENTS...: a slow-query log in slow.log, beside a recording
background_slowlog() {
  "$PGREC" slowlog -p "$cluster_postmaster" -l slow.log "$@" 2>slow.err &
  slowlog_pid=$!
  background_pids+=" $slowlog_pid"
  until_true grep -qs '^logging' slow.err
}

stop_background_slowlog() {
  kill -INT "$slowlog_pid" && wait "$slowlog_pid"
  background_pids=${background_pids/ $slowlog_pid/}
}

# logged FILE...: the texts of the statements in the log that ran, in order
logged() {
  sed -n '/ outcome=not-run /d; s/^.* duration_ms=.* text=//p' "$@"
}

# Four backends that insert N rows each, one after the other connecting.
four_inserts() {
  local i clients= others=$background_pids
  for i in 1 2 3 4; do
    psql -qXAt -c 'SELECT pg_backend_pid()' -c "INSERT INTO t SELECT g, 'backend $i' FROM generate_series(1, $1) g" \
      >"pid.$i" &
    clients+=" $!"
    background_pids=$others$clients
  done
  for i in $clients; do wait "$i" || fail "psql failed"; done
  background_pids=$others
}

# start_frontend: a client that sends the messages that frontend_do LINE... says
start_frontend() {
  coproc FRONTEND { exec "$PROGRAMS/frontend" "$PGHOST/.s.PGSQL.5432" postgres postgres; }
  background_pids+=" $FRONTEND_PID"
  frontend=$FRONTEND_PID
  exec {frontend_in}>&"${FRONTEND[1]}" {frontend_out}<&"${FRONTEND[0]}"
  IFS= read -r -t "$patience" -u "$frontend_out" frontend_backend || fail "the frontend did not connect"
}

frontend_do() {
  printf '%s\n' "$@" >&"$frontend_in"
}

stop_frontend() {
  eval "exec ${FRONTEND[1]}>&-"
  exec {frontend_in}>&- {frontend_out}<&-
  wait "$frontend" || fail "the frontend failed"
  background_pids=${background_pids/ $frontend/}
  until_true is_gone "$frontend_backend"
}
