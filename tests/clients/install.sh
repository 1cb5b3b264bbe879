#!/usr/bin/env bash
# install.sh DIRECTORY: installs the drivers and the pooler of the lane clients: packages of this system, and in
# DIRECTORY what is no package of it (node's drivers), or would start a service (PgBouncer).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../../samples/install_packages.sh"
install_packages python3-psycopg2 python3-psycopg python3-asyncpg libdbd-pg-perl libpostgresql-jdbc-java \
  default-jdk-headless libc-ares2 libevent-2.1-7 libpam0g libssl3 libsystemd0
# Where node.js has another origin, it has npm with it.
command -v npm >/dev/null || install_packages npm

mkdir -p "$1"
cd "$1"
if ! cmp -s "$here/package.json" package.json || [ ! -d node_modules ]; then
  echo "installing: node's drivers"
  rm -rf node_modules package-lock.json
  cp "$here/package.json" package.json.new
  mv package.json.new package.json
  npm install --no-audit --no-fund --no-update-notifier >npm.log 2>&1 || { cat npm.log >&2; rm -rf node_modules; exit 1; }
fi
if [ ! -x pgbouncer/usr/sbin/pgbouncer ]; then
  echo "unpacking: pgbouncer"
  rm -rf pgbouncer pgbouncer_*.deb
  apt-get -q download pgbouncer >apt.log 2>&1 || { cat apt.log >&2; exit 1; }
  dpkg -x pgbouncer_*.deb pgbouncer
  rm pgbouncer_*.deb
fi
