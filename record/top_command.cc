#include "record/top_command.h"

#include <memory>

#include "format/print/name_list.h"
#include "format/print/number.h"
#include "record/option_values.h"
#include "record/probes/presets.h"
#include "record/top/top.h"

namespace pgrec {
namespace {

// The command line as it was typed.
struct TopArguments {
  TopOptions options;
  std::vector<std::string> functions;
  std::vector<std::string> pids;
  std::string interval = "2s";
  std::string iterations;
  std::string buffer = "8M";
};

std::uint64_t parse_iterations(const std::string& text) {
  const std::uint64_t n = parse_number<std::uint64_t>(text).value_or(0);
  if (n == 0) {
    throw UsageError("--iterations: '" + text + "' is not a number of intervals",
                     "write it like -n 10");
  }
  return n;
}

}  // namespace

void add_top_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<TopArguments>();
  TopOptions& options = arguments->options;
  CLI::App* top_app =
      app.add_subcommand("top", "statements and functions by the time they take, as they run");
  top_app
      ->add_option("-x,--exec", options.request.execs,
                   "a binary or shared library: a path or a bare name")
      ->allow_extra_args(false)
      ->type_name("NAME|PATH");
  top_app
      ->add_option("-p,--pid", arguments->pids,
                   "only these, all that descend from them, and their parallel workers")
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
  top_app
      ->add_option("-f,--func", arguments->functions,
                   "functions to show too: names and globs, comma-separated; @FILE has some")
      ->allow_extra_args(false)
      ->type_name("LIST");
  top_app
      ->add_option("--preset", options.request.presets,
                   "named sets of them, which pgrec list --presets shows")
      ->allow_extra_args(false)
      ->type_name("NAME[,NAME...]");
  top_app->add_option("-d,-i,--interval", arguments->interval, "refresh each such time: 3, 500ms")
      ->type_name("TIME")
      ->capture_default_str();
  top_app->add_option("-n,--iterations", arguments->iterations, "end after so many intervals")
      ->type_name("N");
  top_app->add_option("--buffer", arguments->buffer, "ring buffer of each CPU")
      ->type_name("BYTES")
      ->capture_default_str();
  top_app->add_flag("-v,--verbose", options.verbose, "show what libbpf says");
  top_app->footer("Keys: q quits, s sorts by time, count or mean, p pauses.");
  top_app->callback([arguments, &status] {
    TopOptions& parsed = arguments->options;
    names_of_presets(parsed.request.presets, 0);  // throws before anything else is looked at
    parsed.request.functions = read_names(arguments->functions, "-f");
    parsed.request.pids = parse_pids(arguments->pids);
    parsed.ring_bytes = parse_ring_bytes(arguments->buffer);
    parsed.interval = parse_interval(arguments->interval);
    if (!arguments->iterations.empty()) parsed.iterations = parse_iterations(arguments->iterations);
    status = top(parsed);
  });
}

}  // namespace pgrec
