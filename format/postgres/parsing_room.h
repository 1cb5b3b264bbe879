// Room to parse a query in. libpg_query takes memory and stack by what the query is, walks a parse
// tree by recursion ("1+1+1+…" is as deep as it is long), and ends the process where it gets none
// of either. Memory can be refused (prlimit --as, vm.overcommit_memory=2), and what a client sends
// must not end a recorder: so it is asked for first, and a query for which it is not there stays
// unparsed. Safe in the main thread, and in one with a stack as large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace pgrec {

// What parsing a query may take; bytes.
struct ParsingRoom {
  std::size_t heap_bytes = 0;
  std::size_t stack_bytes = 0;
};

// Runs `work` where it has that room: in this thread, or in one of its own with such a stack. Lets
// its exceptions through. Returns whether it ran to its end: false where memory is refused, also to
// `work` (std::bad_alloc), or no thread can be started.
bool run_in_room(const ParsingRoom& room, const std::function<void()>& work);

// How often that was false since this process began.
std::uint64_t parsings_without_room();

}  // namespace pgrec
