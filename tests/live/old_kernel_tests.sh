# Live tests on a kernel that is older than pgrec needs.

. "$here/postgres_vocabulary.sh"

# refused_here COMMAND...: pgrec ends with one line, which names this kernel's version, and a hint
refused_here() {
  pgrec "$@"
  check "exit status of $1" 1 "$status"
  check_match "messages of $1" "pgrec: *$(uname -r | grep -oE '^[0-9]+\.[0-9]+')*"$'\nhint: *' "$err"
  check "lines of $1" 2 "$(wc -l <err.txt)"
}

test_a_kernel_that_is_too_old_is_refused_by_its_version() {
  [ "$(id -u)" = 0 ] || skip "this test needs root"
  ! is_kernel 5.15 || skip "this kernel is $(uname -r)"
  refused_here record -x "$PROGRAMS/calls" -f inner -o t.pgt -- "$PROGRAMS/calls" nested 1
  refused_here top -x "$PROGRAMS/calls" -f inner -n 1
  cluster_find_server || skip "no PostgreSQL server is installed"
  refused_here slowlog -x "$cluster_bin/postgres"
  check "files left" "" "$(ls t.pgt* 2>/dev/null)"
}
