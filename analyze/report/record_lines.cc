#include "analyze/report/record_lines.h"

#include <fmt/core.h>

#include "analyze/report/event_lines.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "format/postgres/measures.h"
#include "format/print/json_line.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

using layout::FrameType;
using Visit = std::function<void(const std::string&)>;

JsonLine record(const char* kind) {
  JsonLine line;
  line.add("record", kind);
  return line;
}

std::uint64_t number(std::uint32_t small) {
  return small;
}

const char* name(ArgumentType::Kind kind) {
  switch (kind) {
    case ArgumentType::Kind::kUnsigned:
      return "unsigned";
    case ArgumentType::Kind::kSigned:
      return "signed";
    case ArgumentType::Kind::kReal:
      return "real";
    case ArgumentType::Kind::kString:
      return "string";
    case ArgumentType::Kind::kText:
      return "text";
  }
  return "unknown";
}

const char* name(EventClass::Subject subject) {
  switch (subject) {
    case EventClass::Subject::kThread:
      return "thread";
    case EventClass::Subject::kCall:
      return "call";
    case EventClass::Subject::kExecution:
      return "execution";
  }
  return "unknown";
}

std::string line_of(const std::pair<std::string, std::string>& fact) {
  return record("fact").add("key", fact.first).add("value", fact.second).text();
}

std::string line_of(const Function& function) {
  return record("function")
      .add("id", number(value(function.id)))
      .add("role", recorded_as(function.role))
      .add("name", function.name)
      .add("binary", function.binary)
      .add("build_id", function.build_id)
      .add("file_offset", function.file_offset)
      .text();
}

std::string line_of(const EventClass& one) {
  std::vector<std::string> arguments;
  for (const ArgumentType& argument : one.arguments) {
    JsonLine described;
    described.add("name", argument.name).add("kind", name(argument.kind));
    arguments.push_back(described.add("unit", argument.unit).text());
  }
  return record("class")
      .add("id", number(value(one.id)))
      .add("subject", name(one.subject))
      .add("name", one.name)
      .add_array("arguments", arguments)
      .text();
}

std::string line_of(const Text& text) {
  JsonLine line = record("text");
  line.add("id", number(value(text.id)));
  line.add_flag("cut", text.cut);
  line.add_flag("unreadable", text.unreadable);
  if (text.withheld) line.add_flag("withheld", true);
  if (text.normalized) line.add_flag("normalized", true);
  if (text.query_bytes != 0) line.add("query_bytes", text.query_bytes);
  if (text.fingerprint != 0) line.add("fingerprint", fingerprint_text(text.fingerprint));
  return line.add("text", text.text).text();
}

std::string line_of(const Process& process) {
  JsonLine line = record("process");
  line.add("pid", number(process.pid)).add("title", process.title);
  if (!process.application.empty()) line.add("application", process.application);
  if (process.started) line.add("started_ns", to_ns(*process.started));
  if (process.ended) line.add("ended_ns", to_ns(*process.ended));
  const auto add = [&line](const char* key, const std::string& text) {
    if (!text.empty()) line.add(key, text);
  };
  if (process.who) {
    add("backend_type", process.who->backend_type);
    add("database", process.who->database);
    add("login", process.who->user);
    add("client", process.who->client);
  }
  add("user", process.user);
  add("session_user", process.session_user);
  return line.text();
}

std::string line_of(const ClockSample& sample) {
  return record("clock")
      .add("ts_ns", to_ns(sample.at))
      .add("realtime_ns", sample.realtime_ns)
      .text();
}

std::string loss_line(const TraceReader& trace, const Loss& loss) {
  JsonLine line = record("loss");
  line.add("from_ns", to_ns(loss.from)).add("to_ns", to_ns(loss.to)).add("cause", loss.cause);
  if (loss.function) line.add("function", trace.function_name(loss.function));
  if (loss.cpu) line.add("cpu", number(*loss.cpu));
  return line.add("events", loss.events).text();
}

std::string loss_text(const TraceReader& trace, const Loss& loss) {
  const auto seconds = [](Timestamp at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
  };
  return fmt::format("lost {} events of {} ({}) between {:.9f} and {:.9f}",
                     loss.events == 0 ? "unknown" : std::to_string(loss.events),
                     trace.function_name(loss.function), loss.cause, seconds(loss.from),
                     seconds(loss.to));
}

std::vector<std::string> rows_json(const LogHistogram& durations) {
  std::vector<std::string> rows;
  durations.for_each_row([&](unsigned row, std::uint64_t count) {
    rows.push_back(fmt::format("[{}, {}]", LogHistogram::from_ns(row), count));
  });
  return rows;
}

