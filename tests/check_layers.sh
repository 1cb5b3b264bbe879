#!/usr/bin/env bash
# Checks what docs/design.md says of layers: who includes whom, and the one home of each library's header.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

# forbid WHAT PATTERN FILE...: no line of the files may match the pattern.
forbid() {
  local what=$1 pattern=$2 found
  shift 2
  found=$(grep -nE "$pattern" "$@" /dev/null)
  [ -z "$found" ] && return
  echo "$what:"
  echo "$found"
  status=1
}

# only_in WHAT PATTERN FILE-PATTERN: only files whose name matches may have a line that matches.
only_in() {
  local found
  found=$(grep -lE "$2" main.cc record/* analyze/* format/* 2>/dev/null | grep -vE "$3")
  [ -z "$found" ] && return
  echo "$1:"
  echo "$found"
  status=1
}

forbid "format includes a higher layer" '#include "(record|analyze|bpf)/' format/*.h format/*.cc
forbid "record includes analyze" '#include "analyze/' record/*.h record/*.cc
forbid "analyze includes record or bpf" '#include "(record|bpf)/' analyze/*.h analyze/*.cc
forbid "an include is not written from the repository root" '#include "[^/"]+"' main.cc record/*.h record/*.cc \
  analyze/*.h analyze/*.cc format/*.h format/*.cc
only_in "zstd.h outside format/compress.cc" '#include <zstd' '^format/compress\.cc$'
only_in "sqlite3.h outside analyze/database.cc" '#include <sqlite3' '^analyze/database\.cc$'
only_in "pg_query.h outside format/statement_text.cc" '#include <pg_query' '^format/statement_text\.cc$'
only_in "libbpf outside record/bpf_*" '#include <bpf/' '^record/bpf_'
only_in "libelf outside record/elf_image.cc" '#include <(gelf|libelf)' '^record/elf_image\.cc$'
only_in "libdw outside record/debug_symbols.cc" '#include <(dwarf|elfutils/)' '^record/debug_symbols\.cc$'
only_in "Zydis outside record/machine_code.cc" '#include <Zydis/' '^record/machine_code\.cc$'
only_in "CLI11 outside the commands" '#include <CLI/' '(^main\.cc|_command\.(h|cc))$'
exit "$status"
