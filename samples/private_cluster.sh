# A PostgreSQL cluster of one's own: in a temporary directory, on a unix socket, with no TCP port. Sourced
# by quickstart.sh, the live tests and the benchmarks.
#
#   cluster_start [SETTING=VALUE ...]   makes and starts one; sets PGHOST, PGUSER, PGDATABASE
#   cluster_stop                        stops and removes it; call it from an EXIT trap
#
# PostgreSQL does not run as root; where the caller is root, the server runs as the user postgres, and the
# clients connect from root. Nobody else can reach the socket, so the server trusts who does.

cluster_dir= cluster_bin= cluster_postmaster=

# The newest server installed, or the one in PGREC_PGBIN.
cluster_find_server() {
  if [ -n "${PGREC_PGBIN:-}" ]; then
    cluster_bin=$PGREC_PGBIN
  else
    cluster_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  fi
  [ -x "$cluster_bin/postgres" ]
}

cluster_as_server_user() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- env HOME="$cluster_dir" "$@"
  else
    "$@"
  fi
}

cluster_start() {
  cluster_find_server || { echo "no PostgreSQL server is installed" >&2; return 1; }
  cluster_dir=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-cluster.XXXXXX") || return 1
  if [ "$(id -u)" = 0 ]; then chown postgres: "$cluster_dir"; fi
  # What could lead a client to another server.
  unset PGHOSTADDR PGPORT PGSERVICE PGSERVICEFILE PGOPTIONS PGPASSFILE PGSSLMODE PGDATA PGAPPNAME
  export PGHOST=$cluster_dir PGUSER=postgres PGDATABASE=postgres
  local settings=() setting
  for setting in "$@"; do settings+=(-c "$setting"); done
  (
    cd "$cluster_dir" || exit 1
    cluster_as_server_user "$cluster_bin/initdb" -D "$cluster_dir/data" -U postgres -A trust -N \
      >"$cluster_dir/initdb.log" 2>&1 || { cat "$cluster_dir/initdb.log" >&2; exit 1; }
    cluster_as_server_user "$cluster_bin/pg_ctl" -D "$cluster_dir/data" -l "$cluster_dir/server.log" -w -s \
      -o "-c listen_addresses= -c unix_socket_permissions=0700 -k '$cluster_dir' ${settings[*]}" start \
      || { cat "$cluster_dir/server.log" >&2; exit 1; }
  ) || return 1
  cluster_postmaster=$(head -n 1 "$cluster_dir/data/postmaster.pid")
  [ "$(psql -XAtc 'SHOW data_directory')" = "$cluster_dir/data" ] || { echo "psql reaches another server" >&2; return 1; }
}

cluster_stop() {
  [ -n "${cluster_dir:-}" ] || return 0
  if [ -f "$cluster_dir/data/postmaster.pid" ]; then
    (cd "$cluster_dir" && cluster_as_server_user "$cluster_bin/pg_ctl" -D "$cluster_dir/data" -m immediate -w -s stop)
  fi
  rm -rf "$cluster_dir"
  cluster_dir=
}
