// Where functions begin and end according to .eh_frame, the table by which exceptions find their
// way through stack frames. Compilers write it for all code, and strip leaves it: it knows the
// functions that have no symbol any more. libdw finds the entries; this reads the addresses in
// them. Format: Linux Standard Base, Core Specification, "Exception Frames".
#pragma once

#include <cstdint>
#include <vector>

#include "format/frame/bytes.h"
#include "record/binary/code.h"

namespace pgrec {

// The pieces of code that `section`, which stands at `address`, describes; by address, each once. A
// part of a function that stands elsewhere (NAME.cold) is a piece of its own. Leaves out what it
// cannot read.
std::vector<Extent> frame_extents(ByteView section, std::uint64_t address);

}  // namespace pgrec
