#include "analyze/dump_command.h"

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

#include "analyze/report/event_lines.h"
#include "analyze/report/record_lines.h"
#include "analyze/report/trace_notes.h"
#include "format/print/join.h"
#include "format/print/json_line.h"
#include "format/print/name_list.h"
#include "format/print/nearest.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

using layout::FrameType;

struct DumpArguments {
  std::string file;
  std::vector<std::string> functions;
  std::vector<std::uint32_t> pids;
  std::string from;
  std::string to;
  std::string at_least;
  bool follow = false;
  std::string format = "text";
};

EventFilter filter_of(const DumpArguments& arguments, const TraceReader& trace) {
  EventFilter filter;
  if (!arguments.from.empty()) filter.from = Timestamp(parse_duration(arguments.from, "--from"));
  if (!arguments.to.empty()) filter.to = Timestamp(parse_duration(arguments.to, "--to"));
  if (!arguments.at_least.empty())
    filter.at_least = parse_duration(arguments.at_least, "--min-duration");
  filter.pids = arguments.pids;
  const NameList functions = read_names(arguments.functions, "-f");
  for (const std::string& wanted : functions.names) {
    std::vector<std::string> names;
    for (const Function& function : trace.functions()) {
      names.push_back(function.name);
      if (function.name == wanted) filter.functions.push_back(function.id);
    }
    if (std::find(names.begin(), names.end(), wanted) == names.end()) {
      const auto near = nearest(wanted, names);
      throw Error(
          "no function " + wanted + " in " + trace.name() + place_text(functions.places, wanted),
          near.empty() ? "pgrec info lists the functions"
                       : "did you mean " + enumerate(near, "or") + "?");
    }
  }
  return filter;
}

void print_json(const std::string& line) {
  std::cout << line + '\n';
}

void print_text(const std::string& line) {
  print_line(std::cout, line);
}

// The frames of a trace in the order of the file, as lines.
class Dump {
 public:
  Dump(TraceReader& trace, const EventFilter& filter, bool json)
      : trace_(trace),
        filter_(filter),
        json_(json),
        print_(json ? print_json : print_text),
        frame_(trace.frames().begin()),
        chunk_(trace.chunks().begin()) {}

  // From where it stopped the last time.
  void run() {
    for (; frame_ != trace_.frames().end() && std::cout; ++frame_) {
      const FrameRef frame = *frame_;
      if (frame.type == FrameType::kChunk) {
        dump_chunk(*chunk_);
        ++chunk_;
      } else if (json_ || wanted_as_text(frame.type)) {
        if (const auto payload = trace_.read(frame)) print_frame(frame, *payload);
      }
    }
  }
  void print_end() {
    if (!json_) return;
    for (const Damage& damage : trace_.damages())
      std::cout << damage_line(damage) << "\n";
    if (trace_.end()) std::cout << end_line(*trace_.end()) << "\n";
  }

 private:
  // Where only calls are wanted, queries are left out.
  bool wanted_as_text(FrameType type) const {
    const bool calls_only = !filter_.functions.empty() || filter_.at_least > Duration{};
    return type == FrameType::kLosses || (type == FrameType::kTexts && !calls_only);
  }

  void print_frame(const FrameRef& frame, const FramePayload& payload) {
    if (!for_each_record_line(trace_, frame.type, payload, json_, print_))
      trace_.add_damage(frame, "the table does not decode");
  }

  void dump_chunk(const ChunkRef& ref) {
    if (!filter_.wants(ref.header)) return;
    const auto payload = trace_.read(ref);
    if (!payload) return;
    const auto chunk = decode_chunk(payload->plain(), payload->rest(), trace_.classes());
    if (!chunk) return trace_.add_damage(ref.frame, "the chunk does not decode");
    if (json_) std::cout << chunk_line(ref) << "\n";
    for_each_event_line(trace_, *chunk, filter_, json_, print_);
  }

  TraceReader& trace_;
  const EventFilter& filter_;
  bool json_;
  void (*print_)(const std::string& line);
  FrameRange<FrameRef>::Iterator frame_;  // where it goes on
  FrameRange<ChunkRef>::Iterator chunk_;
};

ExitStatus dump_file(const DumpArguments& arguments) {
  const bool json = parse_is_json(arguments.format);
  TraceReader trace(arguments.file);
  const EventFilter filter = filter_of(arguments, trace);
  if (json) std::cout << trace_line(trace) << "\n";
  Dump dump(trace, filter, json);
  dump.run();
  while (arguments.follow && trace.written_by() && std::cout) {
    std::cout.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    trace.refresh();
    dump.run();
  }
  dump.print_end();
  return warn_if_not_whole(trace);
}

}  // namespace

void add_dump_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<DumpArguments>();
  CLI::App* command = app.add_subcommand("dump", "every event of a trace, one a line");
  command->add_option("FILE", arguments->file, "the trace")->required();
  command
      ->add_option("-f,--func", arguments->functions,
                   "only calls of these functions; @FILE has some")
      ->allow_extra_args(false)
      ->type_name("LIST");
  command->add_option("-p,--pid", arguments->pids, "only events of these processes")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
  command->add_option("--from", arguments->from, "only events from this time on, like 1.5s")
      ->type_name("TIME");
  command->add_option("--to", arguments->to, "only events before this time")->type_name("TIME");
  command
      ->add_option("--min-duration", arguments->at_least,
                   "only returns of calls that lasted as long, like 1ms")
      ->type_name("TIME");
  command->add_flag("--follow", arguments->follow,
                    "go on with what is written, as long as the trace is");
  command->add_option("--format", arguments->format, "text, or json: one object a line")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = dump_file(*arguments); });
}

}  // namespace pgrec
