// Finds where a server keeps who its processes are: variables that it exports, those behind the
// functions that give them, and places in its Port, which its version tells. Nothing of this is
// believed of a process whose title does not say the same (record/server/process_identity.h).
#pragma once

#include <cstdint>
#include <optional>

#include "bpf/wire_server.h"
#include "record/binary/code.h"
#include "record/binary/elf_image.h"

namespace pgrec {

// Fills in what `server` has to say of who a process is. `major`: the server's version; 0: its
// numbers are not known, and nothing is filled in. `server` has its hooks already. Whether all of
// it was found.
bool find_identity_places(const ElfImage& image, const Code& code, int major, wire_server& server);

// The variable of 32 bits that the function at `address` returns, whose code begins `code`, and
// does nothing else of note; nothing where the code is another.
std::optional<std::uint64_t> find_returned_variable(ByteView code, std::uint64_t address);

}  // namespace pgrec
