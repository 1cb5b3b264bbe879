# Completion of pgrec for bash.

_pgrec() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} options
  COMPREPLY=()
  if [ "$COMP_CWORD" = 1 ] || [ "${COMP_WORDS[1]}" = help ]; then
    mapfile -t COMPREPLY < <(compgen -W "record list top slowlog check analyze diff sql info dump verify recover help --help --version" -- "$current")
    return
  fi
  case $previous in
    --format) mapfile -t COMPREPLY < <(compgen -W "text csv json" -- "$current") && return ;;
    --attach) mapfile -t COMPREPLY < <(compgen -W "auto uprobe_multi perf_event" -- "$current") && return ;;
    --preset) mapfile -t COMPREPLY < <(compgen -W "queries planner executor buffers io wal locks lwlocks memory vacuum checkpoint partition network" -- "$current") && return ;;
    --split) mapfile -t COMPREPLY < <(compgen -W "pid query database application outcome" -- "$current") && return ;;
    --by) mapfile -t COMPREPLY < <(compgen -W "database user application client backend-type second minute hour" -- "$current") && return ;;
    --outcome) mapfile -t COMPREPLY < <(compgen -W "completed error suspended not-run ended open exit-lost" -- "$current") && return ;;
    --sync) mapfile -t COMPREPLY < <(compgen -W "off 1s chunk" -- "$current") && return ;;
    --text) mapfile -t COMPREPLY < <(compgen -W "full normalized none" -- "$current") && return ;;
    -x | --exec | -o | --output | -l | --log) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
  esac
  case ${COMP_WORDS[1]} in
    record) options="--exec --func --preset --strict --pid --output --force --duration --interval --max-size --rotate --keep --min-duration --sample --max-overhead --dry-run --buffer --attach --sync --text --text-limit --label --verbose --help" ;;
    list) options="--exec --pid --func --presets --format --help" ;;
    top) options="--exec --pid --func --preset --interval --iterations --buffer --verbose --help" ;;
    slowlog) options="--exec --pid --threshold --duration --errors --log --format --text --text-limit --verbose --help" ;;
    check) options="--exec --format --verbose --help" ;;
    analyze) options="--hist --split --linear --by-pid --by-query --slow --outliers --execution --tree --timeline --heatmap --by --transactions --events --db --force --func --pid --from --to --query --database --user --application --backend-type --outcome --threshold --min-duration --exact --sort --limit --width --wide --threads --format --help" ;;
    diff) options="--base --test --func --pid --from --to --min-duration --threads --exact --format --help" ;;
    sql) options="--ask --format --width --wide --threads --help" ;;
    info) options="--format --help" ;;
    dump) options="--func --pid --from --to --min-duration --follow --format --help" ;;
    verify) options="--full --format --help" ;;
    recover) options="--output --force --help" ;;
  esac
  if [[ $current == -* || ${COMP_WORDS[1]} == list ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -X '!*.pgt' -- "$current")
  fi
}
complete -o filenames -F _pgrec pgrec
