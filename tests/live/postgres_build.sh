#!/usr/bin/env bash
# postgres_build.sh VERSION-FLAVOUR DIRECTORY: makes DIRECTORY/usr/lib/postgresql/VERSION a PostgreSQL that was built
# from Debian's source package as Debian's own is not, unless it is there already. For the live tests on servers of
# other compilers: FLAVOUR is gcc-O0, gcc-lto or clang-lto (-O3 -flto). PGREC_PGBIN of samples/private_cluster.sh runs
# a server of it; the user postgres has to be able to reach DIRECTORY.
#
# Needs apt-get, tar, bzip2, make, perl, bison, flex, the compiler (clang-lto: clang, lld and llvm), the headers that
# tests/run.sh installs, and a mirror of Debian: the one in apt's configuration, or PGREC_DEBIAN_MIRROR.
set -euo pipefail
. "$(dirname "$0")/debian_mirror.sh"

refuse() {
  echo "postgres_build.sh: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

[ $# = 2 ] || refuse "two arguments are needed" "postgres_build.sh VERSION-FLAVOUR DIRECTORY"
version=${1%%-*} flavour=${1#*-} directory=$(realpath -m "$2")
case $flavour in
  gcc-O0) how=(CC=gcc CFLAGS=-O0) ;;
  gcc-lto) how=(CC=gcc AR=gcc-ar RANLIB=gcc-ranlib "CFLAGS=-O3 -flto=auto" "LDFLAGS=-O3 -flto=auto") ;;
  clang-lto)
    how=(CC=clang AR=llvm-ar RANLIB=llvm-ranlib "CFLAGS=-O3 -flto" "LDFLAGS=-fuse-ld=lld -flto -O3")
    ;;
  *) refuse "PostgreSQL is not built as $flavour" "there are gcc-O0, gcc-lto and clang-lto" ;;
esac
find_release "$version"
prefix=$directory/usr/lib/postgresql/$version
[ ! -e "$prefix" ] || exit 0

find_mirror

# One at a time, and whole before it has its name.
mkdir -p "$directory"
exec {lock}>>"$directory/log"
flock "$lock"
[ ! -e "$prefix" ] || exit 0
echo "making $directory: PostgreSQL $version of $flavour"
debian_sources "$directory" "$release" "$mirror"
(cd "$directory/apt" && debian_get "$directory" source --download-only "postgresql-$version")
rm -rf "$directory/source" "$directory/made"
mkdir "$directory/source"
tar -xf "$directory/apt/postgresql-${version}_"*.orig.tar.* -C "$directory/source" --strip-components=1
(
  cd "$directory/source"
  # What the tests ask of a server; the rest of Debian's choices has no part in what is recorded.
  ./configure --prefix="$prefix" --without-readline --without-icu --enable-dtrace --with-openssl --with-lz4 "${how[@]}"
  make -s -j "$(nproc)" && make -s -C contrib -j "$(nproc)"
  make -s install DESTDIR="$directory/made" && make -s -C contrib install DESTDIR="$directory/made"
) >>"$directory/log" 2>&1 || {
  tail -n 20 "$directory/log" >&2
  refuse "PostgreSQL was not built; $directory/log has what was said" "what it needs is in this script's first lines"
}
mkdir -p "$(dirname "$prefix")"
mv -T "$directory/made$prefix" "$prefix"
rm -rf "$directory/apt" "$directory/source" "$directory/made"
