#!/usr/bin/env bash
# check_package.sh: makes the packages of a release build, has lintian judge the one for Debian, and installs it
# in a Debian 12 that has nothing but the minimum, which has to give it what it needs; records there, looks into
# the samples as README does, and purges it. That root is build/debian; what is done in it is kept in memory and
# ends, with all that is mounted, with the process that does it. Skipped, loudly, without root or eBPF.
here=$(cd "$(dirname "$0")" && pwd)
project=$(dirname "$here")
. "$here/live/vocabulary.sh"

# in_namespace FUNCTION ARGUMENT...: runs it where what it mounts is nobody else's, and ends with it.
in_namespace() {
  unshare --mount --propagation private bash -c "$(declare -f); $(declare -p here project work version); set -eu; \"\$@\"" bash "$@"
}

# cpack_without TOOL: has to refuse, with a hint.
cpack_without() {
  mount --bind /dev/null "$(readlink -f "$(command -v "$1")")"
  if cpack -G DEB --config "$project/build/release/CPackConfig.cmake" -B "$work/without" >out.txt 2>&1; then
    fail "cpack makes a package without $1"
  fi
  check_match "what cpack says without $1" "*$1 is missing*apt-get install dpkg-dev file*" "$(tr -s ' \n' ' ' <out.txt)"
}

in_root() { chroot "$work/mount/root" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }

# Everything in a root that has the program's name, but for what the test put there.
named_pgrec() { (cd "$work/mount/root" && find . -xdev -path ./root/check -prune -o -name '*pgrec*' -print); }

# use_in_root DEB: installs it in a copy of build/debian, uses it, and purges it.
use_in_root() {
  mount -t tmpfs tmpfs "$work/mount"
  mkdir "$work/mount/changes" "$work/mount/work" "$work/mount/root"
  mount -t overlay overlay "$work/mount/root" \
    -o "lowerdir=$project/build/debian,upperdir=$work/mount/changes,workdir=$work/mount/work"
  local root=$work/mount/root directory
  for directory in dev proc sys; do mount --rbind "/$directory" "$root/$directory"; done
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  mkdir "$root/root/check"
  cp "$here/golden/run.sh" "$work/calls" "$root/root/check"
  cp "$1" "$root/tmp"
  check "pgrec in the root before" "" "$(named_pgrec | grep -v '^./tmp/')"

  in_root apt-get -q update >apt.txt 2>&1 || fail "apt-get update: $(tail -n 20 apt.txt)"
  in_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "/tmp/$(basename "$1")" >apt.txt 2>&1 ||
    fail "apt-get install: $(tail -n 20 apt.txt)"
  rm "$root/tmp/$(basename "$1")"
  check version "pgrec $version" "$(in_root pgrec --version)"

  in_root pgrec record -x /root/check/calls -f outer,inner -o /root/check/t.pgt -- /root/check/calls nested 1000 \
    >record.txt 2>&1 || fail "pgrec record: $(cat record.txt)"
  check "calls recorded in the root" $'function,count(*)\ninner,3000\nouter,1000' \
    "$(in_root pgrec sql /root/check/t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1 ORDER BY 1' --format csv)"
  check "losses in the root" $'count(*)\n0' "$(in_root pgrec sql /root/check/t.pgt 'SELECT count(*) FROM losses' --format csv)"

  local doc=/usr/share/doc/pgrec
  in_root env PGREC=/usr/bin/pgrec SAMPLES="$doc/samples" bash /root/check/run.sh "$doc/README.md" >golden.txt 2>&1 ||
    fail "what README shows of samples/: $(cat golden.txt)"

  # As if the service had been enabled and had run.
  local enabled=etc/systemd/system/multi-user.target.wants
  mkdir -p "$root/$enabled" "$root/var/log/pgrec"
  ln -s /lib/systemd/system/pgrec-slowlog.service "$root/$enabled"
  touch "$root/var/log/pgrec/slow.log"
  in_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y purge pgrec >apt.txt 2>&1 ||
    fail "apt-get purge: $(tail -n 20 apt.txt)"
  check "what a purge leaves" "" "$(named_pgrec)"
}