std::string account_line(const TraceReader& trace, const Account& account) {
  return record("account")
      .add("function", trace.function_name(account.function))
      .add("fired", account.fired)
      .add("recorded", account.recorded)
      .add("filtered", account.filtered)
      .add("short_total_ns", account.short_calls.total().count())
      .add_array("short_rows", rows_json(account.short_calls))
      .text();
}

std::string function_json(const TraceReader& trace, FunctionId id, const FunctionSummary& sums) {
  JsonLine line;
  line.add("function", trace.function_name(id)).add("calls", sums.calls);
  for (unsigned outcome = 1; outcome < kOutcomes; ++outcome)
    line.add(name(static_cast<Outcome>(outcome)), sums.ended[outcome]);
  line.add("total_ns", sums.total().count()).add("self_ns", sums.self.count());
  line.add("min_ns", sums.min.count()).add("max_ns", sums.max.count());
  return line.add_array("rows", rows_json(sums.durations)).text();
}

std::vector<std::string> class_lines(const TraceReader& trace,
                                     const std::map<ClassId, std::uint64_t>& classes) {
  std::vector<std::string> lines;
  for (const auto& [id, events] : classes) {
    JsonLine line;
    lines.push_back(line.add("class", class_name(trace, id)).add("events", events).text());
  }
  return lines;
}

std::string statement_json(const TraceReader& trace, const StatementKey& key,
                           const StatementSummary& sums) {
  JsonLine line;
  if (key.fingerprint != 0) line.add("fingerprint", fingerprint_text(key.fingerprint));
  if (key.query_id != 0) line.add("query_id", static_cast<std::int64_t>(key.query_id));
  if (key.fingerprint == 0) line.add("text_id", number(value(key.text)));
  line.add("first_text", number(value(sums.first_text))).add("executions", sums.executions);
  line.add("said", sums.said).add("errors", sums.errors).add("lost", sums.lost);
  line.add("total_ns", sums.total.count()).add("max_ns", sums.max.count());
  line.add_array("rows", rows_json(sums.durations));
  std::vector<std::string> measures, functions;
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (sums.measures[i].told == 0) continue;
    JsonLine measure;
    measure.add("measure", kMeasures[i].name).add("sum", sums.measures[i].sum);
    measures.push_back(measure.add("told", sums.measures[i].told).text());
  }
  for (const auto& [id, calls] : sums.functions) {
    JsonLine function;
    function.add("function", trace.function_name(id)).add("calls", calls.calls);
    function.add("returned", calls.returned).add("total_ns", calls.total.count());
    functions.push_back(function.add("self_ns", calls.self.count()).text());
  }
  line.add_array("measures", measures).add_array("functions", functions);
  return line.text();
}

void add_executions(const TraceReader& trace, const Summary& summary, JsonLine& line) {
  std::vector<std::string> longest, statements;
  for (const LongExecution& execution : summary.longest.value_or(std::vector<LongExecution>{})) {
    JsonLine one;
    one.add("execution_id", value(execution.id)).add("text_id", number(value(execution.text)));
    one.add("pid", number(execution.thread.pid)).add("tid", number(execution.thread.tid));
    one.add("ts_ns", to_ns(execution.begun)).add("duration_ns", execution.duration.count());
    longest.push_back(one.text());
  }
  if (summary.longest) line.add_array("longest", longest);
  if (!summary.statements) return;
  for (const auto& [key, sums] : *summary.statements)
    statements.push_back(statement_json(trace, key, sums));
  line.add_array("statements", statements);
  line.add_flag("statements_complete", summary.statements_complete);
}

std::string summary_line(const TraceReader& trace, const char* kind, const Summary& summary) {
  std::vector<std::string> functions, processes, slowest, losses;
  for (const auto& [id, sums] : summary.functions)
    functions.push_back(function_json(trace, id, sums));
  for (const auto& [pid, sums] : summary.processes) {
    JsonLine line;
    line.add("pid", number(pid)).add("calls", sums.calls).add("returned", sums.returned);
    line.add("total_ns", sums.total.count()).add("self_ns", sums.self.count());
    processes.push_back(line.text());
  }
  for (const SlowCall& call : summary.slowest) {
    JsonLine line;
    line.add("call_id", value(call.id)).add("function", trace.function_name(call.function));
    line.add("pid", number(call.thread.pid)).add("tid", number(call.thread.tid));
    line.add("ts_ns", to_ns(call.begun)).add("duration_ns", call.duration.count());
    if (call.execution) line.add("execution_id", value(*call.execution));
    slowest.push_back(line.text());
  }
  for (const auto& [cause, events] : summary.losses) {
    JsonLine line;
    losses.push_back(line.add("cause", cause).add("events", events).text());
  }
  JsonLine executions;
  executions.add("begun", summary.executions.begun).add("ended", summary.executions.ended);
  executions.add("lost", summary.executions.lost);
  executions.add("total_ns", summary.executions.total.count());
  JsonLine line = record(kind);
  line.add_array("functions", functions).add_array("processes", processes);
  line.add_array("slowest", slowest).add_array("losses", losses).add("executions", executions);
  if (summary.classes) line.add_array("classes", class_lines(trace, *summary.classes));
  add_executions(trace, summary, line);
  return line.text();
}

