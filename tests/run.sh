#!/usr/bin/env bash
# Builds pgrec and runs every lane of tests that this machine can run; says which it cannot, and why.
#
#   tests/run.sh              all lanes: unit, golden, fuzz-replay, live, pairs (what changes a recording while it
#                             runs, two by two), live-postgres, regress (what is recorded of PostgreSQL's own
#                             regression suite, against the server's log), package; and those that have a build of
#                             their own: asan, the first three of the half that analyzes under AddressSanitizer and
#                             UndefinedBehaviorSanitizer, and tsan, the recorder's threads under ThreadSanitizer
#   tests/run.sh LANE...      these only; also clients, which is not among all: drivers of Debian and npm and a pooler,
#                             judged by the server's log. What it needs (a JDK, node.js and others, 400 MB) is
#                             installed, npm's and the pooler in build/clients
#   tests/run.sh --postgres 13,17,18 [LANE...]
#                             also lanes live-postgres-13, live-postgres-17 and live-postgres-18: the tests of
#                             live-postgres on these versions of PostgreSQL; and where it is named clients-VERSION,
#                             from 15 on, and regress-VERSION. A version's server is that of a release of Debian (13,
#                             15, 17 or 18), installed in build/postgres-VERSION the first time; 700 MB each, and
#                             removed like any directory. 15-gcc-O0, 15-gcc-lto and 15-clang-lto are PostgreSQL 15 that is
#                             built from source, without optimization or with -O3 -flto; not with clients or regress
#   tests/run.sh --kernels 6.1,6.12 [LANE...]
#                             also lanes verifier-6.1, kernel-6.1, lockdown-6.1 and those of 6.12: whether the kernel
#                             takes each BPF program, the essential live tests, and what is said where the kernel is
#                             locked down, on the kernel of a release of Debian (5.10, where pgrec is only to say
#                             that it is too old, 6.1 or 6.12), in a virtual machine that QEMU emulates. Its disk is
#                             made in build/machine.img the first time, 400 MB, and each kernel in
#                             build/kernel-VERSION, 15 MB
#
# Installs what is missing with the system's package manager. The live lanes and package need root; elsewhere
# their tests are skipped, which ctest lists. PGREC_REQUIRE_LIVE=1 makes a skipped test a failed one.
set -euo pipefail
project=$(cd "$(dirname "$0")/.." && pwd)
cd "$project"
. samples/install_packages.sh

versions=() kernels=()
while [[ ${1:-} = --postgres || ${1:-} = --kernels ]]; do
  if [ "$1" = --postgres ] && [[ ${2:-} =~ ^[0-9]+(-[a-zA-Z0-9-]+)?(,[0-9]+(-[a-zA-Z0-9-]+)?)*$ ]]; then
    IFS=, read -ra versions <<<"$2"
  elif [ "$1" = --kernels ] && [[ ${2:-} =~ ^[0-9]+\.[0-9]+(,[0-9]+\.[0-9]+)*$ ]]; then
    IFS=, read -ra kernels <<<"$2"
  else
    echo "tests/run.sh: $1 takes versions, such as $([ "$1" = --postgres ] && echo 13,17,18 || echo 6.1,6.12)" >&2
    exit 2
  fi
  shift 2
done
lanes=("$@")
[ ${#lanes[@]} -gt 0 ] || lanes=(unit golden fuzz-replay live pairs live-postgres "${versions[@]/#/live-postgres-}"
                                 regress "${kernels[@]/#/verifier-}" "${kernels[@]/#/kernel-}"
                                 "${kernels[@]/#/lockdown-}" package tsan asan)
# The lanes in virtual machines, two of which take no longer than one; the others; and those with a build of their own,
# for which no other waits.
in_machines=() here=() sanitized=()
for lane in "${lanes[@]}"; do
  case $lane in
    verifier-* | kernel-* | lockdown-*) in_machines+=("$lane") ;;
    asan | tsan) sanitized+=("$lane") ;;
    *) here+=("$lane") ;;
  esac
done

install_packages "${build_packages[@]}" libgtest-dev bpftrace clang-format xz-utils systemd logrotate
if [[ " ${lanes[*]} " == *" package "* ]]; then
  install_packages dpkg-dev file lintian debootstrap gpgv debian-archive-keyring
fi
if [[ " ${lanes[*]} " == *" clients"* ]]; then tests/clients/install.sh build/clients; fi
suites=()
if [[ " ${lanes[*]} " == *" regress"* ]]; then
  install_packages python3 bzip2 debian-archive-keyring
  for lane in "${lanes[@]}"; do
    case $lane in
      regress) suites+=("$(ls /usr/lib/postgresql | sort -V | tail -n 1)") ;;
      regress-*) suites+=("${lane#regress-}") ;;
    esac
  done
