// Makes a trace in which every name, text and value is one that a terminal would act on:
// make_hostile_trace FILE.
#include <fcntl.h>

#include <string>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "format/trace/trace_writer.h"

namespace {

using namespace pgrec;

constexpr ThreadKey kBackend{7, 7};

// `word` among every byte below 0x20, DEL, a control character of two bytes, characters that turn
// the direction, and bytes that are not UTF-8, the last of them the beginning of a character.
std::string hostile(const std::string& word) {
  std::string text = word + "\x1B]0;title\x07\x1B[2J\x1B[31m";
  for (char c = 1; c < ' '; ++c)
    text += c;
  return text + "\x7F\xC2\x9B" + "31m\xC2\x85\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\xA8\xE2\x80\xA9" +
         "\nhint: sh evil\r\xC0\x9B\xED\xA0\x80\xFF\x9B" + word + "\xE2\x80";
}

void append(TraceWriter& writer, Event event, std::vector<ArgumentValues> arguments = {}) {
  writer.append(kBackend, std::span(&event, 1), arguments);
}

Event make(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
  Event event{kind, FunctionId{number}, TextId{number}, from_ns(ns)};
  event.event_class = ClassId{number};
  return event;
}

Metadata facts() {
  Metadata facts = {{"record.min_duration_ns", "1000"}, {hostile("key"), hostile("value")}};
  for (const char* key :
       {"recorded.at", "host.name", "host.kernel", "host.cpus", "server.binary", "server.version",
        "events.missed", "record.throttled.0", "record.throttle_refused.0", "record.without_memory",
        "label.run", "server.setting.port"}) {
    facts.emplace_back(key, hostile(key));
  }
  return facts;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  TraceWriter writer(File(::open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), argv[1]));
  writer.write(facts());
  std::vector<Function> functions;
  for (std::uint32_t id = 0; id < 3; ++id) {
    functions.push_back({FunctionId{id}, static_cast<Function::Role>(id),
                         hostile("function" + std::to_string(id)), hostile("/binary"),
                         hostile("build"), 4096});
  }
  functions.push_back({FunctionId{3}, Function::Role::kCalls, hostile("silent"), "", "", 0});
  writer.write(functions);
  writer.write(std::vector<EventClass>{
      {ClassId{0},
       EventClass::Subject::kThread,
       hostile("class"),
       {{hostile("argument"), ArgumentType::Kind::kString, hostile("unit")}}},
      {ClassId{1},
       EventClass::Subject::kExecution,
       std::string(execution_class::kFailed),
       {{"sqlstate", ArgumentType::Kind::kString, ""}}}});
  writer.write(std::vector<Process>{{7,
                                     "postgres: 15/main: " + hostile("alice") + " " +
                                         hostile("shop") + " " + hostile("10.0.0.1") + " idle",
                                     hostile("application"), from_ns(-5), from_ns(900'000)},
                                    {8, hostile("title")}});
  const TextId text = writer.text_id({{}, false, false, hostile("SELECT 1")});
  append(writer, make(EventKind::kExecutionBegin, 100, value(text)));
  append(writer, make(EventKind::kEnter, 110, 0));
  append(writer, make(EventKind::kOfClass, 120, 0), {{hostile("argument")}});
  append(writer, make(EventKind::kReturned, 2000));
  append(writer, make(EventKind::kEnter, 2100, 0));
  append(writer, make(EventKind::kOfClass, 2200, 1), {{hostile("57014")}});
  append(writer, make(EventKind::kUnwound, 3000));
  append(writer, make(EventKind::kExecutionEnd, 4000));
  writer.write(
      std::vector<Loss>{{from_ns(1), from_ns(2), hostile("ring-full"), FunctionId{0}, 0, 3}});
  Account account{FunctionId{0}, 9, 4, 5, {}};
  account.short_calls.add(Duration(500));
  writer.write(std::vector<Account>{account});
  writer.close(from_ns(1'000'000));
}
