#include "record/record_command.h"

#include <charconv>
#include <memory>

#include "format/print/name_list.h"
#include "format/print/number.h"
#include "format/print/units.h"
#include "record/labels.h"
#include "record/option_values.h"
#include "record/probes/presets.h"
#include "record/recording/recording.h"

namespace pgrec {
namespace {

// "1/100" or "100": one of so many.
std::uint32_t parse_sample(const std::string& text) {
  const std::string_view every = std::string_view(text).substr(text.starts_with("1/") ? 2 : 0);
  const std::uint32_t n = parse_number<std::uint32_t>(every).value_or(0);
  if (n == 0) {
    throw UsageError("--sample: '" + text + "' is not one of so many",
                     "write it like --sample 1/100");
  }
  return n;
}

// "5%" or "0.5 %": above 0 and at most 100.
double parse_share(const std::string& text) {
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const std::string rest(end, text.data() + text.size());
  if (error != std::errc() || (rest != "%" && rest != " %") || !(percent > 0 && percent <= 100)) {
    throw UsageError("--max-overhead: '" + text + "' is not a share of the CPU time",
                     "write it like --max-overhead 5%");
  }
  return percent / 100;
}

AttachMethod parse_attach_method(const std::string& text) {
  if (text == "auto") return AttachMethod::kAuto;
  if (text == "uprobe_multi") return AttachMethod::kUprobeMulti;
  if (text == "perf_event") return AttachMethod::kPerfEvent;
  throw UsageError("--attach: there is no method '" + text + "'",
                   "auto, uprobe_multi or perf_event");
}

Sync parse_sync(const std::string& text) {
  if (text == "off") return Sync::kOff;
  if (text == "1s") return Sync::kEverySecond;
  if (text == "chunk") return Sync::kEveryChunk;
  throw UsageError("--sync: there is no policy '" + text + "'", "off, 1s or chunk");
}

// The command line as it was typed.
struct RecordArguments {
  RecordOptions options;
  std::vector<std::string> functions;
  std::vector<std::string> pids;
  std::string duration;
  std::string interval;
  std::string min_duration;
  std::string sample = "1/1";
  std::string max_overhead;
  std::string buffer = "8M";
  std::string attach = "auto";
  std::string text = "full";
  std::string text_limit = "64K";
  std::string sync = "1s";
  std::string max_size;
  std::string rotate;
  std::string keep;
  std::vector<std::string> labels;
};

// What is recorded.
void add_subject_options(CLI::App* app, RecordArguments& arguments) {
  RecordOptions& options = arguments.options;
  app->add_option("-x,--exec", options.request.execs,
                  "a binary or shared library: a path or a bare name")
      ->allow_extra_args(false)
      ->type_name("NAME|PATH");
  app->add_option("-f,--func", arguments.functions,
                  "functions and USDT probes (usdt:NAME): names and globs, comma-separated; @FILE "
                  "has some")
      ->allow_extra_args(false)
      ->type_name("LIST");
  app->add_option("--preset", options.request.presets,
                  "named sets of them, which pgrec list --presets shows")
      ->allow_extra_args(false)
      ->type_name("NAME[,NAME...]");
  app->add_flag("--strict", options.strict,
                "fail where anything that is named cannot be probed, and record nothing");
  app->add_option("-p,--pid", arguments.pids,
                  "only these, all that descend from them, and their parallel workers")
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
}

// Into which trace, for how long, and what is shown meanwhile.
void add_trace_options(CLI::App* app, RecordArguments& arguments) {
  RecordOptions& options = arguments.options;
  app->add_option("-o,--output", options.output, "the trace to write")
      ->type_name("FILE.pgt")
      ->capture_default_str();
  app->add_flag("--force", options.force, "overwrite the trace if it exists");
  app->add_option("-d,--duration", arguments.duration, "stop after this time, like 30s")
      ->type_name("TIME");
  app->add_option("-i,--interval", arguments.interval,
                  "print histograms of what was recorded, each such time: 3, 500ms")
      ->type_name("TIME");
}

// What recording may cost.
void add_cost_options(CLI::App* app, RecordArguments& arguments) {
  RecordOptions& options = arguments.options;
  app->add_option("--min-duration", arguments.min_duration,
                  "only calls that take this long, like 1ms; shorter ones are counted")
      ->type_name("TIME");
  app->add_option("--sample", arguments.sample,
                  "only one of N executions, with all its calls; the others are counted")
      ->type_name("1/N")
      ->capture_default_str();
  app->add_option("--max-overhead", arguments.max_overhead,
                  "take off the hottest probes where all take more of the CPU time, like 5%")
      ->type_name("SHARE");
  app->add_flag("--dry-run", options.dry_run,
                "only say what recording would cost: count calls for a second");
}

// How large a trace may become.
void add_size_options(CLI::App* app, RecordArguments& arguments) {
  app->add_option("--max-size", arguments.max_size, "stop when the trace is so large, like 100M")
      ->type_name("BYTES");
  app->add_option("--rotate", arguments.rotate,
                  "go on in FILE.2.pgt, FILE.3.pgt, ... when a trace is so large or so old: 1G, 1h")
      ->type_name("BYTES|TIME");
  app->add_option("--keep", arguments.keep, "with --rotate: keep so many traces, the newest")
      ->type_name("N");
}

void add_kernel_options(CLI::App* app, RecordArguments& arguments) {
  app->add_option("--buffer", arguments.buffer, "ring buffer of each CPU")
      ->type_name("BYTES")
      ->capture_default_str();
  app->add_option("--attach", arguments.attach, "auto, uprobe_multi or perf_event")
      ->type_name("METHOD")
      ->capture_default_str();
  app->add_option("--sync", arguments.sync,
                  "what a power failure may cost: off, 1s (of recording) or chunk (the last one)")
      ->type_name("POLICY")
      ->capture_default_str();
}

void add_text_options(CLI::App* app, RecordArguments& arguments) {
  RecordOptions& options = arguments.options;
  app->add_option("--text", arguments.text,
                  "what is kept of queries: full, normalized (no literals, no comments) or none")
      ->type_name("MODE")
      ->capture_default_str();
  app->add_option("--text-limit", arguments.text_limit, "kept of a query's text; at most 1M")
      ->type_name("BYTES")
      ->capture_default_str();
  app->add_option("--label", arguments.labels, "a fact of your own, kept in the trace")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  app->add_flag("-v,--verbose", options.verbose, "show what libbpf says");
}

// Throws UsageError.
RecordOptions parse(const RecordArguments& arguments, const std::vector<std::string>& command) {
  RecordOptions parsed = arguments.options;
  if (arguments.functions.empty() && parsed.request.presets.empty()) {
    throw UsageError("-f or --preset is required",
                     "name functions, as in -f heap_insert, or a set of them: --preset queries");
  }
  names_of_presets(parsed.request.presets, 0);  // throws before anything else is looked at
  parsed.request.functions = read_names(arguments.functions, "-f");
  parsed.command = command;
  parsed.request.pids = parse_pids(arguments.pids);
  parsed.ring_bytes = parse_ring_bytes(arguments.buffer);
  parsed.labels = parse_labels(arguments.labels);
  parsed.attach = parse_attach_method(arguments.attach);
  parsed.sync = parse_sync(arguments.sync);
  parsed.text = parse_text_mode(arguments.text);
  parsed.text_limit_bytes = parse_text_limit(arguments.text_limit);
  if (!arguments.min_duration.empty())
    parsed.min_duration = parse_duration(arguments.min_duration, "--min-duration");
  parsed.sample_every = parse_sample(arguments.sample);
  if (!arguments.max_overhead.empty()) parsed.max_overhead = parse_share(arguments.max_overhead);
  if (parsed.max_overhead > 0 && (parsed.min_duration > Duration{} || parsed.sample_every > 1)) {
    throw UsageError("--max-overhead excludes --min-duration and --sample",
                     "they take little off the cost of a probe, and hide whose CPU time it is");
  }
  parsed.rotation = parse_rotation(arguments.max_size, arguments.rotate, arguments.keep);
  if (!arguments.duration.empty())
    parsed.duration = parse_duration(arguments.duration, "--duration");
  if (!arguments.interval.empty()) parsed.interval = parse_interval(arguments.interval);
  return parsed;
}

}  // namespace

void add_record_command(CLI::App& app, const std::vector<std::string>& command,
                        ExitStatus& status) {
  auto arguments = std::make_shared<RecordArguments>();
  CLI::App* record_app = app.add_subcommand("record", "record calls and queries into a trace");
  add_subject_options(record_app, *arguments);
  add_trace_options(record_app, *arguments);
  add_cost_options(record_app, *arguments);
  add_size_options(record_app, *arguments);
  add_kernel_options(record_app, *arguments);
  add_text_options(record_app, *arguments);
  record_app->footer(
      "After --, a command may follow: it is started when the probes are in place, and "
      "recording ends when it does.");
  record_app->callback(
      [arguments, &command, &status] { status = record(parse(*arguments, command)); });
}

}  // namespace pgrec
