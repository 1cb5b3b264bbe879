// What a function does with its arguments and with variables, followed along all its ways: which
// places in memory it reads and writes, what it puts there, what it calls. So what a build does can
// be told whatever instructions its compiler chose and in whatever order it put them.
//
// Values are followed as far as they are a sum of a number and a multiple of one thing: of an
// argument, of a variable of four bytes, or of the stack pointer at the beginning. That is how
// every compiler reckons the place of an element of an array, or of a member:
//
//     array[index].member    number (array + offset of the member) + size of an element x index
//
// Anything else is not known. Behind a call the registers that it may change are not; the stack is
// taken to be unchanged by it.
//
// Each instruction is looked at a few times at most, with what is known where ways meet there. The
// answer is no proof: another way may do something else. Who asks takes several functions for
// witnesses.
//
// Example: movslq 0x1000(%rip),%rax; imul $184,%rax,%rax; lea 0x2000(%rip),%rdx;
// mov %edi,48(%rdx,%rax) stores argument 0, in four bytes, at number 0x2000 + 48 + 184 x the
// variable at 0x1000 (and where they stand).
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "record/binary/code.h"

namespace pgrec {

// number + factor x what `of` says.
struct Value {
  enum class Of : std::uint8_t { kUnknown, kNumber, kArgument, kVariable, kStack };
  Of of = Of::kUnknown;
  std::uint64_t which = 0;  // the argument, from 0; the address of the variable
  std::int64_t factor = 0;
  std::int64_t number = 0;
  bool operator==(const Value&) const = default;

  static Value of_number(std::int64_t number) { return {Of::kNumber, 0, 0, number}; }
  static Value argument(std::uint64_t which) { return {Of::kArgument, which, 1, 0}; }
  static Value variable(std::uint64_t address) { return {Of::kVariable, address, 1, 0}; }
};

struct DataFlow {
  struct Access {
    bool store = false;
    unsigned bytes = 0;
    Value address;
    Value stored{};  // of a store by a move
  };
  struct Call {
    std::uint64_t target = 0;
    std::uint64_t returns_to = 0;  // 0: it is a jump, and returns to who called the function
    Value first;                   // its first argument
  };
  std::vector<Access> accesses;  // but for those of the function's own stack
  std::vector<Value> sums;       // that it computes, multiples of a variable
  std::vector<Call> calls;       // direct ones
  bool complete = false;         // all its ways were followed to their ends
};

// Of `function`, a piece of `code`. It goes on in other pieces that the function jumps to; not
// where `is_function` says that another one begins. Of arguments the first six are followed, as the
// ABI passes them.
DataFlow follow(const Extent& function, const Code& code,
                const std::function<bool(std::uint64_t)>& is_function);

}  // namespace pgrec
