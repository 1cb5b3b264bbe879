# A PostgreSQL cluster of one's own: in a temporary directory, on a unix socket, with no TCP port. Sourced
# by quickstart.sh, the live tests and the benchmarks.
#
#   cluster_start [SETTING=VALUE ...]   makes and starts one; sets PGHOST, PGUSER, PGDATABASE
#   cluster_ctl start|stop|restart      as pg_ctl does, and waits for it
#   cluster_stop                        stops and removes it; call it from an EXIT trap
#
# PostgreSQL does not run as root; where the caller is root, the server runs as the user postgres, and the
# clients connect from root. Nobody else can reach the socket, so the server trusts who does.
#
# With PGREC_PGROOT=DIRECTORY the server is the one installed in that root of another system, such as
# tests/live/postgres_root.sh makes, and runs in a chroot there, as root only; it needs no mounts. The clients
# stay outside: the cluster's directory has the same name there, a link into the root.
#
# With PGREC_CLUSTER_TEMPLATE=DIRECTORY the cluster is a copy of that one, which initdb made for the user postgres,
# where initdb takes long.

cluster_dir= cluster_bin= cluster_postmaster=
# The caller may go elsewhere, and what it starts needs it, too.
if [ -n "${PGREC_PGROOT:-}" ]; then
  PGREC_PGROOT=$(cd "$PGREC_PGROOT" && pwd)
  export PGREC_PGROOT
fi

# The newest server installed (here or in PGREC_PGROOT), or the one in PGREC_PGBIN. cluster_bin is its
# directory as seen from outside.
cluster_find_server() {
  if [ -n "${PGREC_PGBIN:-}" ]; then
    cluster_bin=$PGREC_PGBIN
  else
    cluster_bin=$(ls -d "${PGREC_PGROOT:-}"/usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
  fi
  [ -x "$cluster_bin/postgres" ]
}

# cluster_as_server_user PROGRAM ARGUMENTS...: runs a program of the server.
cluster_as_server_user() {
  local program=$cluster_bin/$1
  shift
  if [ -n "${PGREC_PGROOT:-}" ]; then
    # By number: the names are the root's, where another system's setpriv may want /proc.
    local ids
    ids=$(sed -n 's/^postgres:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p' "$PGREC_PGROOT/etc/passwd")
    chroot --userspec="$ids" --groups= "$PGREC_PGROOT" \
      env HOME="$cluster_dir" LC_ALL=C.UTF-8 "${program#"$PGREC_PGROOT"}" "$@"
  elif [ "$(id -u)" = 0 ]; then
    setpriv --reuid=postgres --regid=postgres --init-groups -- env HOME="$cluster_dir" "$program" "$@"
  else
    "$program" "$@"
  fi
}

cluster_make_directory() {
  if [ -n "${PGREC_PGROOT:-}" ]; then
    local inside
    inside=$(mktemp -d "$PGREC_PGROOT/tmp/pgrec-cluster.XXXXXX") || return 1
    cluster_dir=/tmp/${inside##*/}
    ln -sT "$inside" "$cluster_dir" && chroot "$PGREC_PGROOT" chown postgres: "$cluster_dir"
  else
    cluster_dir=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-cluster.XXXXXX") || return 1
    if [ "$(id -u)" = 0 ]; then chown postgres: "$cluster_dir"; fi
  fi
}

# cluster_initdb DIRECTORY: a cluster as initdb makes it, in a directory of the server's user
cluster_initdb() {
  (
    cd "$cluster_dir" || exit 1
    cluster_as_server_user initdb -D "$1" -U postgres -A trust -N >"$cluster_dir/initdb.log" 2>&1 ||
      { cat "$cluster_dir/initdb.log" >&2; exit 1; }
  )
}

cluster_start() {
  cluster_find_server || { echo "no PostgreSQL server is installed" >&2; return 1; }
  cluster_make_directory || return 1
  # What could lead a client to another server.
  unset PGHOSTADDR PGPORT PGSERVICE PGSERVICEFILE PGOPTIONS PGPASSFILE PGSSLMODE PGDATA PGAPPNAME
  export PGHOST=$cluster_dir PGUSER=postgres PGDATABASE=postgres
  local setting
  if [ -n "${PGREC_CLUSTER_TEMPLATE:-}" ]; then
    cp -a "$PGREC_CLUSTER_TEMPLATE" "$cluster_dir/data" || return 1
  else
    cluster_initdb "$cluster_dir/data" || return 1
  fi
  for setting in listen_addresses= unix_socket_permissions=0700 "unix_socket_directories=$cluster_dir" "$@"; do
    printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}"
  done >>"$cluster_dir/data/postgresql.conf"
  cluster_ctl start || return 1
  [ "$(psql -XAtc 'SHOW data_directory')" = "$cluster_dir/data" ] || { echo "psql reaches another server" >&2; return 1; }
}

cluster_ctl() {
  (cd "$cluster_dir" && cluster_as_server_user pg_ctl -D "$cluster_dir/data" -l "$cluster_dir/server.log" -w -s "$@") ||
    { cat "$cluster_dir/server.log" >&2; return 1; }
  cluster_postmaster=
  if [ -f "$cluster_dir/data/postmaster.pid" ]; then cluster_postmaster=$(head -n 1 "$cluster_dir/data/postmaster.pid"); fi
}

cluster_stop() {
  [ -n "${cluster_dir:-}" ] || return 0
  if [ -f "$cluster_dir/data/postmaster.pid" ]; then cluster_ctl -m immediate stop; fi
  # Where it is a link, rm removes just that.
  if [ -n "${PGREC_PGROOT:-}" ]; then rm -rf "$PGREC_PGROOT$cluster_dir"; fi
  rm -rf "$cluster_dir"
  cluster_dir=
}
