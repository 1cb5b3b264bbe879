#include "record/binary/usdt.h"

#include <algorithm>
#include <map>
#include <set>

#include "format/print/join.h"
#include "format/print/name_list.h"
#include "format/print/nearest.h"

namespace pgrec {
namespace {

constexpr std::string_view kPrefix = "usdt:";

// The name without "usdt:" and the provider.
const std::string& short_name(const UsdtProbe& probe) {
  return probe.sites.front().name;
}

}  // namespace

bool is_usdt(std::string_view pattern) {
  return pattern.starts_with(kPrefix);
}

std::vector<UsdtProbe> usdt_probes(const ElfImage& image) {
  std::map<std::string, std::set<std::string>> providers;  // by name
  for (const UsdtSite& site : image.usdt_sites)
    providers[site.name].insert(site.provider);
  std::vector<UsdtProbe> probes;
  for (const UsdtSite& site : image.usdt_sites) {
    if (probes.empty() || short_name(probes.back()) != site.name ||
        probes.back().provider != site.provider) {
      const bool shared = providers[site.name].size() > 1;
      probes.push_back({site.provider,
                        std::string(kPrefix) + (shared ? site.provider + ":" : "") + site.name,
                        {}});
    }
    probes.back().sites.push_back(site);
  }
  std::sort(probes.begin(), probes.end(),
            [](const UsdtProbe& a, const UsdtProbe& b) { return a.name < b.name; });
  return probes;
}

std::vector<UsdtProbe> matching(const std::vector<UsdtProbe>& probes, const std::string& pattern) {
  const std::string wanted = pattern.substr(kPrefix.size());
  std::vector<UsdtProbe> found;
  for (const UsdtProbe& probe : probes) {
    const std::string full_name = probe.provider + ":" + short_name(probe);
    if (matches_glob(wanted, short_name(probe)) || matches_glob(wanted, full_name)) {
      found.push_back(probe);
    }
  }
  return found;
}

std::string why_missing(const std::vector<UsdtProbe>& probes, const std::string& pattern) {
  if (probes.empty()) return "this binary has no USDT probes";
  if (is_glob(pattern)) return "no USDT probe matches";
  std::vector<std::string> names;
  names.reserve(probes.size());
  for (const UsdtProbe& probe : probes)
    names.push_back(probe.name);
  const auto near = nearest(pattern, names);
  return near.empty() ? "no such USDT probe"
                      : "no such USDT probe; nearest: " + enumerate(near, "or");
}

std::string usdt_hint(const std::string& binary) {
  return "pgrec list -x " + binary + " 'usdt:*' lists those that there are";
}

}  // namespace pgrec
