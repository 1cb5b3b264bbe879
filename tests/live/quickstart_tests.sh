# The README's first command, on the PostgreSQL that is installed here.

test_the_quickstart_shows_what_it_promises() {
  require_bpf
  timeout 900 "$SAMPLES/quickstart.sh" >shown.txt 2>&1 || fail "quickstart.sh failed: $(tail -n 20 shown.txt)"
  local shown
  shown=$(cat shown.txt)
  check_match "a histogram of both functions" \
    "*--hist*heap_insert: 201,000 calls*nsecs * : count*RelationGetBufferForTuple: *nsecs * : count*" "$shown"
  check_match "a table by pid" "*--by-pid*pid  who *postgres@postgres  [[]local]  psql *heap_insert  * 100,000  *" "$shown"
  check_match "slow queries with their text" "*--slow*INSERT INTO events SELECT g, now()*" "$shown"
  check_match "the diff" "*pgrec diff run1.pgt run2.pgt*heap_insert*calls *201,000 *201,000 *1.00*" "$shown"
  check "losses" $'0 events\n0 events' "$(sed -n 's/^  lost *//p' shown.txt)"
  check "clusters left" "" "$(pgrep -f "$(sed -n 's/.* -- sh \(.*\)\/load.sh.*/\1/p' shown.txt | head -n 1)/data")"
}
