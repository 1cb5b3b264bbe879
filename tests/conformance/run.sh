#!/usr/bin/env bash
# run.sh [--update]: reads every trace of the conformance corpus and compares what `pgrec dump` makes of it
# with NAME.jsonl beside it; --update writes it there. The name tells how a trace has to be read:
#   refused-NAME             not at all: exit status 1, and NAME.err is the error
#   damaged-NAME, unclosed   exit status 3; verify says so, recover makes a trace that verifies
#   any other                exit status 0; verify --full finds nothing
set -u
cd "$(dirname "$0")" || exit 1
work=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-conformance.XXXXXX")
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
  echo "$1"
  failed=1
}

# check_status EXPECTED COMMAND...: runs it, its output in $work/out and $work/err.
check_status() {
  local expected=$1 status=0
  shift
  "$PGREC" "$@" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" = "$expected" ] || { fail "pgrec $*: exit status $status, not $expected"; cat "$work/err"; }
}

# keep_or_compare FILE ACTUAL
keep_or_compare() {
  if [ "$update" = yes ]; then cp "$2" "$1"; else diff -u "$1" "$2" || fail "$1 differs"; fi
}

update=no
[ "${1:-}" = --update ] && update=yes
traces=0
for trace in *.pgt; do
  name=${trace%.pgt}
  traces=$((traces + 1))
  case $name in
    refused-*)
      check_status 1 dump "$trace" --format json
      keep_or_compare "$name.err" "$work/err"
      ;;
    damaged-* | unclosed)
      check_status 3 dump "$trace" --format json
      keep_or_compare "$name.jsonl" "$work/out"
      check_status 3 verify "$trace" --full
      recovered=3
      [ "$name" = unclosed ] && recovered=0
      check_status "$recovered" recover "$trace" -o "$work/$trace"
      "$PGREC" verify "$work/$trace" --full >"$work/out" 2>&1
      # What a lost table described stays undescribed.
      grep BAD "$work/out" | grep -qv '^references ' && { fail "recovered $trace does not verify"; cat "$work/out"; }
      ;;
    *)
      check_status 0 dump "$trace" --format json
      keep_or_compare "$name.jsonl" "$work/out"
      full=0
      [ "$name" = classes ] && full=3 # one event is of a class that is not described
      check_status "$full" verify "$trace" --full
      ;;
  esac
done
[ "$traces" -ge 25 ] || fail "only $traces traces"
exit "$failed"
