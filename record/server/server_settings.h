// Settings of a running PostgreSQL server, and which one it is, for the trace's metadata. They are
// read from the memory of its postmaster, without a connection and without its help: each stands in
// a global variable that the server exports for its extensions.
//
// A postmaster has what its configuration files and command line say. What a database, a role or a
// session sets for itself is not there.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/table/tables.h"
#include "record/binary/elf_image.h"

namespace pgrec {

// Facts server.setting.NAME of the process `pid`, whose executable `image` is, in the words of
// PostgreSQL's SHOW: "128MB", "on", "1.1"; then server.pid_namespace, and of its cluster
// server.system_identifier and server.encoding.DATABASE. Leaves out a setting whose variable is
// missing, has another size than expected, cannot be read or holds no valid value; words that stand
// for numbers, and encodings, where the version is not known (known_version.h); all of them where
// the process may not be read.
Metadata read_server_settings(std::uint32_t pid, const ElfImage& image);

// The same of the server at `binary`, for the cluster that `pids` lead to or the only one that
// runs; nothing where that is not clear.
Metadata read_server_settings(const std::string& binary, const ElfImage& image,
                              const std::vector<std::uint32_t>& pids);

}  // namespace pgrec
