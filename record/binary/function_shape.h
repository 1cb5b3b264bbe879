// What a function does as a whole, as far as its first few instructions tell: whether it works
// itself, or hands on to other code. Compilers take functions apart: of
//
//   void f(void) { if (!enabled) return; work(); … }
//
// GCC (-fpartial-inlining, part of -O2) makes a stub, which only asks the question, and a body, the
// work. It puts the stub into f's callers of the same file, and these jump straight to the body: a
// probe on f, which other files call, does not see them. The body is NAME.part.0, and has no name
// in a stripped file.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "record/binary/code.h"

namespace pgrec {

// Names of the functions of a binary by their addresses; one of them where there are several.
using NamesByAddress = std::map<std::uint64_t, std::string>;

struct FunctionShape {
  enum class Kind {
    kWhole,    // anything but these two
    kPartial,  // a stub; some of those that need the work go past it
    kWrapper,  // a few instructions and a jump to another function
  };
  Kind kind = Kind::kWhole;
  Extent other;  // the body, or the function that is jumped to
  // How many other functions (pieces of code without the stub's and the body's own) call or jump to
  // the body.
  std::size_t bypassed_by = 0;
};

// The shape of each of `functions`, whose names `names` has. A function is a stub when
// - it has at most 128 bytes;
// - some way through it returns having called nothing;
// - all else that it can do is call or jump to one place, where a piece of code begins: that is
//   NAME.part.N, or code without a name that it ends by a jump to, with the arguments as they came,
//   and that is no other stub's body;
// - other pieces of code call or jump to that place.
// Its code alone does not tell such a body without a name from a static function that its author
// calls in the same way; then the calls of that count as the stub's work. Of the 9,552
// functions that Debian's PostgreSQL 15 exports, 19 are stubs so. Looks through the whole code
// once if any function can be a stub.
std::vector<FunctionShape> function_shapes(std::span<const Extent> functions, const Code& code,
                                           const NamesByAddress& names);

}  // namespace pgrec
