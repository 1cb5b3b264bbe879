# Live tests of pgrec check, and of the causes that keep pgrec from recording: each is one line and a hint. What a
# machine does not have is hidden from pgrec in a mount namespace of its own.

calls=$PROGRAMS/calls
server=$PROGRAMS/server

# works FEATURE: what the last pgrec check said of it, by its text
works() {
  sed -n "/^feature /,\$s/^$1  *\(yes\|no\|not tried\)\( .*\)\?\$/\1/p" <<<"$out"
}

# check_with COMMAND...: pgrec check under such a command; leaves the same as pgrec
check_with() {
  status=0
  "$@" "$PGREC" check -x "$server" >out.txt 2>err.txt || status=$?
  out=$(cat out.txt)
  err=$(cat err.txt)
}

# hidden COMMAND DIRECTORY: the shell command that runs what follows it with DIRECTORY looking empty
hidden() {
  mkdir -p empty
  printf 'mount --bind "%s/empty" "%s" && exec "$@"' "$work" "$1"
}

# record_is_refused_too COMMAND...: under it pgrec record says what pgrec check said, and leaves nothing
record_is_refused_too() {
  local of_check=$err
  status=0
  "$@" "$PGREC" record -x "$calls" -f inner -o t.pgt >out.txt 2>err.txt || status=$?
  check "status of record" 1 "$status"
  check "what record says" "${of_check/cannot record here: /}" "$(cat err.txt)"
  check "files left" "" "$(ls t.pgt* 2>/dev/null)"
}

test_root_is_told_that_everything_works() {
  require_bpf
  check_with env
  check "exit status" 0 "$status"
  check messages "" "$err"
  local feature
  for feature in record "query hooks" "USDT probes" filters "kernel events" slowlog; do
    check "$feature" yes "$(works "$feature")"
  done
  check "the last line" "pgrec can record here" "$(tail -n 1 out.txt)"
  check "the kernel" "kernel  Linux $(uname -r) on $(uname -m)" "$(grep '^kernel  Linux' out.txt)"
  check "the server" "server  $server" "$(grep '^server ' out.txt)"
  check "its width" "" "$(sed -n '/^feature/,$p' out.txt | grep -E '^.{81}')"
}

test_what_a_server_does_not_tell_is_a_remark() {
  require_bpf
  check_with env
  check_match "the remark" "*query hooks*but not known of the server:*" "$out"
  pgrec check -x "$calls"
  check "status for a program that is no server" 1 "$status"
  check "its query hooks" no "$(works "query hooks")"
  check_match "what is said" "pgrec: cannot record here: query hooks: * reports no queries: *
hint: *" "$err"
}

test_check_for_programs_says_the_same() {
  require_bpf
  check_with env
  local named
  named=$(sed -nE '/^feature /,/^$/s/^([^ ]+( [^ ]+)*)  +(yes|no|not tried)( .*)?$/\1 \3/p' out.txt)
  pgrec check -x "$server" --format json
  check "exit status" 0 "$status"
  check "features" "$named" "$(grep -oE '"feature": "[^"]*", "works": "[^"]*"' out.txt |
    sed -E 's/"feature": "([^"]*)", "works": "([^"]*)"/\1 \2/')"
  check_match "what it says" '{"facts": {"pgrec": *"can_record": true}' "$out"
  pgrec check --format xml
  check "another format" "2 pgrec: --format: there is no format 'xml'
hint: text or json" "$status $err"
}

test_nobody_is_told_what_is_missing() {
  require_bpf
  chmod 755 "$work"
  cp "$PGREC" "$server" .
  PGREC=$work/pgrec server=$work/server
  local nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
  check_with $nobody
  check "exit status" 1 "$status"
  check messages "pgrec: cannot record here: recording needs root, or the capabilities CAP_BPF and CAP_PERFMON
hint: run it as root: sudo pgrec check" "$err"
  check record no "$(works record)"
  check "query hooks" "not tried" "$(works "query hooks")"
  check_with setpriv --inh-caps=-all --bounding-set=-sys_admin,-bpf
  check "root without capabilities" "1 pgrec: cannot record here: recording needs the capabilities CAP_BPF and CAP_PERFMON, which this root does not have, as in a container; CAP_BPF is missing
hint: run pgrec on the host, or its container with --privileged" "$status $err"
}