for tool in cpack dpkg-shlibdeps file lintian debootstrap cc; do
  PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || skip "$tool is not installed"
done
version=$(sed -nE 's/^project\(pgrec VERSION ([0-9.]+) .*/\1/p' "$project/CMakeLists.txt")

{ cmake -S "$project" --preset release -DPGREC_RECORD=ON && cmake --build "$project/build/release" --target pgrec pgrec_extension; } \
  >build.txt 2>&1 || fail "the build: $(tail -n 50 build.txt)"
cpack --config "$project/build/release/CPackConfig.cmake" -B "$work/packages" >cpack.txt 2>&1 ||
  fail "cpack: $(cat cpack.txt)"
deb=$work/packages/pgrec_${version}_$(dpkg --print-architecture).deb
[ -e "$deb" ] || fail "there is no $(basename "$deb"): $(ls "$work/packages")"

echo "lintian:"
TMPDIR=$work lintian --fail-on error,warning --display-info --show-overrides "$deb" 2>lintian.err | tee lintian.txt
[ "${PIPESTATUS[0]}" = 0 ] || fail "lintian finds errors: $(cat lintian.err)"
# The extension is compiled with the same flags, but copies nothing whose size the compiler knows: lintian looks for a
# function that checks one.
check "what lintian says of hardening" "" \
  "$(grep hardening lintian.txt | grep -vF 'hardening-no-fortify-functions [usr/lib/pgrec/pgrec.so]')"

# What is in it, with its modes; the documents are all that README names.
dpkg-deb -c "$deb" | awk '{ print $1, $2, $6 }' >contents.txt
while read -r mode path; do
  grep -qxF -- "$mode root/root ./$path" contents.txt || fail "not in the package as $mode: $path"
done <<END
-rw-r--r-- etc/logrotate.d/pgrec-slowlog
-rwxr-xr-x usr/bin/pgrec
-rw-r--r-- usr/lib/pgrec/pgrec.so
-rw-r--r-- usr/lib/systemd/system/pgrec-slowlog.service
-rw-r--r-- usr/share/bash-completion/completions/pgrec
-rw-r--r-- usr/share/doc/pgrec/README.md
-rw-r--r-- usr/share/doc/pgrec/changelog.gz
-rw-r--r-- usr/share/doc/pgrec/copyright
-rw-r--r-- usr/share/man/man1/pgrec.1.gz
-rw-r--r-- usr/share/pgrec/queries/slowest-statements.sql
$(grep -oE '\]\([^):#]*\)|samples/[a-z-]*\.pgt' "$project/README.md" | tr -d ']()' | sort -u | sed 's#^#-rw-r--r-- usr/share/doc/pgrec/#')
END
check "what is its own configuration" /etc/logrotate.d/pgrec-slowlog "$(dpkg-deb -I "$deb" conffiles)"
check_match "what it depends on" "*libbpf1 *libc6 *" "$(dpkg-deb -f "$deb" Depends)"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/doc/pgrec/copyright >copyright.txt
check "the words of LICENSE in copyright" "" \
  "$(sed '1,/^Copyright/d; /^$/d; s/^/ /' "$project/LICENSE" | grep -vxFf copyright.txt)"
dpkg-deb --fsys-tarfile "$deb" | tar -xO ./usr/share/doc/pgrec/changelog.gz | gzip -d >changelog.txt
check "the version in the changelog" "$version" "$(dpkg-parsechangelog -l changelog.txt -S Version)"
check "the tar file" 1 "$(tar -tzf "$work/packages/pgrec-$version-Linux.tar.gz" | grep -c '^[^/]*/bin/pgrec$')"

require_bpf
for tool in file dpkg-shlibdeps; do in_namespace cpack_without "$tool" || exit 1; done
"$here/live/postgres_root.sh" none "$project/build/debian" || fail "there is no root to install it in"
cc -O1 -o calls "$project/tests/programs/calls.c" -pthread || fail "tests/programs/calls.c does not compile"
mkdir mount
in_namespace use_in_root "$deb" || exit 1
echo "ok: $(basename "$deb")"
