// An executable or shared library: its functions and where they stand in the file, its variables
// and where they stand in memory, its code. The only user of libelf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/code.h"

namespace pgrec {

struct Symbol {
  std::string name;
  std::uint64_t file_offset =
      0;                      // bytes: virtual address - p_vaddr + p_offset of its PT_LOAD segment
  std::uint64_t address = 0;  // virtual, as the file has it
  std::uint64_t bytes = 0;    // of its code; 0 where that is not known
};

// A global variable.
struct Variable {
  std::string name;
  std::uint64_t address = 0;  // virtual, as the file has it: where it is loaded is added to it
  std::uint64_t bytes = 0;
};

struct ElfImage {
  std::string build_id;  // hexadecimal, empty when it has none
  std::string
      server_version;  // "15.18 (Debian 15.18-0+deb12u1)" in a PostgreSQL server, else empty
  std::vector<Symbol> functions;    // of .dynsym and .symtab, by name, then offset; no doubles
  std::vector<Variable> variables;  // those that other files can see, by name; no doubles
  std::uint64_t entry = 0;          // virtual address of the program's first instruction

  // All functions of that name; more than one where a file-local name is used twice.
  std::vector<Symbol> find(std::string_view name) const;
  // The global variable of that name. Nothing where there is none, or two that differ.
  std::optional<Variable> find_variable(std::string_view name) const;
};

// The addresses where functions of `image` begin, in order, each once. Not those of parts that a
// compiler set apart (NAME.cold), which are jumped into from their function.
std::vector<std::uint64_t> function_starts(const ElfImage& image);

// Reads `path`. Throws Error with a hint when it is not an ELF file of this processor's kind.
ElfImage read_elf(const std::string& path);

// The executable segments of `path`. Throws like read_elf.
Code read_code(const std::string& path);

}  // namespace pgrec
