// The command tags of a PostgreSQL server: what it says has completed, such as "SELECT". They are
// numbered in the order of a table in the server's data (tag_behavior of tcop/cmdtag.c), in which
// each version, and each fork, has other ones.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "format/frame/bytes.h"

namespace pgrec {

// The data of a file as it is loaded, by virtual address.
struct LoadedData {
  struct Section {
    std::uint64_t address = 0;
    ByteView bytes;
  };
  std::vector<Section> sections;
  // Where the loader writes an address: what it writes, but for where the file is loaded.
  std::map<std::uint64_t, std::uint64_t> relocated;
};

// The tags by their numbers. Empty where `data` has no such table. Borrows nothing.
std::vector<std::string> find_command_tags(const LoadedData& data);

}  // namespace pgrec