template <typename Rows, typename ToLine>
bool visit_rows(const std::optional<Rows>& rows, const Visit& visit, ToLine to_line) {
  if (!rows) return false;
  for (const auto& row : *rows)
    visit(to_line(row));
  return true;
}

template <typename Rows>
bool visit_rows(const std::optional<Rows>& rows, const Visit& visit) {
  return visit_rows(rows, visit, [](const auto& row) { return line_of(row); });
}

bool visit_text_lines(const TraceReader& trace, FrameType type, const FramePayload& payload,
                      const Visit& visit) {
  if (type == FrameType::kTexts) {
    return visit_rows(decode_texts(payload.rest()), visit, [](const Text& text) {
      return fmt::format("text {}: {}", value(text.id),
                         text.unreadable ? "unreadable" : one_line(text.text, kMaxTextWidth));
    });
  }
  return visit_rows(decode_losses(payload.rest()), visit,
                    [&](const Loss& loss) { return loss_text(trace, loss); });
}

}  // namespace

bool for_each_record_line(const TraceReader& trace, FrameType type, const FramePayload& payload,
                          bool json, const Visit& visit) {
  if (!json) return visit_text_lines(trace, type, payload, visit);
  switch (type) {
    case FrameType::kMetadata:
      return visit_rows(decode_metadata(payload.rest()), visit);
    case FrameType::kFunctions:
      return visit_rows(decode_functions(payload.rest()), visit);
    case FrameType::kClasses:
      return visit_rows(decode_classes(payload.rest()), visit);
    case FrameType::kTexts:
      return visit_rows(decode_texts(payload.rest()), visit);
    case FrameType::kProcesses:
      return visit_rows(decode_processes(payload.rest()), visit);
    case FrameType::kClocks:
      return visit_rows(decode_clocks(payload.rest()), visit);
    case FrameType::kLosses:
      return visit_rows(decode_losses(payload.rest()), visit,
                        [&](const Loss& loss) { return loss_line(trace, loss); });
    case FrameType::kAccounts:
      return visit_rows(decode_accounts(payload.rest()), visit,
                        [&](const Account& account) { return account_line(trace, account); });
    case FrameType::kSummary:
    case FrameType::kTotal: {
      const auto summary = decode_summary(payload.rest());
      if (summary)
        visit(summary_line(trace, type == FrameType::kTotal ? "total" : "summary", *summary));
      return summary.has_value();
    }
    case FrameType::kChunk:
    case FrameType::kIndex:
    case FrameType::kEnd:
      return true;
  }
  visit(record("unknown").add("type", static_cast<std::uint64_t>(type)).text());
  return true;
}

std::string trace_line(const TraceReader& trace) {
  return record("trace").add("format", trace.header().version()).text();
}

std::string chunk_line(const ChunkRef& chunk) {
  const ChunkHeader& header = chunk.header;
  return record("chunk")
      .add("sequence", chunk.frame.sequence)
      .add("first_ns", to_ns(header.first))
      .add("last_ns", to_ns(header.last))
      .add("events", number(header.events))
      .add("calls", number(header.calls))
      .add("executions", number(header.executions))
      .add("threads", number(header.threads))
      .add("longest_ns", header.longest.count())
      .text();
}

std::string damage_line(const Damage& damage) {
  return record("damage")
      .add("offset", damage.offset)
      .add("bytes", damage.bytes)
      .add("reason", damage.reason)
      .text();
}

std::string end_line(const TraceEnd& end) {
  return record("end")
      .add("ts_ns", to_ns(end.end))
      .add("calls", end.calls)
      .add("executions", end.executions)
      .add("events", end.events)
      .add("lost_events", end.lost_events)
      .text();
}

}  // namespace pgrec
