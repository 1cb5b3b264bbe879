#!/usr/bin/env bash
# Runs every command that reads a trace, in every view and format for people, and JSON, on a trace and under file names full
# of what a terminal acts on, and looks for any of it in stdout and stderr. CSV is for programs, and has the bytes as they are.
set -u
work=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-terminal.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
runs=0

fail() {
  printf '%q: %s\n' "${*:2}" "$1"
  failed=1
}

# is_printable FILE: no byte below 0x20 but ends of lines, no DEL, valid UTF-8, no control character of two bytes, and none
# that turns the direction or ends a line.
is_printable() {
  ! LC_ALL=C grep -qP '[\x00-\x09\x0B-\x1F\x7F]|\xC2[\x80-\x9F]|\xE2\x80[\xA8-\xAE]|\xE2\x81[\xA6-\xA9]' "$1" &&
    iconv -f utf-8 -t utf-16 "$1" >/dev/null 2>&1
}

# says WORD ARGUMENT...: what `pgrec ARGUMENT...` prints has the word, so that there was something to look at; it is printable,
# and no line of it is the one that the trace would like to forge.
says() {
  local word=$1
  shift
  "$PGREC" "$@" >out 2>err </dev/null
  [ $? -le 3 ] || fail "exit status" "$@"
  runs=$((runs + 1))
  cat out err >both
  grep -qaF -- "$word" both || fail "does not say $word" "$@"
  is_printable out || { fail "stdout is not printable" "$@"; od -c out | head -n 20; }
  is_printable err || { fail "stderr is not printable" "$@"; od -c err | head -n 20; }
  ! grep -qa '^hint: sh evil' both || fail "has a line of the trace's own" "$@"
}

name=$'evil\e[31m\n\x07\x9b\xc2\x9b\xff.pgt'
"$MAKE_HOSTILE_TRACE" "$name" || exit 1
damaged=damaged$name
cp "$name" "$damaged"
printf '\377\377\377\377' | dd of="$damaged" bs=1 seek=1200 conv=notrunc 2>/dev/null
cut=cut$name
head -c -90 "$name" >"$cut"

all="SELECT * FROM "
for file in "$name" "$damaged" "$cut"; do
  for format in text json; do
    says evil info "$file" --format "$format"
    says evil dump "$file" --format "$format"
    says evil verify "$file" --full --format "$format"
    for view in '' --hist --by-pid --by-query --slow --exact; do
      says evil analyze "$file" $view --format "$format"
    done
    for view in --tree --outliers --timeline --heatmap '--by application' --transactions --events --events=list \
      '--hist --split query' '--execution 0'; do
      says '' analyze "$file" $view --format "$format"
    done
    says '' analyze "$file" --by-query --query "$name" --format "$format"
    says evil analyze "$file" --hist --by-pid --by-query --slow --format "$format"
    says evil diff "$file" "$name" --format "$format"
    for relation in meta functions calls executions preparations worker_runs statements idle_in_transaction errors events \
      function_times processes losses clocks damages; do
      says '' sql "$file" "$all$relation" --format "$format"
    done
    says evil sql "$file" "SELECT text AS \"$name\" FROM executions" --format "$format"
  done
  says evil recover "$file" -o "recovered$name" --force
done
says 'Screen' sql "$name" "SELECT 'Screen' || char(27, 155, 8238, 10)"
says 'u202E' sql "$name" "SELECT 'Screen' || char(27, 155, 8238, 10)"
says 'x1B' info "$name"

# What is wrong with a command line is quoted in the message and in the hint.
says evil info "no$name"
says evil sql "$name" "SELECT $name"
says evil dump "$name" -f "$name"
says evil dump "$name" --from "$name"
says evil analyze "$name" --format "$name"
says evil analyze "$name" "--$name"
says evil analyze "$name" --threshold "$name" --slow
says evil analyze "$name" --sort "$name"
says evil analyze "$name" --from "$name"
says evil analyze "$name" --outcome "$name"
says evil analyze "$name" --by "$name"
says evil analyze "$name" "$damaged"
says evil "$name"
says names recover "$name" -o "$name"
says evil recover "$name" -o "no$name/$name"
printf 'no trace' >"text$name"
says evil info "text$name"
# Not where pgrec is built without recording.
if [ "$WITH_RECORD" = 1 ]; then
  says evil list -x "$name"
  says evil list -x "/nowhere/$name" "$name"
  says evil record -x "$name" -f "$name" -o "$name"
  says evil record --label "$name" -x /bin/true -f "$name" -o "$name" -- "$name"
  says evil slowlog -x "$name" -l "$name/$name" -t "$name"
  says evil top -x "$name" -f "$name"
  says evil check "$name"
fi

# CSV has each byte, whichever way it is printed.
"$PGREC" sql "$name" "SELECT text FROM executions" --format csv 2>/dev/null | LC_ALL=C grep -qaP '\x1B\]0;title\x07' ||
  fail "CSV is not exact" sql
"$PGREC" analyze "$name" --by-query --format csv 2>/dev/null | LC_ALL=C grep -qaP '\xFF\x9BSELECT \$5' ||
  fail "CSV is not exact" analyze
[ "$runs" -ge 150 ] || fail "only $runs runs"
exit "$failed"
