#!/usr/bin/env bash
# run.sh [--update] FILE: runs the commands in FILE and compares what they print with what stands there;
# --update writes it there.
#
# FILE is a .golden file, or a Markdown file, of which every fenced block that begins with "$ pgrec"
# counts. In both,
#   $ pgrec …   is run, and followed by its stdout, then its stderr with "stderr: " before each line, then
#               "exit: N" where N is not 0, then a blank line (not at the end of a block);
#   % command   prepares something, and prints nothing;
#   # text      is a remark.
# Commands run in an empty directory in which samples/ is the project's.
set -u

update=no
if [ "$1" = --update ]; then
  update=yes
  shift
fi
file=$(readlink -f "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/pgrec-golden.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/run"
ln -s "$SAMPLES" "$work/run/samples"
pgrec() { "$PGREC" "$@"; }
export -f pgrec

# run_command COMMAND: what the command prints, as it stands in the file.
run_command() {
  local status=0
  (cd "$work/run" && bash -c "$1") >"$work/out" 2>"$work/err" </dev/null || status=$?
  cat "$work/out"
  sed 's/^/stderr: /' "$work/err"
  [ "$status" = 0 ] || echo "exit: $status"
}

# Copies a block from stdin with the output of its commands made anew.
render_block() {
  local line first=yes
  while IFS= read -r line; do
    case $line in
      '$ '*)
        [ "$first" = yes ] || echo
        echo "$line"
        run_command "${line#\$ }"
        ;;
      '% '*)
        [ "$first" = yes ] || echo
        echo "$line"
        (cd "$work/run" && bash -c "${line#% }") || echo "exit: $?"
        ;;
      '# '*)
        [ "$first" = yes ] || echo
        echo "$line"
        ;;
      *) continue ;;
    esac
    first=no
  done
}

# Copies a Markdown file from stdin with its blocks rendered.
render_markdown() {
  local line block
  while IFS= read -r line; do
    printf '%s\n' "$line"
    [[ $line == '```'* ]] || continue
    block=
    while IFS= read -r line && [[ $line != '```' ]]; do block+=$line$'\n'; done
    if [[ $block == '$ pgrec'* ]]; then
      render_block <<<"${block%$'\n'}"
    else
      printf '%s' "$block"
    fi
    echo '```'
  done
}

case $file in
  *.md) render_markdown <"$file" >"$work/actual" ;;
  *) render_block <"$file" >"$work/actual" ;;
esac
if [ "$update" = yes ]; then
  cp "$work/actual" "$file"
else
  diff -u --label expected --label actual "$file" "$work/actual" || exit 1
fi
