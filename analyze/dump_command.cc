#include "analyze/dump_command.h"

#include <fmt/core.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "analyze/filter/analysis.h"
#include "analyze/filter_options.h"
#include "analyze/report/event_lines.h"
#include "analyze/report/record_lines.h"
#include "analyze/report/set_notes.h"
#include "analyze/trace/in_set.h"
#include "format/print/json_line.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

using layout::FrameType;

struct DumpArguments {
  std::vector<std::string> files;
  Filters filters;
  bool follow = false;
  std::string format = "text";
};

// Of a file, in its own times and ids. Nothing where no function that is wanted is in it.
std::optional<EventFilter> filter_of(Analysis& analysis, const TraceSet::File& file) {
  const CallSelection& wanted = analysis.calls();
  EventFilter filter;
  if (!analysis.filters().from.empty()) filter.from = wanted.range.from - file.shift;
  if (!analysis.filters().to.empty()) filter.to = wanted.range.to - file.shift;
  filter.at_least = wanted.at_least;
  filter.pids = wanted.pids.pids;
  if (wanted.is_all_functions()) return filter;
  for (const Function& function : file.reader.functions()) {
    if (wanted.has(function_in_set(file, function.id))) filter.functions.push_back(function.id);
  }
  return filter.functions.empty() ? std::nullopt : std::optional(filter);
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

// What tells the lines of several files apart.
void print_file(const TraceSet::File& file, bool json) {
  if (json) {
    std::cout << JsonLine()
                     .add("record", "file")
                     .add("name", file.reader.name())
                     .add("trace", std::uint64_t{file.trace})
                     .add("begins_ns", file.shift.count())
                     .text()
              << "\n";
    return;
  }
  print_line(std::cout, fmt::format("file {}, of recording {}, which begins at {}",
                                    file.reader.name(), file.trace, duration_text(file.shift)));
}

void dump_file(Analysis& analysis, TraceSet::File& file, bool json, bool follow) {
  const auto filter = filter_of(analysis, file);
  if (!analysis.set().is_single()) print_file(file, json);
  if (!filter) return;
  if (json) std::cout << trace_line(file.reader) << "\n";
  Dump dump(file.reader, *filter, json);
  dump.run();
  while (follow && file.reader.written_by() && std::cout) {
    std::cout.flush();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    file.reader.refresh();
    dump.run();
  }
  dump.print_end();
}

ExitStatus dump_files(const DumpArguments& arguments) {
  const bool json = parse_is_json(arguments.format);
  Analysis analysis(arguments.files, arguments.filters, 1);
  if (arguments.follow && !analysis.set().is_single())
    throw UsageError("--follow: there are several files", "name the one that is being written");
  for (TraceSet::File& file : analysis.set().files())
    dump_file(analysis, file, json, arguments.follow);
  return warn_if_not_whole(analysis.set());
}

}  // namespace

void add_dump_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<DumpArguments>();
  CLI::App* command = app.add_subcommand("dump", "every event of a trace, one a line");
  command->add_option("FILE", arguments->files, "traces, directories of them, globs")
      ->required()
      ->type_name("");
  add_call_filters(*command, arguments->filters);
  command->add_flag("--follow", arguments->follow,
                    "go on with what is written, as long as the trace is");
  command->add_option("--format", arguments->format, "text, or json: one object a line")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = dump_files(*arguments); });
}

}  // namespace pgrec
