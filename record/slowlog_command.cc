#include "record/slowlog_command.h"

#include <memory>

#include "format/print/json_line.h"
#include "format/print/units.h"
#include "record/option_values.h"
#include "record/slowlog/slowlog.h"

namespace pgrec {
namespace {

// The command line as it was typed.
struct SlowlogArguments {
  SlowlogOptions options;
  std::vector<std::string> pids;
  std::string duration;
  std::string threshold = "200ms";
  std::string format = "text";
  std::string text = "full";
  std::string text_limit = "64K";
};

}  // namespace

void add_slowlog_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<SlowlogArguments>();
  SlowlogOptions& options = arguments->options;
  CLI::App* slowlog =
      app.add_subcommand("slowlog", "log the statements that take long, one a line");
  slowlog->add_option("-x,--exec", options.exec, "the server: a path or a bare name")
      ->type_name("NAME|PATH");
  slowlog
      ->add_option("-p,--pid", arguments->pids,
                   "only these processes and all that descend from them")
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
  slowlog
      ->add_option("-t,--threshold", arguments->threshold,
                   "how long is slow, like 50ms; 0 logs every statement")
      ->type_name("TIME")
      ->capture_default_str();
  slowlog->add_option("-d,--duration", arguments->duration, "stop after this time, like 30s")
      ->type_name("TIME");
  slowlog->add_flag("--errors", options.errors, "also every statement that fails, however fast");
  slowlog
      ->add_option("-l,--log", options.log,
                   "append to this file, and open it anew on SIGHUP; else standard output")
      ->type_name("FILE");
  slowlog->add_option("--format", arguments->format, "text or json, one object a line")
      ->type_name("FORMAT")
      ->capture_default_str();
  slowlog
      ->add_option("--text", arguments->text,
                   "what is logged of queries: full, normalized (no literals, no comments) or none")
      ->type_name("MODE")
      ->capture_default_str();
  slowlog->add_option("--text-limit", arguments->text_limit, "logged of a query's text; at most 1M")
      ->type_name("BYTES")
      ->capture_default_str();
  slowlog->add_flag("-v,--verbose", options.verbose, "show what libbpf says");
  slowlog->callback([arguments, &status] {
    SlowlogOptions& parsed = arguments->options;
    parsed.pids = parse_pids(arguments->pids);
    if (!arguments->duration.empty())
      parsed.duration = parse_duration(arguments->duration, "--duration");
    parsed.threshold = parse_duration(arguments->threshold, "--threshold");
    parsed.json = parse_is_json(arguments->format);
    parsed.text = parse_text_mode(arguments->text);
    parsed.text_limit_bytes = parse_text_limit(arguments->text_limit);
    status = log_slow_statements(parsed);
  });
}

}  // namespace pgrec
