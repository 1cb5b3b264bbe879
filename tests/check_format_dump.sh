#!/usr/bin/env bash
# Checks that the dump in docs/format.md is samples/tiny.pgt to the byte.
set -u
cd "$(dirname "$0")/.." || exit 1
diff -u --label docs/format.md --label samples/tiny.pgt \
  <(grep -oE '^    [0-9a-f]{6}( [0-9a-f]{2})+$' docs/format.md | sed 's/^    //') \
  <(od -A x -t x1 -v samples/tiny.pgt | sed '$d')
