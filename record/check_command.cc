#include "record/check_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string_view>
#include <utility>

#include "format/print/json_line.h"
#include "format/print/lines.h"
#include "record/check/check.h"
#include "record/host/kernel_version.h"
#include "record/option_values.h"

namespace pgrec {
namespace {

struct CheckArguments {
  std::string exec;
  std::string format = "text";
  bool verbose = false;
};

// `text` in lines of at most so many bytes, cut at blanks.
std::vector<std::string> in_lines(std::string_view text, std::size_t bytes) {
  std::vector<std::string> lines;
  while (text.size() > bytes) {
    std::size_t end = text.rfind(' ', bytes);
    if (end == text.npos) end = std::min(text.find(' '), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  lines.emplace_back(text);
  return lines;
}

constexpr std::size_t kScreenColumns = 80;

// Older ones that distributions carry features back to may do.
constexpr KernelVersion kOldestTested{5, 15};

void print_check(const MachineCheck& check) {
  Lines facts({});
  for (const auto& [key, value] : check.facts)
    facts.add({key, value});
  facts.print(std::cout);
  std::cout << "\n";
  std::size_t widest = 0;
  for (const Feature& one : check.features)
    widest = std::max(widest, one.name.size());
  const std::size_t room = kScreenColumns - widest - std::string_view("  not tried  ").size();
  Lines lines({});
  lines.add({"feature", "works", "remark"});
  for (const Feature& one : check.features) {
    std::string feature = one.name;
    std::string works = name(one.works);
    for (const std::string& remark : in_lines(one.remark, room))
      lines.add({std::exchange(feature, ""), std::exchange(works, ""), remark});
  }
  lines.print(std::cout);
  if (check.obstacle) return;
  std::cout << "\npgrec can record here";
  if (running_kernel() < kOldestTested)
    std::cout << ", on a kernel older than those it is tested on";
  std::cout << "\n";
}

void print_check_as_json(const MachineCheck& check) {
  std::vector<std::string> features;
  for (const Feature& one : check.features) {
    JsonLine line;
    line.add("feature", one.name).add("works", name(one.works));
    line.add_flag("needed", one.needed);
    line.add("remark", one.remark).add("hint", one.hint);
    features.push_back(line.text());
  }
  JsonLine facts;
  for (const auto& [key, value] : check.facts)
    facts.add(key, value);
  JsonLine all;
  all.add("facts", facts).add_array("features", features);
  all.add_flag("can_record", !check.obstacle);
  std::cout << all.text() << "\n";
}

ExitStatus check(const CheckArguments& arguments) {
  const bool json = parse_is_json(arguments.format);
  const MachineCheck found = check_machine(arguments.exec, arguments.verbose);
  json ? print_check_as_json(found) : print_check(found);
  std::cout.flush();
  if (found.obstacle)
    throw Error("cannot record here: " + found.obstacle->what, found.obstacle->hint);
  return kExitDone;
}

}  // namespace

void add_check_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* check_app =
      app.add_subcommand("check", "what works on this machine, and what to do where it does not");
  check_app
      ->add_option("-x,--exec", arguments->exec,
                   "the server whose query hooks are looked for: a path or a bare name")
      ->type_name("NAME|PATH");
  check_app->add_option("--format", arguments->format, "text or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  check_app->add_flag("-v,--verbose", arguments->verbose, "show what libbpf says");
  check_app->callback([arguments, &status] { status = check(*arguments); });
}

}  // namespace pgrec
