#include "record/list_json.h"

#include <cstdint>
#include <vector>

#include "format/print/json_line.h"
#include "record/binary/demangled.h"

namespace pgrec {
namespace {

std::vector<std::string> quoted(std::vector<std::string> texts) {
  for (std::string& text : texts)
    text = json_string(text);
  return texts;
}

void add_or_null(JsonLine& line, std::string_view key, const std::string& text) {
  text.empty() ? line.add_null(key) : line.add(key, text);
}

JsonLine of_function(const Symbol& function, const Diagnosis& diagnosis) {
  JsonLine line;
  line.add("function", demangled(function.name)).add("symbol", function.name);
  line.add("verdict", name(diagnosis.verdict)).add("offset", function.file_offset);
  function.bytes == 0 ? line.add_null("bytes") : line.add("bytes", function.bytes);
  line.add("source", name(function.source));
  add_or_null(line, "why", diagnosis.why);
  line.add_array("copies", quoted(diagnosis.copies));
  return line;
}

JsonLine of_inlined(const std::string& function) {
  JsonLine line;
  line.add("function", function).add_null("symbol").add("verdict", name(Verdict::kInlined));
  line.add_null("offset").add_null("bytes").add_null("source");
  line.add("why", kWhyInlined).add_array("copies", {});
  return line;
}

JsonLine of_point(const UsdtProbe& probe, const Subject& subject) {
  std::vector<std::string> places;
  for (const UsdtSite& site : probe.sites) {
    JsonLine place;
    place.add("offset", site.file_offset).add_flag("semaphore", site.semaphore_offset != 0);
    add_or_null(place, "function", function_at(site.address, subject.image));
    add_or_null(place, "noted", site.arguments);
    places.push_back(place.text());
  }
  JsonLine line;
  line.add("probe", probe.name).add_array("arguments", quoted(argument_names(probe, subject)));
  line.add_array("places", places);
  return line;
}

}  // namespace

std::string binary_json(const Subject& subject, const Counts& counts) {
  JsonLine sources;
  for (std::size_t i = 0; i < counts.of_source.size(); ++i)
    sources.add(name(static_cast<SymbolSource>(i)), counts.of_source[i]);
  JsonLine verdicts;
  for (std::size_t i = 0; i < counts.of_verdict.size(); ++i)
    verdicts.add(name(static_cast<Verdict>(i)), counts.of_verdict[i]);
  JsonLine all;
  all.add("binary", subject.binary.name);
  add_or_null(all, "build_id", subject.image.build_id);
  add_or_null(all, "debug_file", subject.debug_file);
  all.add("functions_of", sources).add("verdicts", verdicts);
  all.add("pieces_without_name", counts.nameless_pieces);
  all.add("usdt_probes", std::uint64_t{usdt_probes(subject.image).size()});
  all.add("usdt_places", std::uint64_t{subject.image.usdt_sites.size()});
  return all.text();
}

std::string named_json(const Named& named, const Subject& subject) {
  std::vector<std::string> functions;
  const auto diagnoses = diagnose(named.functions, subject.image, subject.code);
  for (std::size_t i = 0; i < named.functions.size(); ++i)
    functions.push_back(of_function(named.functions[i], diagnoses[i]).text());
  for (const std::string& one : named.inlined)
    functions.push_back(of_inlined(one).text());
  std::vector<std::string> points;
  points.reserve(named.points.size());
  for (const UsdtProbe& probe : named.points)
    points.push_back(of_point(probe, subject).text());
  std::vector<std::string> missing;
  for (const NotProbed& one : named.missing)
    missing.push_back(JsonLine().add("name", one.name).add("reason", one.reason).text());
  JsonLine all;
  all.add("binary", subject.binary.name).add_array("functions", functions);
  all.add_array("usdt", points).add_array("missing", missing);
  return all.text();
}

}  // namespace pgrec
