// Covers format/trace/trace_writer.h: events of classes among others come back in their order, with
// their arguments.
#include "format/trace/trace_writer.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class TraceWriterTest : public testing::Test {
 protected:
  TraceWriterTest() {
    writer_.write(std::vector<EventClass>{
        {ClassId{0}, {}, "number", {{"n", ArgumentType::Kind::kUnsigned, ""}}},
        {ClassId{1}, {}, "none", {}}});
  }
  static Event event(EventKind kind, std::int64_t ns, std::uint32_t event_class = 0) {
    return {kind, {}, {}, from_ns(ns), ClassId{event_class}};
  }
  // Each event as its time, those of classes with their class and arguments.
  std::string written() {
    writer_.close(from_ns(1000));
    std::string all;
    TraceReader trace = file_.reader();
    trace.for_each_chunk([&](const Chunk& chunk) {
      for (const ChunkThread& thread : chunk.threads) {
        std::size_t arguments = 0;
        for (const Event& one : thread.events) {
          all += (all.empty() ? "" : " ") + std::to_string(to_ns(one.ts));
          if (one.kind != EventKind::kOfClass) continue;
          all += ":" + std::to_string(value(one.event_class));
          for (const Argument& argument : thread.arguments.at(arguments++))
            all += "=" + std::to_string(std::get<std::uint64_t>(argument));
        }
      }
    });
    return all;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(TraceWriterTest, KeepsTheOrderOfEventsWithArguments) {
  const std::vector<Event> events = {
      event(EventKind::kOfClass, 1),  event(EventKind::kEnter, 2),
      event(EventKind::kReturned, 3), event(EventKind::kOfClass, 4, 1),
      event(EventKind::kOfClass, 5),  event(EventKind::kEnter, 6)};
  std::vector<ArgumentValues> arguments = {{std::uint64_t{7}}, {}, {std::uint64_t{8}}};
  writer_.append({1, 1}, events, arguments);
  EXPECT_EQ(written(), "1:0=7 2 3 4:1 5:0=8 6");
}

TEST_F(TraceWriterTest, TakesEventsWithoutAny) {
  const std::vector<Event> events = {event(EventKind::kEnter, 2), event(EventKind::kReturned, 3)};
  writer_.append({1, 1}, events);
  EXPECT_EQ(written(), "2 3");
}

// 4 MiB of arguments are the bound of a chunk, which is looked at before each event that has some.
TEST_F(TraceWriterTest, CutsBeforeAnEventWhereTheArgumentsBeforeItAreManyMegabytes) {
  writer_.write(std::vector<EventClass>{
      {ClassId{2}, {}, "text", {{"text", ArgumentType::Kind::kString, ""}}}});
  std::vector<Event> events;
  std::vector<ArgumentValues> arguments;
  for (int i = 0; i < 3; ++i) {
    events.push_back(event(EventKind::kOfClass, 10 * i, 2));
    events.push_back(event(EventKind::kHeadless, 10 * i + 1));
    arguments.push_back({std::string(3u << 20, 'x')});
  }
  writer_.append({1, 1}, events, arguments);
  writer_.close(from_ns(1000));
  std::vector<std::size_t> chunks;
  TraceReader trace = file_.reader();
  trace.for_each_chunk(
      [&](const Chunk& chunk) { chunks.push_back(chunk.threads.front().events.size()); });
  EXPECT_EQ(chunks, (std::vector<std::size_t>{4, 2}));
}

// What one takes the place of would lose its file while its thread still syncs it.
TEST_F(TraceWriterTest, TakesThePlaceOfNoOther) {
  EXPECT_TRUE(std::is_move_constructible_v<TraceWriter>);
  EXPECT_FALSE(std::is_move_assignable_v<TraceWriter>);
}

TEST_F(TraceWriterTest, TakesNoEventsAtAll) {
  writer_.append({1, 1}, {});
  EXPECT_EQ(written(), "");
}

}  // namespace
}  // namespace pgrec
