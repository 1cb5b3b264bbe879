#!/usr/bin/env bash
# kernel.sh VERSION DIRECTORY: makes DIRECTORY hold the kernel of the Debian release that has this version, as the
# release ships it for virtual machines (linux-image-cloud-amd64), unless it is there already:
#
#   vmlinuz        the kernel
#   modules.cpio   the modules that it needs to find its disk; lib/modules/order has the order to load them in
#
# Needs apt, cpio, xz-utils, the keys of Debian (debian-archive-keyring), and a mirror: the one in the machine's own
# apt configuration, or PGREC_DEBIAN_MIRROR. apt reads it here with sources and lists of its own, and checks the
# signatures; the machine's are left as they are, and the package is not installed.
set -euo pipefail
. "$(dirname "$0")/../live/debian_mirror.sh"

refuse() {
  echo "kernel.sh: $1" >&2
  echo "hint: $2" >&2
  exit 1
}

[ $# = 2 ] || refuse "two arguments are needed" "kernel.sh VERSION DIRECTORY"
version=$1 kernel=$(realpath -m "$2")
case $version in
  5.10) suite=bullseye ;;
  6.1) suite=bookworm ;;
  6.12) suite=trixie ;;
  *) refuse "no release of Debian has Linux $version" "there are 5.10, 6.1 and 6.12" ;;
esac
[ ! -e "$kernel" ] || exit 0

find_mirror
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keys" ] || refuse "there are no keys of Debian" "apt-get install debian-archive-keyring"

# One at a time. It is made beside its place and gets its name when it is whole; what an earlier attempt left is
# removed.
mkdir -p "$(dirname "$kernel")"
exec {lock}>>"$kernel.log"
flock "$lock"
[ ! -e "$kernel" ] || exit 0
new=$kernel.new
rm -rf "$new"
mkdir -p "$new/apt/lists/partial" "$new/initrd/lib/modules"
echo "making $kernel: Linux $version of Debian $suite"

echo "deb [arch=amd64 signed-by=$keys] $mirror $suite main" >"$new/apt/sources.list"
: >"$new/apt/status"
own=(-q -o "Dir::Etc::sourcelist=$new/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null
     -o "Dir::State::lists=$new/apt/lists" -o "Dir::State::status=$new/apt/status" -o "Dir::Cache=$new/apt"
     -o APT::Architecture=amd64 -o APT::Sandbox::User=root -o Acquire::AllowInsecureRepositories=false
     -o APT::Get::AllowUnauthenticated=false)
failed() {
  tail -n 20 "$kernel.log" >&2
  refuse "the kernel of $suite did not come from $mirror; $kernel.log has what apt said" \
    "a release that the mirror no longer has may be on another: PGREC_DEBIAN_MIRROR"
}
apt-get "${own[@]}" update >"$kernel.log" 2>&1 || failed
image=$(apt-cache "${own[@]}" show linux-image-cloud-amd64 2>>"$kernel.log" |
  sed -n 's/^Depends: \([^ ,]*\).*/\1/p' | head -n 1)
[[ $image == linux-image-$version.* ]] || refuse "linux-image-cloud-amd64 of $suite is '$image'" "that is not Linux $version"
(cd "$new/apt" && apt-get "${own[@]}" download "$image") >>"$kernel.log" 2>&1 || failed
dpkg-deb -x "$new"/apt/*.deb "$new/package"

release=${image#linux-image-}
cp "$new/package/boot/vmlinuz-$release" "$new/vmlinuz"
# In the order in which they need each other. Which of them are modules, and which are in the kernel, differs.
for module in virtio virtio_ring virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk crc16 mbcache jbd2 \
  crc32c_generic crc32c-intel ext4; do
  file=$(find "$new/package" -name "$module.ko" -o -name "$module.ko.xz")
  [ -n "$file" ] || continue
  case $file in
    *.xz) xz -dc "$file" >"$new/initrd/lib/modules/$module.ko" ;;
    *) cp "$file" "$new/initrd/lib/modules/$module.ko" ;;
  esac
  echo "$module" >>"$new/initrd/lib/modules/order"
done
(cd "$new/initrd" && find . | cpio -o -H newc --quiet) >"$new/modules.cpio"
rm -rf "$new/apt" "$new/package" "$new/initrd"
mv -T "$new" "$kernel"
