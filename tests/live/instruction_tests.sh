# Live tests of functions that begin with an instruction on which the kernel takes no probe, or gets it wrong: what
# pgrec list says of each is what the kernel does, and what pgrec record does.

instructions=$PROGRAMS/instructions

# What the kernel refuses while a process runs the program, and what pgrec list says that it refuses. Instructions that
# cannot be decoded are left out: no compiler makes them. Asked is of two rows of the tables, as the kernel takes a tenth
# of a second for each; with PGREC_ALL_OPCODES=1 of all, which takes about eight minutes.
test_what_list_says_of_a_first_instruction_is_what_the_kernel_does() {
  require_bpf
  [ -e /sys/bus/event_source/devices/uprobe/type ] || skip "this kernel has no perf events for uprobes"
  start_held "$instructions" hold
  local opcodes='*_6?,*_e[89abe]'
  [ "${PGREC_ALL_OPCODES:-}" != 1 ] || opcodes='*'
  pgrec list -x "$instructions" "$opcodes"
  check "exit status" 0 "$status"
  tail -n +2 out.txt | grep -v "there is no code where its symbol stands" | sort >listed
  [ "$(wc -l <listed)" -gt 100 ] || fail "only $(wc -l <listed) functions are listed"
  awk '{ print $1, $3 }' listed | "$PROGRAMS/uprobe_taken" "$instructions" | sort >asked
  awk '{ print $1, /the kernel cannot probe/ ? "refused" : "taken" }' listed | sort >said
  check "what is said otherwise than the kernel does" "" "$(diff said asked)"
  local fate
  for fate in taken refused; do
    [ "$(grep -c " $fate$" asked)" -gt 30 ] || fail "only $(grep -c " $fate$" asked) are $fate"
  done
  release_held
}

test_a_function_that_cannot_be_probed_is_told_and_works_on() {
  require_bpf
  local reason="the kernel cannot probe its first instruction"
  check "what is listed" "increment unprobeable $reason
load_of_own unprobeable $reason
ordinary ok
store unprobeable a probe would break the program: the kernel takes its first instruction for another" \
    "$(pgrec list -x "$instructions" increment,load_of_own,store,ordinary
      tail -n +2 out.txt | awk '{ $3 = $4 = $5 = ""; print }' | tr -s ' ' | sed 's/ $//')"
  local method
  for method in $(attach_methods); do
    # Nobody runs it yet: the kernel cannot refuse.
    pgrec record -x "$instructions" -f increment,load_of_own,store,ordinary --attach "$method" --force -o t.pgt \
      -- "$instructions" run 1000
    check "exit status, $method" 0 "$status"
    check "what the program has done, $method" "1000 1000 1000 1000 7" "$out"
    check "what is not probed, $method" "  not probed  increment: $reason
  not probed  load_of_own: $reason
  not probed  store: a probe would break the program: the kernel takes its first instruction for another" \
      "$(grep '^  not probed' <<<"$err" | sort)"
    check "calls, $method" ordinary,1000 "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
    check "silent functions, $method" "" "$(grep 'no calls' <<<"$err")"
  done
  pgrec record -x "$instructions" -f increment,store -o none.pgt
  check "exit status where all cannot be probed" 1 "$status"
  check_match "message" "pgrec: nothing to record in $instructions: increment: $reason; store: a probe would *" "$err"
}

test_what_steps_cost_is_measured_and_told() {
  require_bpf
  local method
  for method in $(attach_methods); do
    pgrec record -x "$instructions" -f ordinary,stepped --attach "$method" --force -o t.pgt -- "$instructions" run 1000
    check "exit status, $method" 0 "$status"
    check_match "summary, $method" "*
  probe cost  * a call and *s a step, measured on an empty function
  cost        *s, 2,000 calls at * to *s and 1,000 steps at * to *s:
*" "$err"
    check "what was paid at least, $method" "1" "$(query t.pgt "SELECT f.cost_ns = 2000 * f.call_ns + 1000 * f.step_ns
      FROM (SELECT sum(iif(key = 'record.cost_ns', CAST(value AS INTEGER), 0)) AS cost_ns,
        sum(iif(key = 'record.probe_cost_ns', CAST(value AS INTEGER), 0)) AS call_ns,
        sum(iif(key = 'record.step_cost_ns', CAST(value AS INTEGER), 0)) AS step_ns FROM meta) AS f")"
  done
  pgrec record -x "$instructions" -f ordinary --force -o t.pgt -- "$instructions" run 1000
  check_match "summary without steps" "*
  probe cost  * a call, measured on an empty function
  cost        *s, 1,000 calls at * to *s:
*" "$err"
  check "cost of a step where there is none" "" "$(fact t.pgt record.step_cost_ns)"
}