fi
mounted=no preparing= sanitizing=
clean_up() {
  [ -z "$sanitizing" ] || { kill -- -"$sanitizing" && wait "$sanitizing"; } || true
  [ -z "$preparing" ] || wait "$preparing" || true
  [ "$mounted" = no ] || umount /sys/kernel/tracing
}
trap clean_up EXIT
if ! mountpoint -q /sys/kernel/tracing && [ "$(id -u)" = 0 ]; then
  if mount -t tracefs tracefs /sys/kernel/tracing; then
    mounted=yes
  else
    echo "tracefs cannot be mounted; bpftrace needs it" >&2
  fi
fi

mkdir -p build
if [ ${#versions[@]} -gt 0 ]; then install_packages debootstrap gpgv debian-archive-keyring; fi
if [[ "${versions[*]}" == *-* ]]; then
  install_packages bison bzip2 clang flex liblz4-dev libssl-dev lld llvm make perl systemtap-sdt-dev zlib1g-dev
fi
if [ ${#kernels[@]} -gt 0 ]; then
  install_packages busybox-static cpio debootstrap debian-archive-keyring e2fsprogs gpgv qemu-system-x86 xz-utils
fi
# What is downloaded comes while pgrec is built.
prepare() {
  local one
  for one in "${versions[@]}"; do
    case $one in
      *-*) tests/live/postgres_build.sh "$one" "build/postgres-$one" ;;
      *) tests/live/postgres_root.sh "$one" "build/postgres-$one" ;;
    esac
  done
  for one in "${suites[@]}"; do tests/regress/source.sh "$one" "build/regress-$one"; done
  [ ${#kernels[@]} -gt 0 ] || return 0
  for one in "${kernels[@]}"; do tests/kernels/kernel.sh "$one" "build/kernel-$one"; done
  tests/kernels/image.sh build/machine.img
}
prepare &
preparing=$!

# build PRESET: says at every tenth of it what is being built.
build() {
  echo "== building $1"
  local log=$project/build/$1.log
  cmake --preset "$1" -DPGREC_TEST_POSTGRES="$(IFS=';'; echo "${versions[*]}")" \
    -DPGREC_TEST_KERNELS="$(IFS=';'; echo "${kernels[*]}")" >"$log" || { cat "$log"; exit 1; }
  cmake --build --preset "$1" | tee "$log" | awk '/^\[[0-9]+\/[0-9]+\]/ {
    split(substr($1, 2), step, /[\/\]]/)
    if (step[1] * 10 >= tenth * step[2]) { print "   " $0; fflush(); tenth = int(step[1] * 10 / step[2]) + 1 }
  }' || { tail -n 100 "$log"; exit 1; }
}

# What the tests that failed printed, and ctest's summaries of their runs. They stand at the end of the output once more,
# where one looks first.
failures=$project/build/failures.log
: >"$failures"
# run_lanes PRESET LANE...
run_lanes() {
  local preset=$1
  shift
  [ $# -gt 0 ] || return 0
  echo "== lanes: $*"
  local log=$project/build/lanes-$preset.log name
  ctest --test-dir "build/$preset" -L "^($(IFS='|'; echo "$*"))$" -j 2 --timeout 600 --output-on-failure | tee "$log" && return
  {
    echo "== failed in the lanes: $*"
    while IFS=: read -r _ name; do
      awk -v name="$name" '$2 == "Testing:" { mine = $3 == name } mine' "build/$preset/Testing/Temporary/LastTest.log" |
        tail -n 60
    done <"build/$preset/Testing/Temporary/LastTestsFailed.log"
    sed -n '/% tests passed/,$p' "$log"
  } >>"$failures"
}
# What has a build of its own is built, and asan's tests run, beside the other lanes, which wait most of their time: with
# what these leave of the CPUs, and with its output in a file, which comes when they are done.
beside=$project/build/beside.log
sanitize() {
  local lane
  for lane in "${sanitized[@]}"; do
    build "$lane"
    [ "$lane" = tsan ] || run_lanes asan unit golden fuzz-replay
  done
}
if [ ${#in_machines[@]} -gt 0 ] || [ ${#here[@]} -gt 0 ]; then
  build dev
  if [ ${#sanitized[@]} -gt 0 ]; then
    set -m  # a group of its own, to be spoken to as one
    (renice -n 19 -p "$BASHPID" >/dev/null && sanitize) >"$beside" 2>&1 &
    sanitizing=$!
    set +m
  fi
  wait "$preparing"
  preparing=
  run_lanes dev "${here[@]}"
  run_lanes dev "${in_machines[@]}"
  if [ -n "$sanitizing" ]; then
    renice -n 0 -g "$sanitizing" >/dev/null || true  # only root may
    wait "$sanitizing" || { cat "$beside"; exit 1; }
    sanitizing=
    cat "$beside"
  fi
else
  sanitize
fi
[[ " ${sanitized[*]} " != *" tsan "* ]] || run_lanes tsan tsan
if [ -s "$failures" ]; then
  cat "$failures"
  exit 1
fi
