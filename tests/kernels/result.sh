#!/usr/bin/env bash
# result.sh RESULTS FILE TEST: what became of a test in a virtual machine (boot.sh): says what it said, and ends with
# its status; fails where the machine does not tell. `result.sh RESULTS` fails unless the machine ran to its end.
set -u
results=$1
if [ $# = 1 ]; then
  grep -qax '== done' "$results" && exit
  echo "FAILED: the machine did not run to its end; it reported last:"
  tail -n 20 "$results"
  echo "and its console:"
  tail -n 20 "$(dirname "$results")/console"
  exit 1
fi
sed -n "/^== begin $2 $3\$/,/^== end $2 $3 /s/^| //p" "$results"
status=$(sed -n "s/^== end $2 $3 \([0-9]*\) [0-9]*\$/\1/p" "$results")
[ -n "$status" ] || { echo "FAILED: the machine reported no end of this test"; exit 1; }
exit "$status"
