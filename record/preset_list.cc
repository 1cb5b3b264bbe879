#include "record/preset_list.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "format/units.h"
#include "record/diagnosis.h"
#include "record/lines.h"
#include "record/presets.h"
#include "record/usdt.h"

namespace pgrec {
namespace {

// How much that is for a server, from the calls for a statement.
const char* word_for(const PresetCalls& calls) {
  constexpr double kStatementsOfTpcb = 7;
  const double a_statement = std::max(calls.tpcb / kStatementsOfTpcb, calls.select);
  if (a_statement < 0.1) return "next to nothing";
  if (a_statement < 5) return "little";
  if (a_statement < 20) return "some";
  return "much";
}

std::string calls_text(double calls) {
  if (calls == 0) return "-";
  return fixed_text(calls, calls < 10 ? 2 : 0);
}

// A hit of a USDT probe is one probe, half of what a call has.
std::string cost_text(double calls, const std::optional<Duration>& call_cost) {
  if (!call_cost || calls == 0) return "-";
  return duration_text(Duration(std::llround(calls * static_cast<double>(call_cost->count()))));
}

// "17 on", "up to 16", "15 to 17".
std::string versions_text(const PresetProbe& probe) {
  const std::string first = std::to_string(probe.first_version);
  const std::string last = std::to_string(probe.last_version);
  if (probe.first_version == 0) return probe.last_version == 0 ? "all" : "up to " + last;
  return probe.last_version == 0 ? first + " on" : first + " to " + last;
}

// What pgrec list says of each function and USDT probe of the presets that the binary has.
std::map<std::string_view, std::string> verdicts_of(const PresetSubject& subject) {
  std::vector<Symbol> functions;
  std::vector<std::string_view> names;
  std::map<std::string_view, std::string> verdicts;
  const auto points = usdt_probes(subject.image);
  for (const Preset& preset : presets()) {
    for (const PresetProbe& probe : preset.probes) {
      const std::string name(probe.name);
      if (is_usdt(name)) {
        const auto found = matching(points, name);
        if (found.empty()) continue;
        const std::size_t places = found.front().sites.size();
        verdicts.emplace(probe.name, places == 1 ? "ok" : std::to_string(places) + " places");
      } else if (const auto found = subject.image.find(name); !found.empty()) {
        functions.push_back(found.front());
        names.push_back(probe.name);
      }
    }
  }
  const auto diagnoses = diagnose(functions, subject.image, subject.code);
  for (std::size_t i = 0; i < names.size(); ++i)
    verdicts.emplace(names[i], name(diagnoses[i].verdict));
  return verdicts;
}

void print_preset(std::ostream& out, const Preset& preset, int version,
                  const std::map<std::string_view, std::string>* verdicts,
                  const std::optional<Duration>& call_cost) {
  PresetCalls all;  // as they count for the cost
  std::size_t probes = 0;
  Lines lines({2, 3, 4, 5}, "  ");
  lines.add({"function", verdicts ? "verdict" : "PostgreSQL", "TPC-B", "-S", "cost", "cost -S",
             "once per"});
  for (const PresetProbe& probe : preset.probes) {
    if (verdicts && version != 0 && !probe.is_in(version)) continue;
    std::string verdict = versions_text(probe);
    if (verdicts) {
      const auto found = verdicts->find(probe.name);
      verdict = found == verdicts->end() ? "not in it" : found->second;
    }
    const PresetCalls& calls = probe.calls(version);
    const double weight = is_usdt(probe.name) ? 0.5 : 1;
    lines.add({std::string(probe.name), verdict, calls_text(calls.tpcb), calls_text(calls.select),
               cost_text(weight * calls.tpcb, call_cost),
               cost_text(weight * calls.select, call_cost), std::string(probe.once_per)});
    // Two functions of which no version has both are one.
    if (version == 0 && !probe.is_in(17)) continue;
    all.tpcb += weight * calls.tpcb;
    all.select += weight * calls.select;
    ++probes;
  }
  lines.add({std::string("all ") + std::to_string(probes), "", calls_text(all.tpcb),
             calls_text(all.select), cost_text(all.tpcb, call_cost),
             cost_text(all.select, call_cost), word_for(all)});
  out << "\n" << preset.name << ": " << preset.answers << "\n";
  lines.print(out);
}

}  // namespace

void print_presets(std::ostream& out, const PresetSubject* subject,
                   const std::optional<Duration>& call_cost) {
  const int version = subject ? major_version(subject->image.server_version) : 0;
  std::map<std::string_view, std::string> verdicts;
  if (subject) {
    verdicts = verdicts_of(*subject);
    out << "binary       " << subject->name << "\n";
  }
  out << "TPC-B, -S    calls for a transaction of pgbench, its default script and -S, measured on "
         "PostgreSQL "
      << (version != 0 && version < 16 ? "15" : "17") << "\n"
      << "cost         ";
  if (call_cost) {
    out << "of these at " << duration_text(*call_cost)
        << " a call, measured on an empty function on this machine: the least it is\n";
  } else {
    out << "in words: it cannot be measured here; as root it can\n";
  }
  for (const Preset& preset : presets())
    print_preset(out, preset, version, subject ? &verdicts : nullptr, call_cost);
}

}  // namespace pgrec
