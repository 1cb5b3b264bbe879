#!/usr/bin/env bash
# Checks the form of the sources: the layout is clang-format's, each file begins with what it is for, none but data and
# documents is longer than 400 lines, and every source has a unit test that includes its header, or stands in
# tests/untested.list with the reason. A fault is a line on stdout, and exit status 1. Where there is no clang-format 14,
# the layout is not checked, which is said, and exit status 77.
#
#   tests/check_style.sh
set -u
cd "$(dirname "$0")/.." || exit 1
faults=$(mktemp)
unchecked=
trap 'rm -f "$faults"' EXIT
sources() { find main.cc format analyze record tests -name '*.h' -o -name '*.cc' | sort; }
kernel_side() { find bpf tests -name '*.bpf.c' -o -name '*.bpf.h' -o -path 'bpf/*.h' | sort; }
programs() { find tests -name '*.c' -not -name '*.bpf.c' | sort; }
scripts() { find tests samples -name '*.sh' | sort; echo .ci/run; }

# laid_out STYLE FILE...: what clang-format would change. The version is that of Debian 12; others lay out some lines
# differently.
laid_out() {
  clang-format --style="$1" --dry-run "${@:2}" 2>&1 |
    sed -n 's/: warning: code should be clang-formatted.*/: is not as clang-format has it/p'
}
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
  mapfile -t files < <(sources; programs)
  laid_out file "${files[@]}" >>"$faults"
  mapfile -t files < <(kernel_side)
  laid_out file:bpf/.clang-format "${files[@]}" >>"$faults"
else
  unchecked=yes
  [ "${PGREC_REQUIRE_LIVE:-}" != 1 ] || echo "clang-format 14 is not installed" >>"$faults"
fi

# A source of a header is explained there; scripts have their first line before it.
{ sources; kernel_side; programs; scripts; } | while read -r file; do
  first=$(head -n 1 "$file")
  case $first in
    '#!'*) first=$(sed -n 2p "$file") ;;
    "#include \"${file%.*}.h\"") first='//' ;;
  esac
  case $first in
    '//'* | '/*'* | '# '*) ;;
    *) echo "$file: does not begin with what it is for" ;;
  esac
  lines=$(wc -l <"$file")
  [ "$lines" -le 400 ] || echo "$file: has $lines lines, more than 400"
done >>"$faults"

included=$(grep -rhoE '^#include "[^"]+"' tests/unit | sed 's/#include "//; s/"$//' | sort -u)
find main.cc format analyze record -name '*.cc' | sort | while read -r file; do
  if grep -qxF "${file%.cc}.h" <<<"$included"; then
    grep -q "^$file:" tests/untested.list && echo "tests/untested.list: $file has a unit test"
  else
    grep -q "^$file: ." tests/untested.list || echo "$file: no unit test includes its header; tests/untested.list says why of others"
  fi
done >>"$faults"
sed -n 's/^\([^#:]*\): .*/\1/p' tests/untested.list | while read -r file; do
  [ -e "$file" ] || echo "tests/untested.list: there is no $file"
done >>"$faults"
cat "$faults"
[ ! -s "$faults" ] || exit 1
[ -z "$unchecked" ] || { echo "SKIPPED: the layout is not checked, as clang-format 14 is not installed"; exit 77; }
