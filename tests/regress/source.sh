#!/usr/bin/env bash
# source.sh VERSION DIRECTORY: makes DIRECTORY hold the core regression suite of this major version of PostgreSQL, with
# its regress.so, unless it is there already.
#
# The suite is in Debian's source package, the headers to build regress.so are in postgresql-server-dev-VERSION, which is
# unpacked and not installed.
# Needs apt-get, gcc, tar, bzip2, and a mirror of Debian: the one in apt's configuration, or PGREC_DEBIAN_MIRROR.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../live/debian_mirror.sh"

refuse() {
  echo "source.sh: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

[ $# = 2 ] || refuse "two arguments are needed" "source.sh VERSION DIRECTORY"
version=$1 directory=$(realpath -m "$2")
find_release "$version"
[ ! -e "$directory/regress/regress.so" ] || exit 0

find_mirror

# One at a time, and whole before it has its name.
mkdir -p "$directory"
exec {lock}>>"$directory/log"
flock "$lock"
[ ! -e "$directory/regress/regress.so" ] || exit 0
rm -rf "$directory/dev" "$directory/regress.new"
mkdir -p "$directory/dev" "$directory/regress.new"
echo "making $directory: the regression suite of PostgreSQL $version"
debian_sources "$directory" "$release" "$mirror"
apt=$directory/apt
(
  cd "$apt"
  debian_get "$directory" source --download-only "postgresql-$version"
  debian_get "$directory" download "postgresql-server-dev-$version"
)
dpkg-deb -x "$apt/postgresql-server-dev-${version}_"*.deb "$directory/dev"
tar -xf "$apt/postgresql-${version}_"*.orig.tar.* -C "$directory/regress.new" --strip-components=4 \
  --wildcards 'postgresql-*/src/test/regress/*'
headers=$directory/dev/usr/include/postgresql/$version/server
gcc -O1 -fPIC -shared -fno-strict-aliasing -fwrapv -I"$headers" "$directory/regress.new/regress.c" \
  -o "$directory/regress.new/regress.so"
mv -T "$directory/regress.new" "$directory/regress"
rm -rf "$apt" "$directory/dev"
