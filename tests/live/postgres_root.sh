#!/usr/bin/env bash
# postgres_root.sh VERSION DIRECTORY [PACKAGE...]: makes DIRECTORY the root of a Debian that has this major version
# of PostgreSQL, and these packages, unless it is there already. For the live tests on versions that this machine
# does not have; PGREC_PGROOT of samples/private_cluster.sh runs a server in it. The VERSION none is Debian 12 with
# nothing more than it has to have, and these packages.
#
# Needs root, debootstrap and a mirror of Debian: the one in the machine's own apt configuration, or
# PGREC_DEBIAN_MIRROR. What debootstrap mounts is in a mount namespace of its own, which ends with it however
# it ends; so a root never has mounts that anyone else sees, and needs none later.
set -euo pipefail
. "$(dirname "$0")/debian_mirror.sh"

refuse() {
  echo "postgres_root.sh: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

[ $# -ge 2 ] || refuse "two arguments are needed" "postgres_root.sh VERSION DIRECTORY [PACKAGE...]"
version=$1 root=$(realpath -m "$2")
shift 2
server=usr/lib/postgresql/$version/bin/postgres
packages=("postgresql-$version" "$@")
if [ "$version" = none ]; then
  release=bookworm server=usr/bin/apt-get packages=("$@")
else
  find_release "$version"
fi

if [ -e "$root" ]; then
  [ -x "$root/$server" ] ||
    refuse "$root has no PostgreSQL $version" "remove it, and it is made anew"
  exit 0
fi
[ "$(id -u)" = 0 ] || refuse "making $root needs root" "run it as root"

find_mirror

# One at a time; what an interrupted one left running keeps the lock.
mkdir -p "$(dirname "$root")"
exec {lock}>>"$root.log"
flock "$lock"
[ ! -e "$root" ] || exit 0

# It is made beside its place and gets its name when it is whole. What an earlier attempt left is removed, if
# nothing is mounted there.
new=$root.new
if grep -qF " $new/" /proc/self/mountinfo; then refuse "something is mounted below $new" "unmount it first"; fi
rm -rf --one-file-system "$new"
mkdir "$new"
echo "making $root: Debian $release, PostgreSQL $version"
include=()
[ ${#packages[@]} = 0 ] || include=(--include="$(IFS=,; echo "${packages[*]}")")
unshare --mount --propagation private \
  debootstrap --variant=minbase "${include[@]}" "$release" "$new" "$mirror" >"$root.log" 2>&1 || {
  tail -n 20 "$root.log" >&2
  refuse "debootstrap failed; $root.log has what it said" \
    "a release that the mirror no longer has may be on another: PGREC_DEBIAN_MIRROR; one signed by a key that this machine does not know needs a newer debian-archive-keyring"
}
chmod 1777 "$new/dev/shm" # where servers put their shared memory
mv -T "$new" "$root"
