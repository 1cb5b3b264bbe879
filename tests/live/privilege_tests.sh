# Live tests of recording without root: what each capability is for, and what is said where one is missing.

calls=$PROGRAMS/calls
server=$PROGRAMS/server

# require_user: a directory in which another user can work, with the program it records with
require_user() {
  require_bpf
  chmod 777 "$work"
  cp "$PGREC" ./pgrec-of-user
  cp "$calls" "$server" .
}

# require_probing_user: the same, on a kernel that lets it
require_probing_user() {
  require_kernel 6.6 "probes without CAP_SYS_ADMIN"
  require_user
}

# make_user CAPABILITIES: makes the program as-user, which is pgrec as nobody with these ("bpf perfmon") only
make_user() {
  local capabilities=${1:+,}$1
  capabilities=-all${capabilities//[ ,]/,+}
  cat >as-user <<END
#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=$capabilities --ambient-caps=$capabilities \\
  --bounding-set=$capabilities "$work/pgrec-of-user" "\$@"
END
  chmod 755 as-user
}

# record_as CAPABILITIES ARGUMENTS...: pgrec record as that user; leaves what it says in $err and its status in
# $status
record_as() {
  make_user "$1"
  shift
  status=0
  ./as-user record "$@" >out.txt 2>err.txt || status=$?
  err=$(cat err.txt)
}

# start_server_of_another: tests/programs/server as a third user
start_server_of_another() {
  start_server setpriv --reuid=65533 --regid=65533 --clear-groups "$work/server"
}

test_two_capabilities_are_enough_for_a_program_of_another_user() {
  require_probing_user
  start_server_of_another
  make_user "bpf perfmon"
  PGREC=$work/as-user record_start -x "$work/server" -f work -o t.pgt
  server_do "query SELECT 1" "work 3" idle
  record_stop
  check "recorder status" 0 "$recorder_status"
  check "calls by query" "SELECT 1,3" \
    "$(query t.pgt 'SELECT e.text, count(*) FROM calls JOIN executions e USING (execution_id)')"
  check "the process" "$server_pid" "$(query t.pgt 'SELECT pid FROM processes')"
  check "owner and mode" "65534 600" "$(stat -c '%u %a' t.pgt)"
  check_match "what the summary says of the settings" \
    "*  not known   the settings of a server of another user: CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are missing*" "$recorder_said"
  check "what the trace says of them" "the settings of a server of another user: CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are missing" \
    "$(query t.pgt "SELECT value FROM meta WHERE key = 'record.not_known'")"
  record_as "bpf perfmon sys_ptrace" -x "$work/server" -f work -o u.pgt -d 1ms
  check_match "with one of them" "*  not known   the settings of a server of another user: CAP_DAC_READ_SEARCH is missing*" "$err"
  stop_server
}

test_a_missing_capability_is_named() {
  require_user
  local start="pgrec: recording needs root, or the capabilities CAP_BPF and CAP_PERFMON"
  local hint=$'\nhint: sudo pgrec record …; the trace can then be analyzed without root'
  record_as "" -x ./calls -f inner -o t.pgt
  check "without any" "1 $start$hint" "$status $err"
  record_as "perfmon sys_ptrace" -x ./calls -f inner -o t.pgt
  check "without CAP_BPF" "1 $start; CAP_BPF is missing$hint" "$status $err"
  record_as "bpf sys_ptrace" -x ./calls -f inner -o t.pgt
  check "without CAP_PERFMON" "1 $start; CAP_PERFMON is missing$hint" "$status $err"
  if is_kernel 6.6; then
    record_as "bpf perfmon" -x ./calls -f inner --attach perf_event -o t.pgt
    check "a perf event without root" "1 pgrec: a perf event for each probe needs root; CAP_SYS_ADMIN is missing
hint: from Linux 6.6 on, and without --attach, CAP_BPF and CAP_PERFMON are enough" "$status $err"
  else
    local only_root="1 pgrec: this kernel, Linux $(uname -r), lets only root attach probes; CAP_SYS_ADMIN is missing$hint; from Linux 6.6 on, CAP_BPF and CAP_PERFMON are enough"
    record_as "bpf perfmon" -x ./calls -f inner -o t.pgt
    check "what the kernel has without root" "$only_root" "$status $err"
    record_as "bpf perfmon" -x ./calls -f inner --attach perf_event -o t.pgt
    check "a perf event without root" "$only_root" "$status $err"
  fi
  check "files left" "" "$(ls -A | grep pgt)"
}

test_seeing_processes_of_others_needs_a_capability() {
  require_probing_user
  start_server_of_another
  record_as "bpf perfmon" -p "$server_pid" -f work -o t.pgt -d 1ms
  check "-p without a binary" "1 pgrec: cannot see which binary process $server_pid runs; CAP_SYS_PTRACE is missing
hint: run pgrec record as root, or name the binary with -x" "$status $err"
  record_as "bpf perfmon" -x server -f work -o t.pgt -d 1ms
  check "a bare name" "1 pgrec: there is no binary called server, running, in PATH or among the PostgreSQL servers; of other users' processes it cannot be seen: CAP_SYS_PTRACE is missing
hint: give its path: -x /path/to/server" "$status $err"
  record_as "bpf perfmon" -p "$server_pid" -x "$work/server" -f work -o path.pgt -d 1ms
  check "status of -p with a path" 0 "$status"
  check_match "-p with a path" "pgrec: which file process $server_pid sees at $work/server is not known; CAP_SYS_PTRACE is missing
hint: it is taken for the one seen from here, which is right unless the process runs in a container or a chroot
recording *" "$err"
  record_as "bpf perfmon sys_ptrace" -p "$server_pid" -f work -o pid.pgt -d 1ms
  check "-p with CAP_SYS_PTRACE" 0 "$status"
  record_as "bpf perfmon sys_ptrace" -x server -f work -o name.pgt -d 1ms
  check "a bare name with CAP_SYS_PTRACE" 0 "$status"
  stop_server
}

test_the_servers_own_user_needs_no_more() {
  require_probing_user
  start_server setpriv --reuid=65534 --regid=65534 --clear-groups "$work/server"
  record_as "bpf perfmon" -p "$server_pid" -f work -o t.pgt -d 1ms
  check "exit status" 0 "$status"
  check_match "what is said" "recording 1 function of $work/server to t.pgt; *" "$err"
  stop_server
}

test_a_directory_of_another_user_is_one_line_and_a_hint() {
  require_user
  mkdir -m 755 other
  record_as "bpf perfmon" -x ./calls -f inner -o other/t.pgt -d 1ms
  check "exit status" 1 "$status"
  check messages $'pgrec: cannot write other/t.pgt: Permission denied\nhint: name another file with -o' "$err"
}
