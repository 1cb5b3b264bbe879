#include "record/list_command.h"

#include <fmt/core.h>

#include <algorithm>
#include <iostream>
#include <memory>

#include "format/print/join.h"
#include "format/print/json_line.h"
#include "format/print/lines.h"
#include "format/print/name_list.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/binary/demangled.h"
#include "record/binary/diagnosis.h"
#include "record/kernel/probe_cost.h"
#include "record/list_json.h"
#include "record/list_subject.h"
#include "record/option_values.h"
#include "record/probes/preset_list.h"
#include "record/probes/probe_selection.h"
#include "record/server/server_binary.h"

namespace pgrec {
namespace {

struct ListOptions {
  std::string exec;
  std::vector<std::uint32_t> pids;
  std::vector<std::string> functions;
  bool presets = false;
  bool json = false;
};

// The command line as it was typed.
struct ListArguments {
  ListOptions options;
  std::vector<std::string> pids;
  std::string format = "text";
};

std::string or_else(const std::string& text, const char* none) {
  return text.empty() ? none : text;
}

// What the binary is, and where its names come from.
void print_binary(const Subject& subject, const Counts& counts) {
  std::vector<std::string> sources;
  for (std::size_t i = 0; i < counts.of_source.size(); ++i) {
    const std::uint64_t functions = counts.of_source[i];
    if (functions == 0) continue;
    sources.push_back(count_text(functions) + " of " + name(static_cast<SymbolSource>(i)));
  }
  std::cout << fmt::format(
      "binary      {}\n"
      "build id    {}\n"
      "debug file  {}\n"
      "functions   {}; {} pieces of code without a name\n"
      "USDT        {} at {}\n",
      printable(subject.binary.name), or_else(subject.image.build_id, "none"),
      printable(or_else(subject.debug_file, "none found")), join(sources, ", "),
      count_text(counts.nameless_pieces), plural(usdt_probes(subject.image).size(), "probe"),
      plural(subject.image.usdt_sites.size(), "place"));
}

// How many functions each verdict is for.
void print_verdicts(const Counts& counts) {
  Lines lines({1});
  lines.add({"verdict", "functions", ""});
  for (std::size_t i = 0; i < counts.of_verdict.size(); ++i) {
    const auto verdict = static_cast<Verdict>(i);
    const std::uint64_t functions = counts.of_verdict[i];
    if (functions > 0) lines.add({name(verdict), count_text(functions), meaning(verdict)});
  }
  lines.print(std::cout);
}

std::string hexadecimal(std::uint64_t offset) {
  return fmt::format("{:#x}", offset);
}

void add_line(const Symbol& function, const Diagnosis& diagnosis, Lines& lines) {
  lines.add({demangled(function.name), name(diagnosis.verdict), hexadecimal(function.file_offset),
             function.bytes == 0 ? "-" : count_text(function.bytes), name(function.source),
             diagnosis.why});
}

// "lwlock__acquire(tranche, mode)": a probe with the names of the arguments that are recorded.
std::string signature(const UsdtProbe& probe, const Subject& subject) {
  const std::vector<std::string> names = argument_names(probe, subject);
  return probe.name + (names.empty() ? "" : "(" + join(names, ", ") + ")");
}

// A line for each site of the USDT probes, with its arguments as the compiler noted them.
void print_points(const std::vector<UsdtProbe>& points, const Subject& subject) {
  Lines lines({1});
  lines.add({"USDT probe", "offset", "semaphore", "in", "arguments as noted"});
  for (const UsdtProbe& probe : points) {
    std::string title = signature(probe, subject);
    for (const UsdtSite& site : probe.sites) {
      lines.add({title, hexadecimal(site.file_offset), site.semaphore_offset == 0 ? "no" : "yes",
                 or_else(function_at(site.address, subject.image), "-"),
                 or_else(site.arguments, "-")});
      title.clear();
    }
  }
  lines.print(std::cout);
}

void print_functions(const Named& named, const Subject& subject) {
  Lines lines({2, 3});
  lines.add({"function", "verdict", "offset", "bytes", "symbol", "why"});
  const auto diagnoses = diagnose(named.functions, subject.image, subject.code);
  for (std::size_t i = 0; i < named.functions.size(); ++i)
    add_line(named.functions[i], diagnoses[i], lines);
  for (const std::string& one : named.inlined) {
    lines.add({one, name(Verdict::kInlined), "-", "-", "-", kWhyInlined});
  }
  lines.print(std::cout);
}

// The lines of what the patterns name, and on stderr what they name that is not there. Failed where
// nothing is.
ExitStatus print_named(const NameList& patterns, const Subject& subject, bool json) {
  const Named named = find_named(patterns, subject);
  const bool any_function = !named.functions.empty() || !named.inlined.empty();
  if (!any_function && named.points.empty()) {
    const bool only_usdt = std::all_of(patterns.names.begin(), patterns.names.end(),
                                       [](const std::string& one) { return is_usdt(one); });
    throw Error("nothing to list of " + subject.binary.name + ": " + to_text(named.missing),
                only_usdt ? usdt_hint(subject.binary.name)
                          : "a function that was inlined or is private to a stripped file has no "
                            "name; debug symbols bring back the private ones");
  }
  if (json) {
    std::cout << named_json(named, subject) << "\n";
  } else {
    if (!named.points.empty()) print_points(named.points, subject);
    if (!named.points.empty() && any_function) std::cout << "\n";
    if (any_function) print_functions(named, subject);
  }
  for (const NotProbed& one : named.missing)
    print_line(std::cerr, "pgrec: " + one.name + ": " + one.reason);
  return kExitDone;
}

void print_presets(const PresetSubject* subject, bool json) {
  const auto call_cost = measure_call_cost();
  if (json) {
    std::cout << presets_json(subject, call_cost) << "\n";
  } else {
    print_presets(std::cout, subject, call_cost);
  }
}

// Without -x and -p of the table alone: which server is meant is not asked.
ExitStatus list_presets(const ListOptions& options) {
  if (!options.functions.empty())
    throw UsageError("--presets takes no functions",
                     "pgrec list LIST says of each whether it will be hit");
  if (options.exec.empty() && options.pids.empty()) {
    print_presets(nullptr, options.json);
    return kExitDone;
  }
  const Subject subject(find_server_binary(options.exec, options.pids));
  const PresetSubject of_presets{subject.binary.name, subject.image, subject.code};
  print_presets(&of_presets, options.json);
  return kExitDone;
}

ExitStatus list(const ListOptions& options) {
  const NameList patterns = read_names(options.functions, "-f");
  if (patterns.names.empty() && !options.functions.empty())
    throw UsageError("-f names no function", "name some: -f 'heap_*'");
  if (options.presets) return list_presets(options);
  const Subject subject(find_server_binary(options.exec, options.pids));
  if (!patterns.names.empty()) return print_named(patterns, subject, options.json);
  const Counts all = counts(subject);
  if (options.json) {
    std::cout << binary_json(subject, all) << "\n";
    return kExitDone;
  }
  print_binary(subject, all);
  std::cout << "\n";
  print_verdicts(all);
  print_line(std::cerr, "hint: name functions to see each, like pgrec list -x " +
                            subject.binary.name + " 'heap_*'");
  return kExitDone;
}

}  // namespace

void add_list_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<ListArguments>();
  ListOptions& options = arguments->options;
  CLI::App* list_app =
      app.add_subcommand("list", "what can be probed, and whether every call will be seen");
  list_app
      ->add_option("-x,--exec", options.exec, "the binary or shared library: a path or a bare name")
      ->type_name("NAME|PATH");
  list_app->add_option("-p,--pid", arguments->pids, "the binary that these processes run")
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
  list_app
      ->add_option("-f,--func,functions", options.functions,
                   "functions and USDT probes (usdt:NAME): names and globs, comma-separated; "
                   "@FILE has some")
      ->type_name("LIST");
  list_app->add_flag("--presets", options.presets,
                     "the sets of functions for pgrec record --preset, and what they cost");
  list_app->add_option("--format", arguments->format, "text or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  list_app->callback([arguments, &status] {
    ListOptions& parsed = arguments->options;
    parsed.pids = parse_pids(arguments->pids);
    parsed.json = parse_is_json(arguments->format);
    status = list(parsed);
  });
}

}  // namespace pgrec
