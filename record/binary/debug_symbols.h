// What a binary's debug information adds to its own symbols: names of file-local functions of a
// stripped file, from the compressed table in it (MiniDebugInfo, as Fedora and RHEL build) or from
// a separate debug file, and functions that exist only inlined. It looks for debug files by build
// id and by .gnu_debuglink, beside the file and in /usr/lib/debug; never over the network.
#pragma once

#include <string>
#include <vector>

#include "record/binary/elf_image.h"

namespace pgrec {

struct DebugSymbols {
  std::vector<Symbol> functions;  // in no order; also such as the file's own symbols name
  std::string debug_file;         // empty where there is none
};

// Of the ELF file at `path`, whose code is `code`. Nothing where there are none, or they cannot be
// read.
DebugSymbols read_debug_symbols(const std::string& path, const Code& code);

// Whether the debug information of `path` has a function `name` that was inlined wherever it is
// called, so that there is no code of its own. Reads all of that information.
bool is_inlined_function(const std::string& path, const std::string& name);

}  // namespace pgrec
