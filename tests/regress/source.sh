#!/usr/bin/env bash
# source.sh VERSION DIRECTORY: makes DIRECTORY hold the core regression suite of this major version of PostgreSQL, with
# its regress.so, unless it is there already.
#
# The suite is in Debian's source package, the headers to build regress.so are in postgresql-server-dev-VERSION, which is
# unpacked and not installed. Both come through an apt configuration in DIRECTORY, so the machine's own stays as it is.
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
case $version in
  13) suite=bullseye ;;
  15) suite=bookworm ;;
  17) suite=trixie ;;
  18) suite=sid ;;
  *) refuse "no release of Debian has PostgreSQL $version" "there are 13, 15, 17 and 18" ;;
esac
[ ! -e "$directory/regress/regress.so" ] || exit 0

mirror=$(debian_mirror)
[ -n "$mirror" ] || refuse "apt knows no mirror of Debian" "name one: PGREC_DEBIAN_MIRROR=http://..."

# One at a time, and whole before it has its name.
mkdir -p "$directory"
exec {lock}>>"$directory/log"
flock "$lock"
[ ! -e "$directory/regress/regress.so" ] || exit 0
apt=$directory/apt
rm -rf "$apt" "$directory/dev" "$directory/regress.new"
mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$directory/dev" "$directory/regress.new"
for kind in deb deb-src; do
  echo "$kind [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done >"$apt/sources.list"
get() {
  apt-get -q -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User= "$@" >>"$directory/log" 2>&1 || {
    tail -n 20 "$directory/log" >&2
    refuse "apt-get $* failed; $directory/log has what it said" \
      "another mirror may have it: PGREC_DEBIAN_MIRROR; a release signed by a key that is not here needs a newer debian-archive-keyring"
  }
}
echo "making $directory: the regression suite of PostgreSQL $version"
get update
(
  cd "$apt"
  get source --download-only "postgresql-$version"
  get download "postgresql-server-dev-$version"
)
dpkg-deb -x "$apt/postgresql-server-dev-${version}_"*.deb "$directory/dev"
tar -xf "$apt/postgresql-${version}_"*.orig.tar.* -C "$directory/regress.new" --strip-components=4 \
  --wildcards 'postgresql-*/src/test/regress/*'
headers=$directory/dev/usr/include/postgresql/$version/server
gcc -O1 -fPIC -shared -fno-strict-aliasing -fwrapv -I"$headers" "$directory/regress.new/regress.c" \
  -o "$directory/regress.new/regress.so"
mv -T "$directory/regress.new" "$directory/regress"
rm -rf "$apt" "$directory/dev"
