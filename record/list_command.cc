#include "record/list_command.h"

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <memory>
#include <set>
#include <sstream>
#include <tuple>

#include "format/units.h"
#include "record/debug_symbols.h"
#include "record/demangled.h"
#include "record/diagnosis.h"
#include "record/function_names.h"
#include "record/probe_selection.h"
#include "record/server_binary.h"

namespace pgrec {
namespace {

struct ListOptions {
  std::string exec;
  std::vector<std::string> functions;
};

const char* name(SymbolSource source) {
  static constexpr std::array<const char*, 4> kNames = {".dynsym", ".symtab", "MiniDebugInfo",
                                                        "debug file"};
  return kNames.at(static_cast<std::size_t>(source));
}

// Lines of cells, each column as wide as its widest; the last column is not filled up.
class Lines {
 public:
  // `right`: the columns that are aligned to the right.
  explicit Lines(std::set<std::size_t> right) : right_(std::move(right)) {}
  void add(std::vector<std::string> cells) { lines_.push_back(std::move(cells)); }
  void print(std::ostream& out) const {
    std::vector<std::size_t> widths;
    for (const auto& cells : lines_) {
      widths.resize(std::max(widths.size(), cells.size()));
      for (std::size_t i = 0; i < cells.size(); ++i)
        widths[i] = std::max(widths[i], cells[i].size());
    }
    for (const auto& cells : lines_) {
      std::string line;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string blanks(widths[i] - cells[i].size(), ' ');
        if (i > 0) line += "  ";
        line += right_.count(i) > 0 ? blanks + cells[i] : cells[i] + blanks;
      }
      line.erase(line.find_last_not_of(' ') + 1);
      out << line << "\n";
    }
  }

 private:
  std::set<std::size_t> right_;
  std::vector<std::vector<std::string>> lines_;
};

// A binary with all that is known of its functions.
struct Subject {
  explicit Subject(const ServerBinary& its_binary)
      : binary(its_binary), image(read_elf(binary.path)), code(read_code(binary.path)) {
    DebugSymbols debug = read_debug_symbols(binary.path, code);
    debug_file = debug.debug_file;
    image.add(std::move(debug.functions));
    if (image.functions.empty()) {
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
  std::string sources;
  for (std::size_t i = 0; i < of_source.size(); ++i) {
    if (of_source[i] == 0) continue;
    sources += (sources.empty() ? "" : ", ") + count_text(of_source[i]) + " of " +
               name(static_cast<SymbolSource>(i));
  }
  const auto nameless = static_cast<std::uint64_t>(
      std::count_if(subject.code.pieces.begin(), subject.code.pieces.end(),
                    [&](const Extent& piece) { return named.count(piece.address) == 0; }));
  std::cout << "binary      " << subject.binary.name << "\n"
            << "build id    " << (subject.image.build_id.empty() ? "none" : subject.image.build_id)
            << "\n"
            << "debug file  " << (subject.debug_file.empty() ? "none found" : subject.debug_file)
            << "\n"
            << "functions   " << sources << "; " << count_text(nameless)
            << " pieces of code without a name\n";
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

void add_line(const Symbol& function, const Diagnosis& diagnosis, Lines& lines) {
  std::ostringstream offset;
  offset << "0x" << std::hex << function.file_offset;
  lines.add({demangled(function.name), name(diagnosis.verdict), offset.str(),
             function.bytes == 0 ? "-" : count_text(function.bytes), name(function.source),
             diagnosis.why});
}

// The lines of what the patterns name, and on stderr what they name that is not there. Failed where
// nothing is.
ExitStatus print_functions(const std::vector<std::string>& patterns, const Subject& subject) {
  FunctionNames names(subject.image);
  std::vector<Symbol> found;
  std::vector<NotProbed> missing;
  std::vector<std::string> inlined;
  for (const std::string& pattern : patterns) {
    const auto matching = names.matching(pattern);
    found.insert(found.end(), matching.begin(), matching.end());
    if (!matching.empty()) continue;
    if (is_inlined_function(subject.binary.path, pattern)) {
      inlined.push_back(pattern);
    } else {
      missing.push_back({pattern, names.why_missing(pattern)});
    }
  }
  const auto key = [](const Symbol& s) { return std::tie(s.name, s.file_offset); };
  std::sort(found.begin(), found.end(),
            [&](const Symbol& a, const Symbol& b) { return key(a) < key(b); });
  found.erase(std::unique(found.begin(), found.end(),
                          [&](const Symbol& a, const Symbol& b) { return key(a) == key(b); }),
              found.end());
  if (found.empty() && inlined.empty()) {
    throw Error("nothing to list of " + subject.binary.name + ": " + to_text(missing),
                "a function that was inlined or is private to a stripped file has no name; debug "
                "symbols bring back the private ones");
  }
  Lines lines({2, 3});
  lines.add({"function", "verdict", "offset", "bytes", "symbol", "why"});
  const auto diagnoses = diagnose(found, subject.image, subject.code);
  for (std::size_t i = 0; i < found.size(); ++i)
    add_line(found[i], diagnoses[i], lines);
  for (const std::string& one : inlined) {
    lines.add({one, name(Verdict::kInlined), "-", "-", "-",
               "it was inlined wherever it is called, and has no code of its own"});
  }
  lines.print(std::cout);
  for (const NotProbed& one : missing)
    std::cerr << "pgrec: " << one.name << ": " << one.reason << "\n";
  return kExitDone;
}

ExitStatus list(const ListOptions& options) {
  const std::vector<std::string> patterns = split_at_commas(options.functions);
  if (patterns.empty() && !options.functions.empty())
    throw UsageError("-f names no function", "name some: -f 'heap_*'");
  const Subject subject(find_server_binary(options.exec, {}));
  if (!patterns.empty()) return print_functions(patterns, subject);
  print_binary(subject);
  std::cout << "\n";
  print_verdicts(diagnose(subject.image.functions, subject.image, subject.code));
  std::cerr << "hint: name functions to see each, like pgrec list -x " << subject.binary.name
            << " 'heap_*'\n";
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
                   "functions: names and globs, comma-separated")
      ->type_name("LIST");
  list_app->callback([options, &status] { status = list(*options); });
}

}  // namespace pgrec
