# Live tests of what changes a recording while it runs, two by two: options (throttling, rotation, filters, sampling)
# and events (an upgrade, a restart, a recorder that is behind, a full disk, SIGHUP, a fork, a second recorder). Each
# alone has its tests elsewhere. Here every pair must leave traces that verify, and account for every event that fired.

calls=$PROGRAMS/calls
rebuilt=$PROGRAMS/calls_rebuilt

# A thing NAME is up to three functions: NAME_options adds to `options` before the recording begins, NAME_happens is what
# happens while it runs, and NAME_ends ends it in its way. `fired` counts the events that must have fired, by function.
things=(throttling upgrade rotation filter sampling restart behind hup fork second_recorder behind_at_the_end full_disk)

# made FUNCTION EVENTS: so many more of it have fired, unless its probe is off
made() {
  fired[$1]=$((fired[$1] + $2))
}

# load N: 3 N calls of inner and N of outer
load() {
  ./program nested "$1"
  made inner $((6 * $1))
  made outer $((2 * $1))
}

# all_parts: the files of the recording, in order
all_parts() {
  ls -v "$directory"/t.pgt "$directory"/t.*.pgt 2>/dev/null
}

# in_all_parts SQL: the rows of all
in_all_parts() {
  local part
  for part in $(all_parts); do query "$part" "$1" 2>/dev/null; done
}

is_throttled() {
  kill -0 "$recorder_pid" || fail "the recorder ended"
  in_all_parts "SELECT key FROM meta WHERE key LIKE 'record.throttled%'" | grep -q .
}

throttling_options() {
  options+=(--max-overhead 1%)
}

throttling_happens() {
  ./program endless &
  background_pids=$!
  until_true is_throttled
  kill "$background_pids"
  wait "$background_pids" 2>/dev/null
  background_pids=
}

upgrade_happens() {
  cp "$next" program.new && mv program.new program
  if [ "$next" = "$rebuilt" ]; then next=$calls; else next=$rebuilt; fi
  recorder_says "replaced while recording, and probed too: *: * of 3 functions*"
}

rotation_options() {
  options+=(--rotate 64K)
}

rotation_happens() {
  load 20000
}

filter_options() {
  options+=(--min-duration 10s)
}

filter_happens() {
  load 10
}

sampling_options() {
  options+=(--sample 1/2)
}

sampling_happens() {
  load 10
}

# What runs is killed within a call, and starts again.
restart_happens() {
  start_held ./program hold
  kill -9 "$held_pid"
  wait "$held_pid" 2>/dev/null
  exec {held_out}<&- {held_in}>&-
  start_held ./program hold
  release_held
  made hold 3
}

behind_happens() {
  kill -STOP "$recorder_pid"
  load 20000
  kill -CONT "$recorder_pid"
}

behind_at_the_end_ends() {
  kill -STOP "$recorder_pid"
  load 20000
  kill -TERM "$recorder_pid"
  kill -CONT "$recorder_pid"
}

# As of a recorder that nohup started.
hup_options() {
  trap '' HUP
}

hup_happens() {
  kill -HUP "$recorder_pid"
  load 10
}

fork_happens() {
  ./program forks 4 500
  made inner 4000
}

second_recorder_happens() {
  pgrec record -x "$work/program" -f inner,outer -o second.pgt --force -- ./program nested 100
  check "status of the second" 0 "$status"
  made inner 600
  made outer 200
  check "calls of the second" "inner,300"$'\n'"outer,100" \
    "$(query second.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
}

full_disk_options() {
  mkdir mount
  mount -t tmpfs -o size=1m tmpfs mount || skip "no tmpfs can be mounted"
  directory=mount
}

# What was not written by then is not in the trace, whose recorder knows it and says so.
full_disk_ends() {
  cat /dev/zero >mount/fill 2>/dev/null
  load 20000
  kill -TERM "$recorder_pid" 2>/dev/null
}

# check_account: each part accounts for what fired in it, and all together for what was made
check_account() {
  check "recorder status" 0 "$recorder_status"
  local part function
  for part in $(all_parts); do
    pgrec verify "$part" --full
    check "verify $part" 0 "$status"
    check_match "the identity of $part" "*identity    good*" "$out"
  done
  in_all_parts "SELECT name, fired FROM functions" >fired.csv
  # Nobody knows how often such a function was called before its probe was off.
  in_all_parts "SELECT function FROM losses WHERE cause = 'throttled'" >throttled.csv
  for function in "${!fired[@]}"; do
    if grep -qx "$function" throttled.csv; then continue; fi
    check "events of $function that fired" "${fired[$function]}" \
      "$(awk -F , -v name="$function" '$1 == name { sum += $2 } END { print sum + 0 }' fired.csv)"
  done
}

check_what_a_full_disk_left() {
  check "recorder status on $directory" "1 on mount" "$recorder_status on $directory"
  check_match "what the recorder says" "*pgrec: cannot write $directory/t*pgt: No space left on device"$'\n'"hint: *" "$recorder_said"
  local part
  for part in $(all_parts); do
    check "damage of $part" "" "$(query "$part" 'SELECT * FROM damages' 2>/dev/null)"
  done
}

# check_refusal ARGUMENTS...: pgrec does not begin
check_refusal() {
  pgrec record -x "$work/program" -f inner "$@" -o t.pgt
  check "exit status" 2 "$status"
  check_match messages "pgrec: --max-overhead excludes --min-duration and --sample"$'\n'"hint: *" "$err"
  [ ! -e t.pgt ] || fail "there is a trace"
}

# try ONE OTHER
try() {
  local -A fired=([inner]=0 [outer]=0 [hold]=0)
  local options=() directory=. next=$rebuilt thing
  rm -f t.pgt t.*.pgt
  cp "$calls" program
  for thing in "$1" "$2"; do
    if declare -F "${thing}_options" >/dev/null; then "${thing}_options"; fi
  done
  case "$1 $2" in
    "throttling filter" | "throttling sampling")
      check_refusal "${options[@]}"
      echo "ok: $1 excludes $2"
      return
      ;;
  esac
  record_start -x "$work/program" -f inner,outer,hold "${options[@]}" -o "$directory/t.pgt"
  for thing in "$1" "$2" "$1"; do
    load 100
    if declare -F "${thing}_happens" >/dev/null; then "${thing}_happens"; fi
  done
  local ends=
  for thing in "$1" "$2"; do
    if declare -F "${thing}_ends" >/dev/null; then ends=$thing; fi
  done
  if [ -n "$ends" ]; then "${ends}_ends"; else kill -INT "$recorder_pid"; fi
  record_wait
  # A recording of which nothing is kept may need no more room than it has.
  if [ "$recorder_status" = 0 ]; then check_account; else check_what_a_full_disk_left; fi
  if [ "$directory" != . ]; then umount mount && rmdir mount; fi
  trap - HUP
  echo "ok: $1 and $2"
}

# with_all THING: in pairs with those after it
with_all() {
  require_bpf
  local other after=
  for other in "${things[@]}"; do
    if [ -n "$after" ]; then try "$1" "$other"; fi
    if [ "$other" = "$1" ]; then after=1; fi
  done
}

test_throttling() { with_all throttling; }
test_upgrade() { with_all upgrade; }
test_rotation() { with_all rotation; }
test_filter() { with_all filter; }
test_sampling() { with_all sampling; }
test_restart() { with_all restart; }
test_behind() { with_all behind; }
test_hup() { with_all hup; }
test_fork() { with_all fork; }
test_second_recorder() { with_all second_recorder; }
test_behind_at_the_end() { with_all behind_at_the_end; }
