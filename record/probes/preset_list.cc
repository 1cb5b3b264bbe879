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

Duration cost_of(double pairs, Duration call_cost) {
  return Duration(std::llround(pairs * static_cast<double>(call_cost.count())));
}

std::string cost_text(double pairs, const std::optional<Duration>& call_cost) {
  return !call_cost || pairs == 0 ? "-" : duration_text(cost_of(pairs, *call_cost));
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

// Calls, and what of probes they have: a hit of a USDT probe, which is one, is half a pair.
struct Load {
  PresetCalls calls;
  PresetCalls pairs;
};

Load load_of(const PresetProbe& probe, int version) {
  const PresetCalls& calls = probe.calls(version);
  const double weight = is_usdt(probe.name) ? 0.5 : 1;
  return {calls, {weight * calls.tpcb, weight * calls.select}};
}

void add(const PresetCalls& calls, PresetCalls& sum) {
  sum.tpcb += calls.tpcb;
  sum.select += calls.select;
}

struct ShownProbe {
  const PresetProbe& probe;
  Load load;
  std::string verdict;  // of no use without a subject
};

struct ShownPreset {
  const Preset& preset;
  std::vector<ShownProbe> probes;
  Load load;  // of all
};

int version_of(const PresetSubject* subject) {
  return subject ? major_version(subject->image.server_version) : 0;
}

// Where the version is not known, all probes are shown, and what 17 has is counted.
std::vector<ShownPreset> shown(const PresetSubject* subject) {
  constexpr int kCounted = 17;
  const int version = version_of(subject);
  std::map<std::string_view, std::string> verdicts;
  if (subject) verdicts = verdicts_of(*subject);
  std::vector<ShownPreset> all;
  for (const Preset& preset : presets()) {
    ShownPreset one{preset, {}, {}};
    for (const PresetProbe& probe : preset.probes) {
      if (version != 0 && !probe.is_in(version)) continue;
      const auto verdict = verdicts.find(probe.name);
      one.probes.push_back({probe, load_of(probe, version),
                            verdict == verdicts.end() ? "not in it" : verdict->second});
      if (!probe.is_in(version == 0 ? kCounted : version)) continue;
      add(one.probes.back().load.calls, one.load.calls);
      add(one.probes.back().load.pairs, one.load.pairs);
    }
    all.push_back(std::move(one));
  }
  return all;
}

void print_overview(std::ostream& out, const std::vector<ShownPreset>& all,
                    const std::optional<Duration>& call_cost) {
  Lines lines({1, 2, 3, 4});
  lines.add({"preset", "TPC-B", "-S", "cost", "cost -S", "that is", "what it answers"});
  for (const auto& [preset, probes, load] : all) {
    lines.add({std::string(preset.name), calls_text(load.calls.tpcb), calls_text(load.calls.select),
               cost_text(load.pairs.tpcb, call_cost), cost_text(load.pairs.select, call_cost),
               word_for(load.pairs), std::string(preset.answers)});
  }
  lines.print(out);
}

void print_preset(std::ostream& out, const ShownPreset& shown, bool of_subject,
                  const std::optional<Duration>& call_cost) {
  Lines lines({2, 3, 4, 5}, "  ");
  lines.add({"function", of_subject ? "verdict" : "PostgreSQL", "TPC-B", "-S", "cost", "cost -S",
             "once per"});
  for (const auto& [probe, load, verdict] : shown.probes) {
    lines.add({std::string(probe.name), of_subject ? verdict : versions_text(probe),
               calls_text(load.calls.tpcb), calls_text(load.calls.select),
               cost_text(load.pairs.tpcb, call_cost), cost_text(load.pairs.select, call_cost),
               std::string(probe.once_per)});
  }
  out << "\n" << shown.preset.name << "\n";
  lines.print(out);
}

void add_load(JsonLine& line, const Load& load, const std::optional<Duration>& call_cost) {
  line.add("calls", JsonLine().add("tpcb", load.calls.tpcb).add("select", load.calls.select));
  if (!call_cost) {
    line.add_null("cost_ns");
    return;
  }
  JsonLine cost;
  cost.add("tpcb", std::int64_t{cost_of(load.pairs.tpcb, *call_cost).count()});
  cost.add("select", std::int64_t{cost_of(load.pairs.select, *call_cost).count()});
  line.add("cost_ns", cost);
}

void add_version(JsonLine& line, std::string_view key, int version) {
  version == 0 ? line.add_null(key) : line.add(key, std::int64_t{version});
}

}  // namespace

std::string presets_json(const PresetSubject* subject, const std::optional<Duration>& call_cost) {
  std::vector<std::string> all;
  for (const auto& [preset, of_preset, load_of_preset] : shown(subject)) {
    std::vector<std::string> probes;
    for (const auto& [probe, load, verdict] : of_preset) {
      JsonLine line;
      line.add("probe", probe.name).add("once_per", probe.once_per);
      add_version(line, "first_version", probe.first_version);
      add_version(line, "last_version", probe.last_version);
      add_load(line, load, call_cost);
      if (subject) line.add("verdict", verdict);
      probes.push_back(line.text());
    }
    JsonLine line;
    line.add("preset", preset.name).add("answers", preset.answers);
    add_load(line, load_of_preset, call_cost);
    all.push_back(line.add_array("probes", probes).text());
  }
  JsonLine line;
  subject ? line.add("binary", subject->name) : line.add_null("binary");
  call_cost ? line.add("call_cost_ns", std::int64_t{call_cost->count()})
            : line.add_null("call_cost_ns");
  return line.add_array("presets", all).text();
}

void print_presets(std::ostream& out, const PresetSubject* subject,
                   const std::optional<Duration>& call_cost) {
  const int version = version_of(subject);
  if (subject) out << "binary       " << subject->name << "\n";
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
  const std::vector<ShownPreset> all = shown(subject);
  print_overview(out, all, call_cost);
  for (const ShownPreset& one : all)
    print_preset(out, one, subject != nullptr, call_cost);
}

}  // namespace pgrec
