#!/usr/bin/env bash
# run_one.sh FILE TEST: runs one test function of one file of live tests.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/vocabulary.sh"
. "$here/$1"
declare -F "$2" >/dev/null || fail "$1 has no $2"
"$2"
echo "ok: $2"
