// An executable or shared library: its functions and where they stand in the file. The only user of
// libelf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

struct Symbol {
  std::string name;
  std::uint64_t file_offset =
      0;  // bytes: virtual address - p_vaddr + p_offset of its PT_LOAD segment
};

struct ElfImage {
  std::string build_id;  // hexadecimal, empty when it has none
  std::string
      server_version;  // "15.18 (Debian 15.18-0+deb12u1)" in a PostgreSQL server, else empty
  std::vector<Symbol> functions;  // of .dynsym and .symtab, by name, then offset; no doubles

  // All functions of that name; more than one where a file-local name is used twice.
  std::vector<Symbol> find(std::string_view name) const;
};

// Reads `path`. Throws Error with a hint when it is not an ELF file of this processor's kind.
ElfImage read_elf(const std::string& path);

}  // namespace pgrec
