// pgrec: the sub-commands put together, and every way they can fail turned into one line, one hint
// and an exit status.
#include <fcntl.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <new>

#include "analyze/analyze_command.h"
#include "analyze/diff_command.h"
#include "analyze/dump_command.h"
#include "analyze/info_command.h"
#include "analyze/recover_command.h"
#include "analyze/sql_command.h"
#include "analyze/verify_command.h"
#include "format/error.h"
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

// CLI11's errors in our words.
UsageError usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto used = app.get_subcommands();
  const CLI::App& command = used.empty() ? app : *used.front();
  const std::string name = used.empty() ? "pgrec" : "pgrec " + command.get_name();
  const std::string see_help = name + " --help lists what there is";
  const auto extras = app.remaining(true);
  if (extras.empty()) return UsageError(error.what(), see_help);
  const std::string& unknown = extras.front();
  const bool is_option = unknown[0] == '-';
  const auto near = nearest(unknown.substr(0, unknown.find('=')),
                            is_option ? names_of_options(command) : names_of_commands(app));
  std::string what = is_option      ? "unknown option "
                     : used.empty() ? "unknown command "
                                    : "unexpected argument ";
  what += unknown;
  if (near.empty() || (!is_option && !used.empty())) return UsageError(what, see_help);
  return UsageError(what, "did you mean " + either(near) + "?");
}

ExitStatus run(std::vector<std::string> arguments) {
  ExitStatus status = kExitDone;
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

  std::reverse(arguments.begin(), arguments.end());  // the order CLI11 takes a vector in
  try {
    app.parse(arguments);
  } catch (const CLI::Success& help) {
    app.exit(help, std::cout, std::cerr);
    return kExitDone;
  } catch (const CLI::ParseError& error) {
    throw usage_error(app, error);
  }
  if (app.get_subcommands().empty()) {
    throw UsageError("pgrec needs a command", "one of " + either(names_of_commands(app)));
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
