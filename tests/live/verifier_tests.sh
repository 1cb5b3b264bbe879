# Live tests of whether the kernel takes each BPF program, each loaded alone, in the configurations in which pgrec
# loads them. What a kernel looks at differs: those before 6.13 add up the stacks of functions that call each other,
# to 512 bytes at most, and the older it is the sooner it gives up. So these run on each kernel that there is.

# loads COMMAND...: it prints what the verifier says, and every program is taken
loads() {
  require_bpf
  "$@" >&3 2>&1 || fail "a program is refused: ${*: -1}"
}

test_each_program_is_taken_when_everything_is_recorded() {
  loads "$PROGRAMS/load_programs" recording
}

test_each_program_is_taken_with_all_filters() {
  loads "$PROGRAMS/load_programs" filtered
}

test_each_program_is_taken_when_slow_statements_are_logged() {
  loads "$PROGRAMS/load_programs" slow
}

test_each_program_is_taken_in_a_pid_namespace() {
  loads unshare --pid --fork --mount-proc "$PROGRAMS/load_programs" filtered
}
