#!/usr/bin/env bash
# image.sh FILE: makes FILE the disk of the virtual machines that the tests of kernels run in, unless it is there
# already, made by this script as it is: an ext4 file system with Debian 12, its PostgreSQL, and the libraries that
# pgrec was built with on Debian 12. pgrec itself is not in it; tests/kernels/boot.sh brings that along.
#
# Needs root, debootstrap, e2fsprogs, and a mirror of Debian, as tests/live/postgres_root.sh does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

image=$(realpath -m "$1")
[ ! "$image" -nt "$here/image.sh" ] || exit 0
mkdir -p "$(dirname "$image")"
exec {lock}>>"$image.log"
flock "$lock"
[ ! "$image" -nt "$here/image.sh" ] || exit 0

# The directory is only needed for the image; what an earlier attempt left of either is made anew.
root=$image.root
rm -rf --one-file-system "$root" "$image.new"
"$here/../live/postgres_root.sh" 15 "$root" binutils procps libbpf1 libdw1 libedit2 libelf1 libfmt9 libsqlite3-0 libzstd1 libzydis4.0
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,info,locale,man}
# What the tests begin with is made here, where initdb takes a second.
chroot "$root" setpriv --reuid=postgres --regid=postgres --init-groups -- \
  env HOME=/tmp LC_ALL=C.UTF-8 /usr/lib/postgresql/15/bin/initdb -D /var/lib/postgresql/template -U postgres -A trust -N \
  >"$image.log" 2>&1 || {
  cat "$image.log" >&2
  exit 1
}
# 1 GB is room for what the tests write; it takes none here until they do.
size=$(($(du -sm "$root" | cut -f 1) * 12 / 10 + 1024))
mke2fs -q -t ext4 -O ^has_journal -d "$root" "$image.new" "${size}M" >"$image.log" 2>&1 || {
  cat "$image.log" >&2
  exit 1
}
rm -rf --one-file-system "$root" "$root.log"
mv -T "$image.new" "$image"
