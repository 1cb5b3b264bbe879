// pgrec: the sub-commands put together, and every way they can fail turned into one line, one hint
// and an exit status.
#include <fcntl.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <iostream>
#include <new>
#include <optional>

#include "analyze/analyze_command.h"
#include "analyze/diff_command.h"
#include "analyze/dump_command.h"
#include "analyze/info_command.h"
#include "analyze/recover_command.h"
#include "analyze/sql_command.h"
#include "analyze/verify_command.h"
#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"
#include "format/print/printable.h"
#include "format/print/printable_stream.h"
#ifdef PGREC_HAS_RECORD
#include "record/check_command.h"
#include "record/list_command.h"
#include "record/record_command.h"
#include "record/slowlog_command.h"
#include "record/top_command.h"
#endif

namespace pgrec {
namespace {

#ifndef PGREC_HAS_RECORD
// The commands of record/, so that they are told from misspelled ones.
constexpr const char* kCommandsLeftOut[] = {"record", "list", "top", "slowlog", "check"};

void refuse_commands_left_out(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  for (const std::string command : kCommandsLeftOut) {
    if (arguments[0] != command) continue;
    throw Error("this pgrec has no pgrec " + command + ": it was built with -DPGREC_RECORD=OFF",
                "build it without that option, on Linux on x86-64");
  }
}
#endif

// What stands after the first "--" is a command for record; the rest is pgrec's.
std::vector<std::string> split_off_command(std::vector<std::string>& arguments) {
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes == arguments.end()) return {};
  std::vector<std::string> command(dashes + 1, arguments.end());
  arguments.erase(dashes, arguments.end());
  return command;
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> names_of_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      names.push_back("--" + name);
    for (const std::string& name : option->get_snames())
      names.push_back("-" + name);
  }
  return names;
}

// A number, maybe with a unit, and no file.
bool is_quantity(const std::string& text) {
  std::error_code ignored;
  return !text.empty() && text[0] >= '0' && text[0] <= '9' &&
         text.find_first_of("./") == text.npos && !std::filesystem::exists(text, ignored);
}

// "--slow 5": a quantity behind a flag that takes its value with = only. Its place among the
// arguments.
std::optional<std::size_t> value_behind_flag(const CLI::App& command,
                                             const std::vector<std::string>& arguments) {
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    if (!is_quantity(arguments[i]) || !arguments[i - 1].starts_with("--")) continue;
    const CLI::Option* flag = command.get_option_no_throw(arguments[i - 1]);
    // CLI11 names a flag that may have a value "--slow{20}".
    if (flag && flag->get_name(false, true).find('{') != std::string::npos) return i;
  }
  return std::nullopt;
}

// What to do about an argument that is no option and that the command does not take.
std::string hint_for_stray(const CLI::App& command, const std::string& stray) {
  if (command.get_name() != "record")
    return "pgrec " + command.get_name() + " --help lists what there is";
  if (stray.ends_with(".pgt")) return "the trace to write stands behind -o: -o " + stray;
  return "a command stands behind --: pgrec record ... -- " + stray + " ...";
}

UsageError value_without_equals(const std::vector<std::string>& arguments, std::size_t at) {
  return UsageError("unexpected argument " + arguments[at],
                    "did you mean " + arguments[at - 1] + "=" + arguments[at] + "?");
}

// A command that takes any number of files would take such a value for one.
void refuse_value_without_equals(const CLI::App& app, const std::vector<std::string>& arguments) {
  if (arguments.empty()) return;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() != arguments[0]) continue;
    if (const auto at = value_behind_flag(*command, arguments))
      throw value_without_equals(arguments, *at);
  }
}

