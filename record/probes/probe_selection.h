// Which functions to probe: what -f asked for, against what the files have.
#pragma once

#include <string>
#include <vector>

#include "format/print/name_list.h"
#include "record/binary/elf_image.h"
#include "record/binary/usdt.h"

namespace pgrec {

// A function that was asked for and is not recorded, at least not by that name.
struct NotProbed {
  std::string name;        // as it was asked for
  std::string reason;      // in words, with the nearest names where there are any
  bool same_code = false;  // as another's that was asked for, under whose name calls are recorded
};

// "a: no such function; b: …".
std::string to_text(const std::vector<NotProbed>& not_probed);

// Where names are looked for.
struct NamedFile {
  std::string name;  // for people
  const ElfImage& image;
};

struct ProbeSelection {
  struct InFile {
    std::vector<Symbol> functions;  // by name
    std::vector<UsdtProbe> points;  // by name
  };
  std::vector<InFile> files;  // as they were given
  std::vector<NotProbed> not_probed;
};

// Bound on probes of one recording.
constexpr std::size_t kMaxProbes = 1000;

// "2 functions and 1 USDT probe".
std::string probes_text(std::size_t functions, std::size_t points);

// `patterns`: names and globs (see FunctionNames, and UsdtProbe for those of USDT probes), each
// looked for in every file. A name that no file has, a glob that matches nothing, a second name for
// code already chosen, and one of several files that has none of the names, are told in
// not_probed, with the places of names that come from lists. Throws Error when nothing is left or
// too much is matched.
ProbeSelection select_probes(const NameList& patterns, const std::vector<NamedFile>& files);

}  // namespace pgrec
