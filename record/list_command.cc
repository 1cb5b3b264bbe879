#include "record/list_command.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <tuple>

#include "format/print/join.h"
#include "format/print/lines.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/binary/debug_symbols.h"
#include "record/binary/demangled.h"
#include "record/binary/diagnosis.h"
#include "record/binary/function_names.h"
#include "record/kernel/hit.h"
#include "record/kernel/probe_cost.h"
#include "record/probes/preset_list.h"
#include "record/probes/probe_selection.h"
#include "record/probes/usdt_arguments.h"
#include "record/server/server_binary.h"

namespace pgrec {
namespace {

struct ListOptions {
  std::string exec;
  std::vector<std::string> functions;
  bool presets = false;
};

const char* name(SymbolSource source) {
  static constexpr std::array<const char*, 4> kNames = {".dynsym", ".symtab", "MiniDebugInfo",
                                                        "debug file"};
  return kNames.at(static_cast<std::size_t>(source));
}

// A binary with all that is known of its functions.
struct Subject {
  explicit Subject(const ServerBinary& its_binary)
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
  ServerBinary binary;
  ElfImage image;
  Code code;
  std::string debug_file;
};

// What the binary is, and where its names come from.
void print_binary(const Subject& subject) {
  std::array<std::size_t, 4> of_source{};
  std::set<std::uint64_t> named;
  for (const Symbol& function : subject.image.functions) {
    ++of_source.at(static_cast<std::size_t>(function.source));
    named.insert(function.address);
  }
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < of_source.size(); ++i) {
    if (of_source[i] == 0) continue;
    sources.push_back(count_text(of_source[i]) + " of " + name(static_cast<SymbolSource>(i)));
  }
  const auto nameless = static_cast<std::uint64_t>(
      std::count_if(subject.code.pieces.begin(), subject.code.pieces.end(),
                    [&](const Extent& piece) { return named.count(piece.address) == 0; }));
  const auto or_none = [](const std::string& text, const char* none) {
    return text.empty() ? none : text;
  };
  std::cout << fmt::format(
      "binary      {}\n"
      "build id    {}\n"
      "debug file  {}\n"
      "functions   {}; {} pieces of code without a name\n"
      "USDT        {} at {}\n",
      printable(subject.binary.name), or_none(subject.image.build_id, "none"),
      printable(or_none(subject.debug_file, "none found")), join(sources, ", "),
      count_text(nameless), plural(usdt_probes(subject.image).size(), "probe"),
      plural(subject.image.usdt_sites.size(), "place"));
}

// How many functions each verdict is for.
void print_verdicts(const std::vector<Diagnosis>& diagnoses) {
  std::array<std::uint64_t, kVerdicts> functions{};
  for (const Diagnosis& one : diagnoses)
    ++functions.at(static_cast<std::size_t>(one.verdict));
  Lines lines({1});
  lines.add({"verdict", "functions", ""});
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    if (functions[i] > 0) lines.add({name(verdict), count_text(functions[i]), meaning(verdict)});
  }
  lines.print(std::cout);
}

std::string hexadecimal(std::uint64_t offset) {
  return fmt::format("{:#x}", offset);
}

// The function whose symbol has that address in it; "-" where none has.
std::string function_at(std::uint64_t address, const ElfImage& image) {
  const auto holds = [&](const Symbol& function) {
    return address >= function.address && address - function.address < function.bytes;
  };
  const auto found = std::find_if(image.functions.begin(), image.functions.end(), holds);
  return found == image.functions.end() ? "-" : demangled(found->name);
}

void add_line(const Symbol& function, const Diagnosis& diagnosis, Lines& lines) {
  lines.add({demangled(function.name), name(diagnosis.verdict), hexadecimal(function.file_offset),
             function.bytes == 0 ? "-" : count_text(function.bytes), name(function.source),
             diagnosis.why});
}

// "lwlock__acquire(tranche, mode)": a probe with the names of the arguments that are recorded.
std::string signature(const UsdtProbe& probe, const UsdtArguments& arguments) {
  std::vector<std::string> names;
  for (const ArgumentType& type : arguments.types) {
    if (type.name != kUnreadableArguments) names.push_back(type.name);
  }
  return probe.name + (names.empty() ? "" : "(" + join(names, ", ") + ")");
}

// A line for each site of the USDT probes, with its arguments as the compiler noted them.
void print_points(const std::vector<UsdtProbe>& points, const Subject& subject) {
  Lines lines({1});
  lines.add({"USDT probe", "offset", "semaphore", "in", "arguments as noted"});
  for (const UsdtProbe& probe : points) {
    std::string title = signature(probe, usdt_arguments(probe, subject.image));
    for (const UsdtSite& site : probe.sites) {
      lines.add({title, hexadecimal(site.file_offset), site.semaphore_offset == 0 ? "no" : "yes",
                 function_at(site.address, subject.image),
                 site.arguments.empty() ? "-" : site.arguments});
      title.clear();
    }
  }
  lines.print(std::cout);
}

