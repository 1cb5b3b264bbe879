#include "record/probes/preset_list.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "format/print/json_line.h"
#include "format/print/lines.h"
#include "format/print/units.h"
#include "record/binary/diagnosis.h"
#include "record/binary/usdt.h"
#include "record/probes/presets.h"

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
double weight_of(const PresetProbe& probe) {
  return is_usdt(probe.name) ? 0.5 : 1;
}

std::string cost_text(double calls, const std::optional<Duration>& call_cost) {
  if (!call_cost || calls == 0) return "-";
  return duration_text(Duration(std::llround(calls * static_cast<double>(call_cost->count()))));
}

// "17 on", "up to 16", "15 to 17".
std::string versions_text(const PresetProbe& probe) {
  const int first = probe.first_version;
  const int last = probe.last_version;
  if (first == 0) return last == 0 ? "all" : fmt::format("up to {}", last);
  return last == 0 ? fmt::format("{} on", first) : fmt::format("{} to {}", first, last);
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
        const std::size_t sites = found.front().sites.size();
        verdicts.emplace(probe.name, sites == 1 ? "ok" : fmt::format("{} places", sites));
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

// A preset as it is shown.
struct Shown {
  std::vector<const PresetProbe*> probes;
  PresetCalls calls;  // of all
  PresetCalls pairs;  // the same, but a hit of a USDT probe, which is one probe, as half a call
};

// `version`: 0 shows all probes, and counts what 17 has.
Shown shown(const Preset& preset, int version) {
  constexpr int kCounted = 17;
  Shown all;
  for (const PresetProbe& probe : preset.probes) {
    if (version != 0 && !probe.is_in(version)) continue;
    all.probes.push_back(&probe);
    if (!probe.is_in(version == 0 ? kCounted : version)) continue;
    const PresetCalls& calls = probe.calls(version);
    const double weight = weight_of(probe);
    all.calls.tpcb += calls.tpcb;
    all.calls.select += calls.select;
    all.pairs.tpcb += weight * calls.tpcb;
    all.pairs.select += weight * calls.select;
  }
  return all;
}

void print_overview(std::ostream& out, int version, const std::optional<Duration>& call_cost) {
  Lines lines({1, 2, 3, 4});
  lines.add({"preset", "TPC-B", "-S", "cost", "cost -S", "that is", "what it answers"});
  for (const Preset& preset : presets()) {
    const Shown all = shown(preset, version);
    lines.add({std::string(preset.name), calls_text(all.calls.tpcb), calls_text(all.calls.select),
               cost_text(all.pairs.tpcb, call_cost), cost_text(all.pairs.select, call_cost),
               word_for(all.pairs), std::string(preset.answers)});
  }
  lines.print(out);
}

void print_preset(std::ostream& out, const Preset& preset, int version,
                  const std::map<std::string_view, std::string>* verdicts,
                  const std::optional<Duration>& call_cost) {
  Lines lines({2, 3, 4, 5}, "  ");
  lines.add({"function", verdicts ? "verdict" : "PostgreSQL", "TPC-B", "-S", "cost", "cost -S",
             "once per"});
  for (const PresetProbe* probe : shown(preset, version).probes) {
    std::string verdict = versions_text(*probe);
    if (verdicts) {
      const auto found = verdicts->find(probe->name);
      verdict = found == verdicts->end() ? "not in it" : found->second;
    }
    const PresetCalls& calls = probe->calls(version);
    const double weight = weight_of(*probe);
    lines.add({std::string(probe->name), verdict, calls_text(calls.tpcb), calls_text(calls.select),
               cost_text(weight * calls.tpcb, call_cost),
               cost_text(weight * calls.select, call_cost), std::string(probe->once_per)});
  }
  out << "\n" << preset.name << "\n";
  lines.print(out);
}

JsonLine calls_json(const PresetCalls& calls) {
  JsonLine line;
  line.add("tpcb", calls.tpcb).add("select", calls.select);
  return line;
}

}  // namespace

std::string presets_json(const PresetSubject* subject, const std::optional<Duration>& call_cost) {
  const int version = subject ? major_version(subject->image.server_version) : 0;
  std::map<std::string_view, std::string> verdicts;
  if (subject) verdicts = verdicts_of(*subject);
  std::vector<std::string> all;
  for (const Preset& preset : presets()) {
    std::vector<std::string> probes;
    for (const PresetProbe* probe : shown(preset, version).probes) {
      JsonLine line;
      line.add("probe", probe->name).add("once_per", probe->once_per);
      line.add("calls", calls_json(probe->calls(version)));
      if (subject) {
        const auto found = verdicts.find(probe->name);
        line.add("verdict", found == verdicts.end() ? "not in it" : found->second);
      }
      probes.push_back(line.text());
    }
    JsonLine line;
    line.add("preset", preset.name).add("answers", preset.answers);
    line.add("calls", calls_json(shown(preset, version).calls));
    line.add_array("probes", probes);
    all.push_back(line.text());
  }
  JsonLine line;
  subject ? line.add("binary", subject->name) : line.add_null("binary");
  call_cost ? line.add("call_cost_ns", std::int64_t{call_cost->count()})
            : line.add_null("call_cost_ns");
  return line.add_array("presets", all).text();
}

void print_presets(std::ostream& out, const PresetSubject* subject,
                   const std::optional<Duration>& call_cost) {
  const int version = subject ? major_version(subject->image.server_version) : 0;
  std::map<std::string_view, std::string> verdicts;
  if (subject) {
    verdicts = verdicts_of(*subject);
    out << "binary       " << subject->name << "\n";
  }
  const std::string cost = call_cost
                               ? fmt::format(
                                     "of these at {} a call, measured on an empty function on this "
                                     "machine: the least it is",
                                     duration_text(*call_cost))
                               : "in words: it cannot be measured here; as root it can";
  out << fmt::format(
      "TPC-B, -S    calls for a transaction of pgbench, its default script and -S, on PostgreSQL "
      "{}; -: fewer than one in 200\n"
      "cost         {}\n\n",
      version != 0 && version < 16 ? 15 : 17, cost);
  print_overview(out, version, call_cost);
  for (const Preset& preset : presets())
    print_preset(out, preset, version, subject ? &verdicts : nullptr, call_cost);
}

}  // namespace pgrec