// CLI11's errors in our words.
UsageError usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  const std::string name = used.empty() ? "pgrec" : "pgrec " + command.get_name();
  const auto extras = app.remaining(true);
  if (extras.empty()) return UsageError(error.what(), name + " --help lists what there is");
  const std::string& unknown = extras.front();
  if (unknown[0] != '-' && !used.empty())
    return UsageError("unexpected argument " + unknown, hint_for_stray(command, unknown));
  const bool is_option = unknown[0] == '-';
  const auto near = nearest(unknown.substr(0, unknown.find('=')),
                            is_option ? names_of_options(command) : names_of_commands(app));
  return UsageError((is_option ? "unknown option " : "unknown command ") + unknown,
                    near.empty() ? name + " --help lists what there is"
                                 : "did you mean " + enumerate(near, "or") + "?");
}

// "help", "help COMMAND" -> "--help", "COMMAND --help".
void put_help_last(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] != "help") return;
  while (!arguments.empty() && arguments[0] == "help")
    arguments.erase(arguments.begin());
  arguments.resize(std::min<std::size_t>(arguments.size(), 1));
  arguments.emplace_back("--help");
}

ExitStatus run(std::vector<std::string> arguments) {
  ExitStatus status = kExitDone;
  put_help_last(arguments);
  const bool has_command = std::find(arguments.begin(), arguments.end(), "--") != arguments.end();
  const std::vector<std::string> command = split_off_command(arguments);
  if (has_command && (command.empty() || arguments.empty() || arguments[0] != "record")) {
    throw UsageError("-- stands before the command of pgrec record",
                     "pgrec record -f FUNCTION -- COMMAND ARGUMENTS");
  }

#ifndef PGREC_HAS_RECORD
  refuse_commands_left_out(arguments);
#endif

  CLI::App app(
      "pgrec records every call of the PostgreSQL functions you name, and the query each ran for, "
      "into a small file that answers any latency question later.",
      "pgrec");
  app.set_version_flag("--version", "pgrec " PGREC_VERSION);
  app.require_subcommand(0, 1);
#ifdef PGREC_HAS_RECORD
  add_record_command(app, command, status);
  add_list_command(app, status);
  add_top_command(app, status);
  add_slowlog_command(app, status);
  add_check_command(app, status);
#endif
  add_analyze_command(app, status);
  add_diff_command(app, status);
  add_sql_command(app, status);
  add_info_command(app, status);
  add_dump_command(app, status);
  add_verify_command(app, status);
  add_recover_command(app, status);

  refuse_value_without_equals(app, arguments);
  try {
    // The order in which CLI11 takes a vector.
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::Success& help) {
    if (app.get_subcommands().empty() && !app.remaining().empty())
      throw usage_error(app, CLI::ExtrasError(app.remaining()));
    app.exit(help, std::cout, std::cerr);
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  if (app.get_subcommands().empty()) {
    throw UsageError("pgrec needs a command", "one of " + enumerate(names_of_commands(app), "or"));
  }
  return status;
}

// A file that is opened while one of the three is closed would get its number, and the messages for
// it.
void open_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);  // output then still fails
  }
}

void print_error(const std::string& message, const std::string& hint) {
  print_line(std::cerr, "pgrec: " + message);
  if (!hint.empty()) print_line(std::cerr, "hint: " + hint);
}

}  // namespace
}  // namespace pgrec

int main(int argc, char** argv) {
  pgrec::open_standard_descriptors();
  const pgrec::PrintableStream printable_output(std::cout);
  const pgrec::PrintableStream printable_messages(std::cerr);
  try {
    const pgrec::ExitStatus status = pgrec::run(std::vector<std::string>(argv + 1, argv + argc));
    std::cout.flush();
    if (!std::cout)
      throw pgrec::Error("cannot write the output", "it goes to a full or closed file");
    return status;
  } catch (const pgrec::Error& error) {
    pgrec::print_error(error.what(), error.hint());
    return error.status();
  } catch (const std::bad_alloc&) {
    pgrec::print_error("out of memory", "");
  } catch (const std::exception& error) {
    pgrec::print_error(error.what(), "");
  }
  return pgrec::kExitFailed;
}