// The USDT probes that the patterns name, by name, each once; what names none is added to
// `missing`.
std::vector<UsdtProbe> find_points(const std::vector<std::string>& patterns, const Subject& subject,
                                   std::vector<NotProbed>& missing) {
  const auto all = usdt_probes(subject.image);
  std::map<std::string, UsdtProbe> found;
  for (const std::string& pattern : patterns) {
    const auto matches = matching(all, pattern);
    for (const UsdtProbe& probe : matches)
      found.emplace(probe.name, probe);
    if (matches.empty()) missing.push_back({pattern, why_missing(all, pattern)});
  }
  std::vector<UsdtProbe> points;
  for (const auto& [name, probe] : found)
    points.push_back(probe);
  return points;
}

// What patterns name.
struct Named {
  std::vector<Symbol> functions;     // by name, each once
  std::vector<std::string> inlined;  // functions that have no code of their own
  std::vector<UsdtProbe> points;
  std::vector<NotProbed> missing;
};

Named find_named(const std::vector<std::string>& patterns, const Subject& subject) {
  FunctionNames names(subject.image);
  Named named;
  std::vector<std::string> of_points;
  for (const std::string& pattern : patterns) {
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
      named.missing.push_back({pattern, names.why_missing(pattern)});
    }
  }
  const auto key = [](const Symbol& s) { return std::tie(s.name, s.file_offset); };
  auto& found = named.functions;
  std::sort(found.begin(), found.end(),
            [&](const Symbol& a, const Symbol& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const Symbol& a, const Symbol& b) { return key(a) == key(b); }),
              found.end());
  named.points = find_points(of_points, subject, named.missing);
  return named;
}

void print_functions(const Named& named, const Subject& subject) {
  Lines lines({2, 3});
  lines.add({"function", "verdict", "offset", "bytes", "symbol", "why"});
  const auto diagnoses = diagnose(named.functions, subject.image, subject.code);
  for (std::size_t i = 0; i < named.functions.size(); ++i)
    add_line(named.functions[i], diagnoses[i], lines);
  for (const std::string& one : named.inlined) {
    lines.add({one, name(Verdict::kInlined), "-", "-", "-",
               "it was inlined wherever it is called, and has no code of its own"});
  }
  lines.print(std::cout);
}

// The lines of what the patterns name, and on stderr what they name that is not there. Failed where
// nothing is.
ExitStatus print_named(const std::vector<std::string>& patterns, const Subject& subject) {
  const Named named = find_named(patterns, subject);
  const bool any_function = !named.functions.empty() || !named.inlined.empty();
  if (!any_function && named.points.empty()) {
    const bool only_usdt = std::all_of(patterns.begin(), patterns.end(),
                                       [](const std::string& one) { return is_usdt(one); });
    throw Error("nothing to list of " + subject.binary.name + ": " + to_text(named.missing),
                only_usdt ? usdt_hint(subject.binary.name)
                          : "a function that was inlined or is private to a stripped file has no "
                            "name; debug symbols bring back the private ones");
  }
  if (!named.points.empty()) print_points(named.points, subject);
  if (!named.points.empty() && any_function) std::cout << "\n";
  if (any_function) print_functions(named, subject);
  for (const NotProbed& one : named.missing)
    print_line(std::cerr, "pgrec: " + one.name + ": " + one.reason);
  return kExitDone;
}

// Without -x of the table alone: which server is meant is not asked.
ExitStatus list_presets(const ListOptions& options) {
  if (!options.functions.empty())
    throw UsageError("--presets takes no functions",
                     "pgrec list LIST says of each whether it will be hit");
  if (options.exec.empty()) {
    print_presets(std::cout, nullptr, measure_probe_cost());
    return kExitDone;
  }
  const Subject subject(find_server_binary(options.exec, {}));
  const PresetSubject of_presets{subject.binary.name, subject.image, subject.code};
  print_presets(std::cout, &of_presets, measure_probe_cost());
  return kExitDone;
}

ExitStatus list(const ListOptions& options) {
  const std::vector<std::string> patterns = split_at_commas(options.functions);
  if (patterns.empty() && !options.functions.empty())
    throw UsageError("-f names no function", "name some: -f 'heap_*'");
  if (options.presets) return list_presets(options);
  const Subject subject(find_server_binary(options.exec, {}));
  if (!patterns.empty()) return print_named(patterns, subject);
  print_binary(subject);
  std::cout << "\n";
  print_verdicts(diagnose(subject.image.functions, subject.image, subject.code));
  print_line(std::cerr, "hint: name functions to see each, like pgrec list -x " +
                            subject.binary.name + " 'heap_*'");
  return kExitDone;
}

}  // namespace

void add_list_command(CLI::App& app, ExitStatus& status) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* list_app =
      app.add_subcommand("list", "what can be probed, and whether every call will be seen");
  list_app
      ->add_option("-x,--exec", options->exec,
                   "the binary or shared library: a path or a bare name")
      ->type_name("NAME|PATH");
  list_app
      ->add_option("-f,--func,functions", options->functions,
                   "functions and USDT probes (usdt:NAME): names and globs, comma-separated")
      ->type_name("LIST");
  list_app->add_flag("--presets", options->presets,
                     "the sets of functions for pgrec record --preset, and what they cost");
  list_app->callback([options, &status] { status = list(*options); });
}

}  // namespace pgrec
