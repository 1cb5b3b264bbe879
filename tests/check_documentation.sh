#!/usr/bin/env bash
# check_documentation.sh PGREC: every sub-command and every long option in --help is in the manual page and
# in the completion, and the other way round; every one of record/ is in main.cc's list of these; and
# what is measured of an execution is in the documents.
set -u
pgrec=$1
cd "$(dirname "$0")/.." || exit 1

commands=$("$pgrec" --help | sed -n '/^Subcommands:/,$p' | grep -oE '^  [a-z]+' | sort)
options=$(for command in '' $commands; do "$pgrec" $command --help; done |
  grep -E '^  -' | grep -oE -- '--[a-z][a-z-]*' | sort -u)
in_manual=$(grep -oE '^\\fB.*--[a-z][a-z-]*\\fR' docs/pgrec.1 | grep -oE -- '--[a-z][a-z-]*' | sort -u)
in_completion=$(grep -oE -- '--[a-z][a-z-]*' docs/completion/pgrec.bash | sort -u)
status=0
diff --label help --label docs/pgrec.1 -u <(echo "$options") <(echo "$in_manual") || status=1
diff --label help --label docs/completion/pgrec.bash -u <(echo "$options") <(echo "$in_completion") || status=1
for command in $commands; do
  grep -q "^.SH PGREC ${command^^}\$" docs/pgrec.1 || { echo "pgrec $command has no section in docs/pgrec.1"; status=1; }
  grep -qE "compgen -W \"([a-z]+ )*$command( [a-z]+)* --help" docs/completion/pgrec.bash || { echo "pgrec $command is not completed"; status=1; }
done
# The columns of `executions` are in the manual page in their order; its measures are arguments in the format.
columns=$("$pgrec" sql --format csv samples/tiny.pgt "SELECT name FROM pragma_table_info('executions')" | tail -n +2)
in_manual=$(sed -n '/^\.B executions$/,/^\.TP$/p' docs/pgrec.1 | tr '\n' ' ' | sed -E 's/^.*Executions: //; s/\([^)]*\)//g; s/\. .*$//' |
  tr -d ' ' | tr ',' '\n')
diff --label executions --label docs/pgrec.1 -u <(echo "$columns") <(echo "$in_manual") || status=1
measures=$("$pgrec" sql --format csv samples/tiny.pgt "SELECT name FROM pragma_table_info('statements')
  WHERE cid >= (SELECT cid FROM pragma_table_info('statements') WHERE name = 'rows')" | tail -n +2)
in_format=$(sed -n '/^| argument | unit |/,/^$/p' docs/format.md | cut -d'|' -f2)
for measure in $measures; do
  grep -q "\`$measure\`" <<<"$in_format" || { echo "$measure is no argument in docs/format.md"; status=1; }
done
# A pgrec without the half that records knows the names of its commands.
known=$(sed -n '/^constexpr const char\* kCommandsLeftOut/,/;/p' main.cc)
for command in $commands; do
  [ -e "record/${command}_command.cc" ] || continue
  grep -q "\"$command\"" <<<"$known" || { echo "pgrec $command is not in main.cc's kCommandsLeftOut"; status=1; }
done
exit "$status"
