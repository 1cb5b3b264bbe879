// An executable or shared library: its functions and where they stand in the file, its variables
// and where they stand in memory, its code. The only user of libelf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "record/binary/code.h"

namespace pgrec {

// Where the symbol of a function was found.
enum class SymbolSource : std::uint8_t {
  kDynsym,         // exported: strip leaves it
  kSymtab,         // in the file, of all functions
  kMiniDebugInfo,  // compressed in the file's .gnu_debugdata
  kDebugFile,      // in a separate file, found by build id or by .gnu_debuglink
};
constexpr int kSymbolSources = 4;

struct Symbol {
  std::string name;
  std::uint64_t file_offset =
      0;                      // bytes: virtual address - p_vaddr + p_offset of its PT_LOAD segment
  std::uint64_t address = 0;  // virtual, as the file has it
  std::uint64_t bytes = 0;    // of its code; 0 where that is not known
  SymbolSource source = SymbolSource::kDynsym;
};

// A global variable.
struct Variable {
  std::string name;
  std::uint64_t address = 0;  // virtual, as the file has it: where it is loaded is added to it
  std::uint64_t bytes = 0;
};

// A site of a USDT probe: an instruction that does nothing, and a note in .note.stapsdt that says
// where it stands. Several sites can have one name.
struct UsdtSite {
  std::string provider;
  std::string name;
  std::uint64_t address = 0;      // virtual, as the file has it
  std::uint64_t file_offset = 0;  // bytes
  // Of the counter that says how many look: while it is 0, the program passes the site by. Bytes
  // in the file; 0 where the probe has none.
  std::uint64_t semaphore_offset = 0;
  std::string arguments{};  // as the note has them: "8@%rdx -4@12(%rbx)"
};

struct ElfImage {
  std::string build_id;  // hexadecimal, empty when it has none
  std::string
      server_version;  // "15.18 (Debian 15.18-0+deb12u1)" in a PostgreSQL server, else empty
  std::vector<std::string> command_tags;  // of such a server, by their numbers
  std::vector<Symbol> functions;          // by name, then offset; no doubles
  std::vector<Variable> variables;        // those that other files can see, by name; no doubles
  std::vector<Variable> locals;           // variables of one source file, where .symtab names them
  std::uint64_t entry = 0;                // virtual address of the program's first instruction
  // By provider, name and address.
  std::vector<UsdtSite> usdt_sites;

  // All functions of that name; more than one where a file-local name is used twice.
  std::vector<Symbol> find(std::string_view name) const;
  // The global variable of that name. Nothing where there is none, or two that differ.
  std::optional<Variable> find_variable(std::string_view name) const;
  // The same of a variable of one source file.
  std::optional<Variable> find_local(std::string_view name) const;
  // Adds functions, those it already has excepted.
  void add(std::vector<Symbol> more);
};

// The addresses where functions of `image` begin, in order, each once. Not those of parts that a
// compiler set apart (NAME.cold), which are jumped into from their function.
std::vector<std::uint64_t> function_starts(const ElfImage& image);

// Reads `path`: its own .dynsym and .symtab. Throws Error with a hint when it is not an ELF file of
// this processor's kind, of 64 bits.
ElfImage read_elf(const std::string& path);

// The executable segments of `path`, and the pieces of code that its .eh_frame knows. Throws like
// read_elf.
Code read_code(const std::string& path);

// The major version in "15.18 (Debian …)"; 0 where there is none.
int major_version(const std::string& server_version);

}  // namespace pgrec
