#include "analyze/info_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/calls/counted_executions.h"
#include "analyze/report/per_file.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/trace/set_paths.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

struct InfoArguments {
  std::vector<std::string> files;
  std::string format = "text";
};

Table facts_table(TraceReader& trace) {
  Table facts{"facts", "", {{"key", "key"}, {"value", "value"}}, {}};
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) facts.rows.push_back({key, value});
  };
  std::uint64_t calls = 0;
  std::uint64_t events = 0;
  for (const ChunkRef& chunk : trace.chunks()) {
    calls += chunk.header.calls;
    events += chunk.header.events;
  }
  const ExecutionCounts counts = counted_executions(trace);
  add("trace.format", trace.header().version());
  add("trace.closed", trace.closed() ? "yes" : "no");
  if (trace.written_by()) add("trace.written_by", std::to_string(*trace.written_by()));
  add("trace.bytes", std::to_string(trace.size_bytes()));
  add("trace.duration_ns", std::to_string(to_ns(trace.last())));
  add("trace.frames", std::to_string(trace.frames().size()));
  add("trace.chunks", std::to_string(trace.chunks().size()));
  add("trace.events", std::to_string(events));
  add("trace.calls", std::to_string(calls));
  if (const auto each = bytes_each(trace.size_bytes(), calls, counts.executions, events))
    add(std::string("trace.bytes_per_") + each->what, fixed_text(each->bytes, 2));
  add("trace.executions", std::to_string(counts.executions));
  if (counts.preparations > 0) add("trace.preparations", std::to_string(counts.preparations));
  if (counts.worker_runs > 0) add("trace.worker_runs", std::to_string(counts.worker_runs));
  add("trace.processes", std::to_string(trace.processes().size()));
  add("trace.lost_events", std::to_string(trace.lost_events()));
  for (const auto& [key, value] : trace.metadata())
    add(key, value);
  return facts;
}

Table functions_table(const TraceReader& trace) {
  Table functions{"functions",
                  "",
                  {{"function", "function"},
                   {"role", "recorded as"},
                   {"binary", "binary"},
                   {"build_id", "build id"},
                   {"file_offset", "file offset"}},
                  {}};
  for (const Function& function : trace.functions()) {
    if (function.role == Function::Role::kActivity && function.binary.empty()) continue;
    functions.rows.push_back({function.name, std::string(recorded_as(function.role)),
                              function.binary, function.build_id,
                              static_cast<std::int64_t>(function.file_offset)});
  }
  return functions;
}

Table losses_table(const TraceReader& trace) {
  Table losses{"losses",
               "",
               {{"cause", "lost by"},
                {"function", "function"},
                {"events", "events", Unit::kCount},
                {"from_ns", "from", Unit::kDurationNs},
                {"to_ns", "to", Unit::kDurationNs},
                {"cpu", "CPU"}},
               {}};
  for (const Loss& loss : trace.losses()) {
    losses.rows.push_back({loss.cause, trace.function_name(loss.function),
                           static_cast<std::int64_t>(loss.events), to_ns(loss.from), to_ns(loss.to),
                           loss.cpu ? SqlValue(std::int64_t{*loss.cpu}) : SqlValue()});
  }
  return losses;
}

ExitStatus info(const InfoArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const std::vector<std::string> paths = set_paths(arguments.files);
  PerFile report(paths.size());
  ExitStatus status = kExitDone;
  for (const std::string& path : paths) {
    TraceReader trace(path);
    status = std::max(status, warn_if_not_whole(trace));
    std::vector<Table> tables = {facts_table(trace), functions_table(trace)};
    for (Table table : {losses_table(trace), damages_table(trace)}) {
      if (format == OutputFormat::kJson || !table.rows.empty()) tables.push_back(std::move(table));
    }
    report.add(path, std::move(tables));
  }
  report.print(std::cout, format, choose_layout(std::nullopt, false, kAnyWidth));
  return status;
}

}  // namespace

void add_info_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<InfoArguments>();
  CLI::App* command = app.add_subcommand("info", "what a trace file is and holds");
  command->add_option("FILE", arguments->files, "traces, directories of them, globs")
      ->required()
      ->type_name("");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = info(*arguments); });
}

}  // namespace pgrec
