// What pgrec list looks at: a binary with all that is known of its functions, and what names and
// globs mean in it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "format/print/name_list.h"
#include "record/binary/diagnosis.h"
#include "record/binary/elf_image.h"
#include "record/binary/usdt.h"
#include "record/probes/probe_selection.h"
#include "record/server/server_binary.h"

namespace pgrec {

// Throws Error where the binary cannot be read or names nothing.
struct Subject {
  explicit Subject(const ServerBinary& its_binary);

  ServerBinary binary;
  ElfImage image;
  Code code;
  std::string debug_file;  // empty: none found
};

// How much a subject has.
struct Counts {
  std::array<std::uint64_t, kSymbolSources> of_source{};  // functions, by SymbolSource
  std::array<std::uint64_t, kVerdicts> of_verdict{};      // functions, by Verdict
  std::uint64_t nameless_pieces = 0;                      // of code
};

// Diagnoses all functions.
Counts counts(const Subject& subject);

// What patterns name.
struct Named {
  std::vector<Symbol> functions;     // by name, each once
  std::vector<std::string> inlined;  // functions that have no code of their own
  std::vector<UsdtProbe> points;
  std::vector<NotProbed> missing;
};

Named find_named(const NameList& patterns, const Subject& subject);

// Why a function is inlined.
constexpr const char* kWhyInlined =
    "it was inlined wherever it is called, and has no code of its own";

// ".dynsym", ".symtab", "MiniDebugInfo" or "debug file".
const char* name(SymbolSource source);

// The names of a USDT probe's arguments that are recorded.
std::vector<std::string> argument_names(const UsdtProbe& probe, const Subject& subject);

// The function whose symbol has that address in it; empty where none has.
std::string function_at(std::uint64_t address, const ElfImage& image);

}  // namespace pgrec
