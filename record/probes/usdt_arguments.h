// What a USDT probe's arguments are, and where each of its sites has them. The compiler notes it
// as in assembly, "8@%rdx -4@12(%rbx) -4@$0", for each site anew.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "bpf/wire_usdt.h"
#include "format/table/tables.h"
#include "record/binary/usdt.h"

namespace pgrec {

struct UsdtArguments {
  // Those that every site has where pgrec can find them, and whose value says something: pointers
  // of PostgreSQL's probes do not, but for the name of a lock's tranche, which is read; it is empty
  // where it cannot be. Where another argument stands in memory, a last one says which could not
  // be.
  std::vector<ArgumentType> types;
  // One for each of the probe's sites, in their order. Their probe is not set.
  std::vector<wire_site> sites;
};

// `image` is the probe's.
UsdtArguments usdt_arguments(const UsdtProbe& probe, const ElfImage& image);

// One argument of a note, such as "-4@40+CheckpointStats(%rip)", of the site at `address`. Nothing
// where it is of a kind that is not known here, such as one in a vector register.
std::optional<wire_argument> parse_usdt_argument(std::string_view text, const ElfImage& image,
                                                 std::uint64_t address);

}  // namespace pgrec
