#include "tests/unit/reference_trace.h"

#include "tests/unit/collected_calls.h"
#include "tests/unit/expected_summary.h"

namespace pgrec::test {

const Metadata ReferenceTrace::kFacts = {
    {"host.name", "db1"}, {"label.run", "a"}, {"label.run", "b"}};
const std::vector<Function> ReferenceTrace::kFunctions = {
    {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/usr/bin/postgres", "0a1b", 4096},
    {FunctionId{1}, Function::Role::kActivity, "pgstat_report_activity", "/usr/bin/postgres", "",
     8192}};
const std::vector<Process> ReferenceTrace::kProcesses = {
    {100, "postgres: alice shop [local] idle"}};
const std::vector<ClockSample> ReferenceTrace::kClocks = {{from_ns(0), 1'700'000'000'000'000'000},
                                                          {from_ns(1'000'000), -1}};
const std::vector<Loss> ReferenceTrace::kLosses = {
    {from_ns(10), from_ns(20), "ring-full", FunctionId{0}, 1, 3},
    {from_ns(20), from_ns(30), "no-ring", {}, {}, 4}};

ReferenceTrace::ReferenceTrace() {
  TraceWriter writer = file_.writer();
  writer.write(kFacts);
  writer.write(kFunctions);
  writer.write(random_classes());
  writer.write(kClocks);
  for (int chunk = 0; chunk < kChunks; ++chunk) {
    write_chunk(writer);
    if (chunk == 1) writer.write(std::vector<Loss>{kLosses[0]});
  }
  writer.write(std::vector<Loss>{kLosses[1]});
  writer.write(kProcesses);
  writer.close(kEnd);
  calls_ = writer.calls();
  executions_ = writer.executions();
}

void ReferenceTrace::write_chunk(TraceWriter& writer) {
  writer.text_id({{}, false, false, "SELECT " + std::to_string(texts_++)});
  const auto batch = random_.next(6);
  for (const ThreadEvents& stretch : batch) {
    append(writer, stretch);
    events_ += stretch.events.size();
  }
  writer.cut();
  ended_.push_back(oracle_.replay(batch));
  summaries_.push_back(expected_summary(batch, ended_.back(), {}));
}

Readable read_all(TraceReader trace) {
  Readable all;
  trace.for_each_chunk([&](const Chunk& chunk) {
    const std::uint64_t id = value(chunk.header.ids.call);
    all.chunks[id] = ended_in(chunk).rows();
    for (const ChunkThread& thread : chunk.threads) {
      auto& arguments = all.arguments[id];
      arguments.insert(arguments.end(), thread.arguments.begin(), thread.arguments.end());
    }
  });
  trace.for_each_text([&](const Text& text) { all.texts.push_back(text.text); });
  all.metadata = trace.metadata();
  all.functions = trace.functions();
  all.classes = trace.classes();
  all.processes = trace.processes();
  all.clocks = trace.clocks();
  all.losses = trace.losses();
  all.told = !trace.intact();
  return all;
}

Summary without_losses(Summary summary) {
  summary.losses.clear();
  return summary;
}

}  // namespace pgrec::test
