#include "record/list_subject.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "format/error.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/demangled.h"
#include "record/binary/function_names.h"
#include "record/kernel/hit.h"
#include "record/probes/usdt_arguments.h"

namespace pgrec {
namespace {

// The USDT probes that the patterns name, by name, each once; what names none is added to
// `missing`.
std::vector<UsdtProbe> find_points(const std::vector<std::string>& patterns,
                                   const NamePlaces& places, const Subject& subject,
                                   std::vector<NotProbed>& missing) {
  const auto all = usdt_probes(subject.image);
  std::map<std::string, UsdtProbe> found;
  for (const std::string& pattern : patterns) {
    const auto matches = matching(all, pattern);
    for (const UsdtProbe& probe : matches)
      found.emplace(probe.name, probe);
    if (matches.empty())
      missing.push_back({pattern, why_missing(all, pattern) + place_text(places, pattern)});
  }
  std::vector<UsdtProbe> points;
  points.reserve(found.size());
  for (const auto& [name, probe] : found)
    points.push_back(probe);
  return points;
}

}  // namespace

Subject::Subject(const ServerBinary& its_binary)
    : binary(its_binary), image(read_elf(binary.path)), code(read_code(binary.path)) {
  DebugSymbols debug = read_debug_symbols(binary.path, code);
  debug_file = debug.debug_file;
  image.add(std::move(debug.functions));
  if (image.functions.empty() && image.usdt_sites.empty()) {
    throw Error(binary.name + " names no functions",
                "it is stripped and exports none; install its debug symbols, or use a build that "
                "exports its functions");
  }
}

Counts counts(const Subject& subject) {
  Counts all;
  std::set<std::uint64_t> named;
  for (const Symbol& function : subject.image.functions) {
    ++all.of_source.at(static_cast<std::size_t>(function.source));
    named.insert(function.address);
  }
  for (const Diagnosis& one : diagnose(subject.image.functions, subject.image, subject.code))
    ++all.of_verdict.at(static_cast<std::size_t>(one.verdict));
  for (const Extent& piece : subject.code.pieces)
    all.nameless_pieces += named.count(piece.address) == 0 ? 1 : 0;
  return all;
}

Named find_named(const NameList& patterns, const Subject& subject) {
  FunctionNames names(subject.image);
  Named named;
  std::vector<std::string> of_points;
  for (const std::string& pattern : patterns.names) {
    if (is_usdt(pattern)) {
      of_points.push_back(pattern);
      continue;
    }
    const auto matching = names.matching(pattern);
    named.functions.insert(named.functions.end(), matching.begin(), matching.end());
    if (!matching.empty()) continue;
    if (is_inlined_function(subject.binary.path, pattern)) {
      named.inlined.push_back(pattern);
    } else {
      named.missing.push_back(
          {pattern, names.why_missing(pattern) + place_text(patterns.places, pattern)});
    }
  }
  const auto key = [](const Symbol& s) { return std::tie(s.name, s.file_offset); };
  auto& found = named.functions;
  std::sort(found.begin(), found.end(),
            [&](const Symbol& a, const Symbol& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const Symbol& a, const Symbol& b) { return key(a) == key(b); }),
              found.end());
  named.points = find_points(of_points, patterns.places, subject, named.missing);
  return named;
}

const char* name(SymbolSource source) {
  static constexpr std::array<const char*, kSymbolSources> kNames = {".dynsym", ".symtab",
                                                                     "MiniDebugInfo", "debug file"};
  return kNames.at(static_cast<std::size_t>(source));
}

std::vector<std::string> argument_names(const UsdtProbe& probe, const Subject& subject) {
  std::vector<std::string> names;
  for (const ArgumentType& type : usdt_arguments(probe, subject.image).types) {
    if (type.name != kUnreadableArguments) names.push_back(type.name);
  }
  return names;
}

std::string function_at(std::uint64_t address, const ElfImage& image) {
  const auto holds = [&](const Symbol& function) {
    return address >= function.address && address - function.address < function.bytes;
  };
  const auto found = std::find_if(image.functions.begin(), image.functions.end(), holds);
  return found == image.functions.end() ? "" : demangled(found->name);
}

}  // namespace pgrec
