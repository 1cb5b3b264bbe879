#!/usr/bin/env bash
# Builds pgrec and runs every lane of tests that this machine can run; says which it cannot, and why.
#
#   tests/run.sh              all lanes: unit, golden, fuzz-replay, live, live-postgres, package
#   tests/run.sh LANE...      these only
#   tests/run.sh --postgres 13,17,18 [LANE...]
#                             also lanes live-postgres-13, live-postgres-17 and live-postgres-18: the tests of
#                             live-postgres on these versions of PostgreSQL. A version's server is that of a
#                             release of Debian (13, 15, 17 or 18), installed in build/postgres-VERSION the
#                             first time; 700 MB each, and removed like any directory
#
# Installs what is missing with the system's package manager. The live lanes and package need root; elsewhere
# their tests are skipped, which ctest lists. PGREC_REQUIRE_LIVE=1 makes a skipped test a failed one.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
. samples/install_packages.sh

versions=()
if [ "${1:-}" = --postgres ]; then
  if [[ ! ${2:-} =~ ^[0-9]+(,[0-9]+)*$ ]]; then
    echo "tests/run.sh: --postgres takes versions, such as 13,17,18" >&2
    exit 2
  fi
  IFS=, read -ra versions <<<"$2"
  shift 2
fi
lanes=("$@")
[ ${#lanes[@]} -gt 0 ] || lanes=(unit golden fuzz-replay live live-postgres "${versions[@]/#/live-postgres-}" package)
labels="^($(IFS='|'; echo "${lanes[*]}"))$"

install_packages "${build_packages[@]}" libgtest-dev bpftrace xz-utils systemd logrotate
if [[ " ${lanes[*]} " == *" package "* ]]; then
  install_packages dpkg-dev file lintian debootstrap gpgv debian-archive-keyring
fi
if ! mountpoint -q /sys/kernel/tracing && [ "$(id -u)" = 0 ]; then
  if mount -t tracefs tracefs /sys/kernel/tracing; then
    trap 'umount /sys/kernel/tracing' EXIT
  else
    echo "tracefs cannot be mounted; bpftrace needs it" >&2
  fi
fi

mkdir -p build
if [ ${#versions[@]} -gt 0 ]; then
  install_packages debootstrap gpgv debian-archive-keyring
  for version in "${versions[@]}"; do tests/live/postgres_root.sh "$version" "build/postgres-$version"; done
fi

build() {
  echo "== building $1"
  cmake --preset "$1" -DPGREC_TEST_POSTGRES="$(IFS=';'; echo "${versions[*]}")" >"$project/build/$1.log" || { cat "$project/build/$1.log"; exit 1; }
  cmake --build "build/$1" >"$project/build/$1.log" || { tail -n 100 "$project/build/$1.log"; exit 1; }
}
build dev
build asan

failed=0
echo "== the half that analyzes, under AddressSanitizer and UndefinedBehaviorSanitizer"
ctest --test-dir build/asan -L '^(unit|golden|fuzz-replay)$' -j 2 --output-on-failure || failed=1
echo "== all lanes: ${lanes[*]}"
ctest --test-dir build/dev -L "$labels" -j 2 --output-on-failure || failed=1
exit "$failed"
