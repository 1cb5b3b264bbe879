#!/usr/bin/env bash
# Builds pgrec and runs every lane of tests that this machine can run; says which it cannot, and why.
#
#   tests/run.sh              all lanes: unit, golden, fuzz-replay, live, live-postgres
#   tests/run.sh LANE...      these only
#
# Installs what is missing with the system's package manager. The live lanes need root; elsewhere their
# tests are skipped, which ctest lists. PGREC_REQUIRE_LIVE=1 makes a skipped test a failed one.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
. samples/install_packages.sh

lanes=("$@")
[ ${#lanes[@]} -gt 0 ] || lanes=(unit golden fuzz-replay live live-postgres)
labels="^($(IFS='|'; echo "${lanes[*]}"))$"

install_packages "${build_packages[@]}" libgtest-dev bpftrace xz-utils
if ! mountpoint -q /sys/kernel/tracing && [ "$(id -u)" = 0 ]; then
  if mount -t tracefs tracefs /sys/kernel/tracing; then
    trap 'umount /sys/kernel/tracing' EXIT
  else
    echo "tracefs cannot be mounted; bpftrace needs it" >&2
  fi
fi

build() {
  echo "== building $1"
  cmake --preset "$1" >"$project/build/$1.log" || { cat "$project/build/$1.log"; exit 1; }
  cmake --build "build/$1" >"$project/build/$1.log" || { tail -n 100 "$project/build/$1.log"; exit 1; }
}
mkdir -p build
build dev
build asan

failed=0
echo "== the half that analyzes, under AddressSanitizer and UndefinedBehaviorSanitizer"
ctest --test-dir build/asan -L '^(unit|golden|fuzz-replay)$' -j 2 --output-on-failure || failed=1
echo "== all lanes: ${lanes[*]}"
ctest --test-dir build/dev -L "$labels" -j 2 --output-on-failure || failed=1
exit "$failed"
