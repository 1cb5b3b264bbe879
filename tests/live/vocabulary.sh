# What the live tests are written in. Sourced; needs PGREC (the program) and PROGRAMS (the directory of
# the small programs). Every test runs in a directory of its own, which is removed, like everything the
# test started, also when it fails.

set -u
exec 3>&1

# How long a test waits for what should be there at once, in seconds. PGREC_TEST_PATIENCE: so many times longer,
# for machines that are slow.
patience=$((60 * ${PGREC_TEST_PATIENCE:-1}))

fail() {
  echo "FAILED: $*" >&3
  if [ -s "${work:-}/err.txt" ]; then sed 's/^/pgrec said last: /' "$work/err.txt" >&3; fi
  exit 1
}

# Tests that cannot run are loud about it, and failures where PGREC_REQUIRE_LIVE=1.
skip() {
  echo "SKIPPED: $*" >&3
  [ "${PGREC_REQUIRE_LIVE:-}" = 1 ] && fail "PGREC_REQUIRE_LIVE=1 forbids to skip"
  exit 77
}

# What this kernel has not is no lack of the machine: in the lanes of kernels (PGREC_KERNEL_LANE=1) tests are skipped
# for that, whatever is required.
skip_on_this_kernel() {
  [ "${PGREC_KERNEL_LANE:-}" = 1 ] || skip "$@"
  echo "SKIPPED: $*" >&3
  exit 77
}

# is_kernel VERSION: it is this one or a later one
is_kernel() {
  [ "$(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1)" = "$1" ]
}

# require_kernel VERSION WHY
require_kernel() {
  is_kernel "$1" || skip_on_this_kernel "this kernel is $(uname -r), $2 came with $1"
}

# attach_methods: how this kernel lets probes be attached
attach_methods() {
  if is_kernel 6.6; then echo uprobe_multi; fi
  echo perf_event
}

require_bpf() {
  [ "$(id -u)" = 0 ] || skip "this test needs root"
  [ -e /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"
}

# check WHAT EXPECTED ACTUAL
check() {
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# check_match WHAT PATTERN TEXT: PATTERN is a bash pattern
check_match() {
  # shellcheck disable=SC2053
  [[ $3 == $2 ]] || fail "$1: expected something like '$2', got '$3'"
}

# query TRACE SQL: the rows as CSV without the header
query() {
  "$PGREC" sql "$1" "$2" --format csv | tail -n +2
}

# whole TRACE: it is, and its sums are balanced
whole() {
  pgrec verify "$1" --full
  check "verify of $1: $out" 0 "$status"
}

# replace FILE BY: as a package manager does it
replace() {
  cp "$2" "$1.new" && mv "$1.new" "$1"
}

# fact TRACE KEY
fact() {
  query "$1" "SELECT value FROM meta WHERE key = '$2'"
}

# events_of TRACE CLASS [PATTERN]: how many events of the class there are, with such arguments
events_of() {
  "$PGREC" dump "$1" --format json | grep -F "\"event\": \"class\", \"class\": \"$2\"" | grep -c -- "${3:-}"
}

# Runs pgrec with these arguments; leaves its output in $out, its messages in $err and its exit status in
# $status.
pgrec() {
  status=0
  "$PGREC" "$@" >out.txt 2>err.txt || status=$?
  out=$(cat out.txt)
  err=$(cat err.txt)
}

# ignore_signals: in what starts a program, those in $recorder_ignores ("HUP INT"), as nohup and shells do
ignore_signals() {
  # shellcheck disable=SC2086
  [ -z "${recorder_ignores:-}" ] || trap '' $recorder_ignores
}

# record_start ARGUMENTS...: starts pgrec record and returns when its probes are in place.
record_start() {
  exec {recorder_fd}< <(ignore_signals; exec "$PGREC" record "$@" 2>&1)
  recorder_pid=$!
  local line
  recorder_said=
  while IFS= read -r -t "$patience" -u "$recorder_fd" line; do
    recorder_said+=$line$'\n'
    [[ $line == recording* ]] && return 0
  done
  fail "the recorder did not begin: $recorder_said"
}

# Waits until the recorder has ended; leaves what it said in $recorder_said and its status in
# $recorder_status.
record_wait() {
  local line
  while IFS= read -r -t "$patience" -u "$recorder_fd" line; do recorder_said+=$line$'\n'; done
  recorder_status=0
  wait "$recorder_pid" 2>/dev/null || recorder_status=$?
  exec {recorder_fd}<&-
  recorder_pid=
}

# record_stop [SIGNAL]
record_stop() {
  kill -"${1:-INT}" "$recorder_pid"
  record_wait
}

# start_held PROGRAM ARGUMENTS...: starts a program that says "in" and waits for a line; returns when it
# has said so. release_held lets it go on to its end.
start_held() {
  coproc HELD { exec "$@"; }
  held_pid=$HELD_PID
  exec {held_out}<&"${HELD[0]}" {held_in}>&"${HELD[1]}"
  local line
  IFS= read -r -t "$patience" -u "$held_out" line || fail "$* did not start"
}

release_held() {
  echo >&"$held_in"
  wait "$held_pid" || true
  exec {held_out}<&- {held_in}>&-
  held_pid=
}

# start_server PROGRAM ARGUMENTS...: starts tests/programs/server, or what becomes it; server_do LINE... has
# it do what the lines say.
start_server() {
  coproc SERVER { exec "$@"; }
  background_pids=$SERVER_PID
  server_pid=$SERVER_PID
  exec {server_out}<&"${SERVER[0]}" {server_in}>&"${SERVER[1]}"
  eval "exec ${SERVER[0]}<&- ${SERVER[1]}>&-"
  server_answers
}

server_answers() {
  local line
  IFS= read -r -t "$patience" -u "$server_out" line || fail "the server does not answer"
}

server_do() {
  local line
  for line in "$@"; do
    echo "$line" >&"$server_in"
    server_answers
  done
}

stop_server() {
  exec {server_out}<&- {server_in}>&-
  wait "$server_pid" 2>/dev/null || true
  background_pids=
}

# recorder_says PATTERN: waits until the recorder has said a line like it
recorder_says() {
  local line deadline=$((SECONDS + patience))
  while [ "$SECONDS" -lt "$deadline" ] && IFS= read -r -t "$patience" -u "$recorder_fd" line; do
    recorder_said+=$line$'\n'
    # shellcheck disable=SC2053
    [[ $line == $1 ]] && return 0
  done
  fail "the recorder did not say '$1': $recorder_said"
}

# until_true COMMAND...: runs it again and again until it succeeds; fails when its patience is at its end.
until_true() {
  local deadline=$((SECONDS + patience))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "never came true: $*"
  done
}

clean_up() {
  local pid
  for pid in $recorder_pid $held_pid $background_pids; do
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  if declare -F cluster_stop >/dev/null; then cluster_stop; fi
  if mountpoint -q "$work/mount" 2>/dev/null; then umount "$work/mount"; fi
  cd / && rm -rf "$work"
}

recorder_pid= held_pid= background_pids=
work=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-test.XXXXXX") || exit 1
trap clean_up EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1
