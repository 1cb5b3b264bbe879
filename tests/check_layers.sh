#!/usr/bin/env bash
# Checks who includes whom: the rooms of tests/rooms.list and the directions between them, and the one home of
# each library's header. A fault is a line on stdout, and exit status 1.
#
#   tests/check_layers.sh             checks
#   tests/check_layers.sh --picture   prints the rooms from the highest to the lowest, each with those it includes and
#                                     how often; an arrow upward, which there is none of, is marked with ^
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

# What there is to check: the sources of the program, "FILE<tab>INCLUDED" for each include of our own.
files() { find format analyze record bpf main.cc -name '*.h' -o -name '*.cc' -o -name '*.c'; }
own_includes() { files | sort | xargs grep -HoE '^#include "[^"]+"' | sed -E 's/:#include "/\t/; s/"$//'; }

# The first column of rooms.list: rooms in order, the lowest first; behind it what a room may include.
table() { grep -vE '^(#|$)' tests/rooms.list; }

rooms() {
  own_includes | awk -F'\t' -v picture="${1:-}" '
    function room_of(path) { if (!sub(/\/[^\/]*$/, "", path)) sub(/\.cc$/, "", path); return path }
    FILENAME == "-" {
      from = room_of($1); to = room_of($2)
      if ($2 !~ /\// && from == "bpf") next
      if ($2 !~ /\//) { print $1 ": \"" $2 "\" is not written from the repository root"; bad = 1; next }
      if ($2 == "bpf/pgrec.skel.h") to = "bpf"
      if (from == to) next
      if (!(from in level)) { print $1 ": " from " is no room of tests/rooms.list"; bad = 1; next }
      if (!(to in level)) { print $1 ": " to ", which it includes, is no room of tests/rooms.list"; bad = 1; next }
      ++arrows[from, to]
      if (!((from, to) in may)) { print $1 ": " from " may not include " to " (" $2 ")"; bad = 1 }
      next
    }
    {
      split($0, part, /: */)
      room = part[1]; level[room] = ++count; name[count] = room
      n = split(part[2], allowed, / +/)
      for (i = 1; i <= n; ++i) {
        if (allowed[i] == "") continue
        if (allowed[i] !~ /\*$/) {
          if (!(allowed[i] in level)) { print "tests/rooms.list: " room " may include " allowed[i] ", which is above it or no room"; bad = 1 }
          may[room, allowed[i]] = 1
          continue
        }
        prefix = substr(allowed[i], 1, length(allowed[i]) - 1)
        for (j = 1; j < count; ++j) if (index(name[j], prefix) == 1) may[room, name[j]] = 1
      }
    }
    END {
      for (i = count; picture && i > 0; --i) {
        line = sprintf("%-18s", name[i]); filled = 0
        for (j = count; j > 0; --j) {
          if (!((name[i], name[j]) in arrows)) continue
          one = (j > i ? "^" : "") name[j] " " arrows[name[i], name[j]]
          if (filled + length(one) > 60) { line = line "\n" sprintf("%-18s", ""); filled = 0 }
          line = line (filled ? ", " : "") one; filled += length(one) + 2
        }
        sub(/ +$/, "", line); print line
      }
      exit bad
    }' <(table) -
}

# only_in WHAT PATTERN FILE-PATTERN: only files whose name matches may have a line that matches.
only_in() {
  local found
  found=$(files | xargs grep -lE "$2" | grep -vE "$3")
  [ -z "$found" ] && return
  echo "$1:"
  echo "$found"
  status=1
}

rooms "${1:-}" || status=1
# The map has the same rooms in the same order.
if ! diff <(table | sed -n 's/:.*//; /^main$/!p') \
  <(sed -n '/^## The rooms/,/^## /s/^| `\([a-z/]*\)\/` |.*/\1/p' docs/design.md); then
  echo "docs/design.md: its rooms (>) are not those of tests/rooms.list (<), from the lowest to the highest"
  status=1
fi
[ "${1:-}" = --picture ] && exit "$status"
# A program has one class of a name: of two, whichever is linked first is taken for both.
twice=$(grep -rhoE '^(class|struct|enum class) [A-Za-z]+( final)?( :|:| \{)' format analyze record --include='*.h' |
  sed -E 's/^(class|struct|enum class) ([A-Za-z]+).*/\2/' | sort | uniq -d)
for name in $twice; do
  echo "$name is the name of two classes: $(grep -rlE "^(class|struct|enum class) $name( final)?( :|:| \{)" format analyze record --include='*.h' | tr '\n' ' ')"
  status=1
done
only_in "zstd.h outside format/frame/compress.cc" '#include <zstd' '^format/frame/compress\.cc$'
only_in "sqlite3.h outside analyze/sql/sqlite_api.h" '#include <sqlite3' '^analyze/sql/sqlite_api\.h$'
only_in "SQLite outside the sources of analyze/sql that are about it" '#include "analyze/sql/sqlite_api\.h"' \
  '^analyze/sql/(database|database_file|extension_init|functions|reading_only|table_plans|virtual_table)\.cc$'
only_in "histedit.h outside analyze/prompt/line_editor.cc" '#include <histedit' '^analyze/prompt/line_editor\.cc$'
only_in "libbpf outside record/kernel" '#include <bpf/' '^(record/kernel|bpf)/'
only_in "libelf outside record/binary/elf_image.cc" '#include <(gelf|libelf)' '^record/binary/elf_image\.cc$'
only_in "libdw outside record/binary/debug_symbols.cc and eh_frame.cc" '#include <(dwarf|elfutils/)' \
  '^record/binary/(debug_symbols|eh_frame)\.cc$'
only_in "Zydis outside record/binary/machine_code.cc" '#include <Zydis/' '^record/binary/machine_code\.cc$'
only_in "fmt in a header" '#include <fmt/' '\.cc$'
only_in "CLI11 outside the commands" '#include <CLI/' '(^main\.cc|_command\.(h|cc)|^analyze/filter_options\.(h|cc))$'
exit "$status"
