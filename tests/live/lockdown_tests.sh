# Live tests on a kernel that was booted with lockdown=confidentiality.

calls=$PROGRAMS/calls

test_a_lockdown_is_named_by_each_command() {
  [[ $(cat /sys/kernel/security/lockdown) == *'[confidentiality]'* ]] || skip "this kernel is not locked down"
  local reason="the kernel is locked down (confidentiality): it lets no BPF program read its memory"
  local hint="hint: boot without lockdown=confidentiality; lockdown=integrity does not hinder pgrec"
  pgrec check
  check "check" "1 pgrec: cannot record here: $reason
$hint" "$status $err"
  check_match "what check says of the machine" "*limits *lockdown (confidentiality)*" "$out"
  pgrec record -x "$calls" -f inner -o t.pgt -- "$calls" nested 1
  check "record" "1 pgrec: $reason
$hint" "$status $err"
  pgrec top -x "$calls" -f inner -n 1
  check "top" "1 pgrec: $reason
$hint" "$status $err"
  check "files left" "" "$(ls t.pgt* 2>/dev/null)"
}