test_two_capabilities_are_enough_from_uprobe_multi_on() {
  require_bpf
  chmod 755 "$work"
  cp "$PGREC" "$server" .
  PGREC=$work/pgrec server=$work/server
  local two=-all,+bpf,+perfmon
  check_with setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=$two --ambient-caps=$two --bounding-set=$two
  if [ "$(works uprobe_multi)" = yes ]; then
    check "exit status" 0 "$status"
    check "without root" yes "$(works "without root")"
  else
    check "what is said" "1 pgrec: cannot record here: this kernel, Linux $(uname -r), lets only root attach probes; CAP_SYS_ADMIN is missing
hint: run it as root: sudo pgrec check; from Linux 6.6 on, CAP_BPF and CAP_PERFMON are enough" "$status $err"
    check "without root" no "$(works "without root")"
  fi
}

test_a_seccomp_filter_is_named() {
  require_bpf
  local error
  for error in ENOSYS EPERM; do
    check_with "$PROGRAMS/without_bpf" $error
    check "with $error" "1 pgrec: cannot record here: a seccomp filter keeps this process from loading BPF programs
hint: run pgrec on the host, or its container with --privileged or a seccomp profile that allows bpf and perf_event_open" \
      "$status $err"
    check_match limits "*limits  a seccomp filter*" "$out"
    record_is_refused_too "$PROGRAMS/without_bpf" $error
  done
}

test_a_kernel_without_bpf_is_told_from_a_filter() {
  require_bpf
  local without=(unshare -m sh -c "$(hidden /proc/sys/kernel)" sh "$PROGRAMS/without_bpf" ENOSYS)
  check_with "${without[@]}"
  check "what is said" "1 pgrec: cannot record here: this kernel has no BPF (CONFIG_BPF_SYSCALL): it is Linux $(uname -r)
hint: pgrec records on Linux 5.15 or later; a trace can be analyzed anywhere" "$status $err"
  record_is_refused_too "${without[@]}"
}

test_a_user_namespace_is_named() {
  require_bpf
  unshare -Ur true 2>/dev/null || skip "this kernel makes no user namespaces"
  check_with unshare -Ur
  check "what is said" "1 pgrec: cannot record here: this process is in a user namespace, as of a rootless container, where the kernel lets nobody load BPF programs
hint: run pgrec outside of it, as root of the machine" "$status $err"
  record_is_refused_too unshare -Ur
}

test_a_kernel_without_btf_is_named() {
  require_bpf
  local without=(unshare -m sh -c "$(hidden /sys/kernel/btf)" sh)
  check_with "${without[@]}"
  check "what is said" "1 pgrec: cannot record here: this kernel has no BTF (CONFIG_DEBUG_INFO_BTF): there is no /sys/kernel/btf/vmlinux
hint: use a kernel that has it, as those of distributions do; or is /sys not mounted?" "$status $err"
  record_is_refused_too "${without[@]}"
}

# What is tried decides, not what a file says.
test_a_lockdown_is_told_and_no_obstacle_where_programs_load() {
  require_bpf
  check_with unshare -m sh -c 'mount -t tmpfs none /sys/kernel/security &&
    echo "none integrity [confidentiality]" >/sys/kernel/security/lockdown && exec "$@"' sh
  check "exit status" 0 "$status"
  check_match limits "*limits  lockdown (confidentiality)*" "$out"
}

test_a_verifiers_refusal_is_no_lack_of_rights() {
  require_bpf
  status=0
  "$PROGRAMS/refused" 2>err.txt || status=$?
  check "what is said" "1 the kernel's verifier refuses pgrec's program does_not_ask
it is a fault of pgrec with this kernel: please report it with what pgrec check -v says" "$status $(cat err.txt)"
  "$PROGRAMS/refused" -v 2>err.txt
  grep -q "invalid mem access" err.txt || fail "-v does not show the verifier's words: $(cat err.txt)"
}

# From uprobe_multi on they are not asked for.
test_a_kernel_without_uprobe_events_is_named() {
  require_bpf
  local without=(unshare -m sh -c "$(hidden /sys/bus/event_source/devices)" sh)
  check_with "${without[@]}"
  if [ "$(works uprobe_multi)" = yes ]; then
    check "exit status" 0 "$status"
  else
    check "what is said" "1 pgrec: cannot record here: this kernel has no uprobes (CONFIG_UPROBE_EVENTS): there is no /sys/bus/event_source/devices/uprobe
hint: use a kernel that has them, as those of distributions do; or is /sys not mounted?" "$status $err"
    record_is_refused_too "${without[@]}"
  fi
}
