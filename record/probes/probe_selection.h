// Which functions to probe: what -f asked for, against what the binary has.
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

struct ProbeSelection {
  std::vector<Symbol> functions;  // by name
  std::vector<UsdtProbe> points;  // by name
  std::vector<NotProbed> not_probed;

  bool empty() const { return functions.empty() && points.empty(); }
};

// Bound on probes of one recording.
constexpr std::size_t kMaxProbes = 1000;

// "2 functions and 1 USDT probe".
std::string count_text(const ProbeSelection& selection);

// `patterns`: names and globs (see FunctionNames, and UsdtProbe for those of USDT probes). A name
// that the binary does not have, a glob that matches nothing, and a second name for code already
// chosen are told in not_probed, with the places of names that come from files. Throws Error when
// nothing is left or too much is matched.
ProbeSelection select_probes(const NameList& patterns, const ElfImage& image,
                             const std::string& binary);

}  // namespace pgrec
