// Presets: sets of functions and USDT probes that answer a question together, by name. What is in
// them is data, in preset_table.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// Calls for a transaction of pgbench, as measured on one version of PostgreSQL by
// tests/bench/preset_calls.sh.
struct PresetCalls {
  double tpcb = 0;    // its default script: seven statements
  double select = 0;  // pgbench -S: one statement
};

// A function or USDT probe ("usdt:NAME") of a preset.
struct PresetProbe {
  std::string_view name;
  std::string_view once_per;  // "statement", "page", … that it is called for
  // Major versions of PostgreSQL that have it, the first and the last; 0: no bound.
  int first_version = 0;
  int last_version = 0;
  PresetCalls calls_15{};  // on PostgreSQL 15 and 17; 0 where they have it not
  PresetCalls calls_17{};

  bool is_in(int version) const {
    return version >= first_version && (last_version == 0 || version <= last_version);
  }
  // As measured on the version that is nearest; 0: not known which.
  const PresetCalls& calls(int version) const;
};

struct Preset {
  std::string_view name;
  std::string_view answers;  // what is asked with it
  std::span<const PresetProbe> probes;
};

// All, in the order in which they are shown.
std::span<const Preset> presets();

// The names in comma-separated `lists` of presets, to be asked for in a server of that major
// version: without what the table says belongs to others. With 0 all. Throws UsageError, with the
// nearest names, for a preset that is not there.
std::vector<std::string> names_of_presets(const std::vector<std::string>& lists, int version);

}  // namespace pgrec
