// The USDT probes of a binary by what a person calls them: "usdt:query__start", with or without the
// provider's name, and globs of both. A probe is all the sites of one name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record/binary/elf_image.h"

namespace pgrec {

struct UsdtProbe {
  std::string provider;
  // As in -f and in the trace: "usdt:query__start"; "usdt:PROVIDER:NAME" where several providers
  // have one of the name.
  std::string name;
  std::vector<UsdtSite> sites;  // at least one
};

// Whether a name asks for a USDT probe: it begins with "usdt:".
bool is_usdt(std::string_view pattern);

// All of `image`, by name.
std::vector<UsdtProbe> usdt_probes(const ElfImage& image);

// Those of `probes` that `pattern` names; and why it names none, with the nearest names.
std::vector<UsdtProbe> matching(const std::vector<UsdtProbe>& probes, const std::string& pattern);
std::string why_missing(const std::vector<UsdtProbe>& probes, const std::string& pattern);

// What to do about USDT probes that are not there.
std::string usdt_hint(const std::string& binary);

}  // namespace pgrec
