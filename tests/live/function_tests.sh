# Live tests of finding what is to be probed: the functions that pgrec list shows, the names people write for them,
# and the binaries they can mean.

calls=$PROGRAMS/calls

# list_lines FILE PATTERNS: what pgrec list says of them, blanks made one
list_lines() {
  pgrec list -x "$1" "$2"
  check "status of list -x $1 $2" 0 "$status"
  tail -n +2 <<<"$out" | tr -s ' '
}

test_functions_are_listed_from_wherever_their_symbols_are() {
  command -v objcopy xz >/dev/null || skip "objcopy or xz is not installed: apt-get install binutils xz-utils"
  cp "$PROGRAMS/calls" symtab
  check_match "with .symtab" "call_inner ok 0x* .symtab*" "$(list_lines ./symtab call_inner)"

  strip -o stripped symtab
  pgrec list -x ./stripped call_inner
  check "status where all is stripped" 1 "$status"
  check "messages" "pgrec: ./stripped names no functions
hint: it is stripped and exports none; install its debug symbols, or use a build that exports its functions" "$err"

  mkdir linked linked/.debug
  objcopy --only-keep-debug symtab linked/.debug/calls.debug
  objcopy --strip-all --add-gnu-debuglink=linked/.debug/calls.debug symtab linked/calls
  check_match "with a debug file" "call_inner ok 0x* debug file*" "$(list_lines ./linked/calls call_inner)"
  pgrec list -x ./linked/calls
  check_match "the debug file" "*debug file  *linked/.debug/calls.debug*" "$out"
  objcopy --only-keep-debug "$PROGRAMS/calls_endbr64" linked/.debug/calls.debug
  pgrec list -x ./linked/calls call_inner
  check "status with the debug file of another build" 1 "$status"

  # As Fedora does: a table of the functions' symbols, compressed.
  objcopy -S --remove-section .comment --keep-symbol=call_inner symtab mini
  objcopy -S --remove-section .gnu_debugdata symtab minidebug
  xz mini
  objcopy --add-section .gnu_debugdata=mini.xz minidebug
  check_match "with MiniDebugInfo" "call_inner ok 0x* MiniDebugInfo*" "$(list_lines ./minidebug call_inner)"
}

test_a_function_that_was_inlined_everywhere_is_said_to_be() {
  check "what is said" "discounted inlined - - - it was inlined wherever it is called, and has no code of its own" \
    "$(list_lines "$PROGRAMS/cart" discounted)"
  pgrec list -x "$PROGRAMS/cart" discoutned
  check "status for a name that is nowhere" 1 "$status"
}

test_functions_of_a_debug_file_are_recorded() {
  require_bpf
  mkdir .debug
  objcopy --only-keep-debug "$calls" .debug/calls.debug
  objcopy --strip-all --add-gnu-debuglink=.debug/calls.debug "$calls" ./calls
  # A function that is local to its file.
  pgrec record -x ./calls -f call_inner,inner -o t.pgt -- ./calls threads 2 500
  check "exit status" 0 "$status"
  check calls $'call_inner,2\ninner,1000' "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
}

test_a_body_and_its_stub_are_probed_once() {
  require_bpf
  pgrec record -x "$PROGRAMS/partial" -f 'work*' -o t.pgt -- "$PROGRAMS/partial" 1000 200 50
  check "exit status" 0 "$status"
  check calls work,1200 "$(query t.pgt 'SELECT function, count(*) FROM calls GROUP BY 1')"
  check_match "what is not probed" "*not probed  work.part.0: what is probed of it is the same code as of work*" "$err"
}

test_cpp_functions_are_found_by_the_names_people_write() {
  require_bpf
  local name
  for name in 'shop::Cart::add(int, long)' _ZN4shop4Cart3addEil; do
    pgrec record -x "$PROGRAMS/cart" -f "$name" -o "$name.pgt" -- "$PROGRAMS/cart" 100
    check "exit status" 0 "$status"
    check calls _ZN4shop4Cart3addEil,100 "$(query "$name.pgt" 'SELECT function, count(*) FROM calls GROUP BY 1')"
  done
  pgrec record -x "$PROGRAMS/cart" -f 'shop::Cart::add' -o t.pgt -- "$PROGRAMS/cart" 100
  check "calls of both" 200 "$(query t.pgt 'SELECT count(*) FROM calls')"
}

test_a_bare_name_with_several_candidates_lists_them() {
  require_bpf
  mkdir one two
  cp "$calls" one/ambiguous
  cp "$calls" two/ambiguous
  status=0
  PATH=$work/one:$work/two:$PATH "$PGREC" record -x ambiguous -f inner -o t.pgt 2>err.txt || status=$?
  check "exit status" 1 "$status"
  check messages "pgrec: there are 2 different binaries called ambiguous: $work/one/ambiguous, $work/two/ambiguous
hint: name one of them: -x $work/one/ambiguous" "$(cat err.txt)"
}

test_a_running_binary_wins_over_path() {
  require_bpf
  mkdir one two
  cp "$calls" one/ambiguous
  cp "$calls" two/ambiguous
  start_held "$work/two/ambiguous" hold
  status=0
  PATH=$work/one:$work/two:$PATH "$PGREC" record -x ambiguous -f inner -o t.pgt -d 1ms 2>err.txt || status=$?
  check "exit status" 0 "$status"
  check_match "what the recorder says" "recording 1 function of $work/two/ambiguous to *" "$(cat err.txt)"
  release_held
}
