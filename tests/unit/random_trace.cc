#include "tests/unit/random_trace.h"

#include "tests/unit/random_events.h"

namespace pgrec::test {

void write_random_trace(const TraceFile& file, const RandomTrace& what) {
  TraceWriter writer = file.writer();
  RandomEvents random(what.seed, 4);
  const auto role = Function::Role::kCalls;
  writer.write(std::vector<Function>{{FunctionId{0}, role, "heap_insert", "/bin/postgres", "0a", 1},
                                     {FunctionId{1}, role, "twin", "/bin/postgres", "0a", 2},
                                     {FunctionId{2}, role, "twin", "/bin/postgres", "0a", 3}});
  writer.write(random_classes());
  writer.write(std::vector<ClockSample>{{from_ns(0), 1'700'000'000'000'000'000}});
  for (int i = 0; i < 4; ++i)
    writer.text_id({{}, false, false, "SELECT " + std::string(static_cast<std::size_t>(i), 'x')});
  for (int i = 0; i < what.chunks; ++i) {
    for (const ThreadEvents& stretch : random.next(what.stretches))
      append(writer, stretch);
    writer.cut();
  }
  writer.write(std::vector<Process>{{100, "postgres: alice shop [local] idle"}});
  if (what.has_summary) writer.close(from_ns(1'000'000'000'000'000));
}

}  // namespace pgrec::test
