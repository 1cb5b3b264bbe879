// Covers format/chunk/arguments.h and classes of events in a trace: arguments of every kind, and
// what a reader gives that does not know a class or a kind.
#include "format/chunk/arguments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "format/layout.h"
#include "tests/unit/append_event.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

EventClass class_of(std::uint32_t id, const std::vector<Kind>& kinds) {
  EventClass one;
  one.id = ClassId{id};
  one.name = "class " + std::to_string(id);
  for (const Kind kind : kinds)
    one.arguments.push_back({"argument", kind, ""});
  return one;
}

// A trace of one thread with a call, in which a test puts events of classes.
class EventsOfClasses : public testing::Test {
 protected:
  void describe(const EventClass& one) { writer_.write(std::vector<EventClass>{one}); }
  void add(std::uint32_t event_class, ArgumentValues arguments) {
    Event event;
    event.kind = EventKind::kOfClass;
    event.event_class = ClassId{event_class};
    event.ts = from_ns(++ns_);
    test::append(writer_, {1, 2}, event, std::move(arguments));
  }
  void call(EventKind kind) {
    const Event event{kind, FunctionId{3}, {}, from_ns(++ns_), {}};
    writer_.append({1, 2}, std::span(&event, 1));
  }
  // The only chunk of the trace.
  Chunk read() {
    writer_.close(from_ns(1'000'000));
    std::vector<Chunk> chunks;
    file_.reader().for_each_chunk([&](const Chunk& chunk) { chunks.push_back(chunk); });
    return chunks.at(0);
  }
  std::vector<ArgumentValues> arguments_read() { return read().threads.at(0).arguments; }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::int64_t ns_ = 0;
};

TEST_F(EventsOfClasses, GiveBackArgumentsOfEveryKind) {
  describe(class_of(7, {Kind::kUnsigned, Kind::kSigned, Kind::kReal, Kind::kString, Kind::kText}));
  const std::vector<ArgumentValues> written = {
      {std::uint64_t{0}, std::int64_t{0}, 0.0, std::string(), std::uint64_t{0}},
      {UINT64_MAX, INT64_MIN, -1e300, std::string("a\0b", 3), std::uint64_t{0xFFFFFFFF}},
      {std::uint64_t{300}, INT64_MAX, std::numeric_limits<double>::infinity(),
       std::string(70'000, 'x'), std::uint64_t{5}}};
  for (const ArgumentValues& arguments : written)
    add(7, arguments);
  EXPECT_EQ(arguments_read(), written);
}

TEST_F(EventsOfClasses, GiveBackWhatIsNoNumber) {
  describe(class_of(7, {Kind::kReal}));
  add(7, {std::numeric_limits<double>::quiet_NaN()});
  EXPECT_TRUE(std::isnan(std::get<double>(arguments_read().at(0).at(0))));
}

TEST_F(EventsOfClasses, KeepArgumentsOfClassesApart) {
  describe(class_of(0, {Kind::kUnsigned}));
  describe(class_of(1, {Kind::kString, Kind::kUnsigned}));
  describe(class_of(4095, std::vector<Kind>(16, Kind::kUnsigned)));
  const ArgumentValues last(16, std::uint64_t{9});
  add(0, {std::uint64_t{1}});
  add(4095, last);
  add(1, {std::string("a"), std::uint64_t{2}});
  add(0, {std::uint64_t{3}});
  EXPECT_EQ(
      arguments_read(),
      (std::vector<ArgumentValues>{
          {std::uint64_t{1}}, last, {std::string("a"), std::uint64_t{2}}, {std::uint64_t{3}}}));
}

TEST_F(EventsOfClasses, OfNoArgumentsHaveNone) {
  describe(class_of(3, {}));
  add(3, {});
  EXPECT_EQ(arguments_read(), std::vector<ArgumentValues>{{}});
}

TEST_F(EventsOfClasses, StandInTheirOrderOfTime) {
  describe(class_of(3, {}));
  call(EventKind::kEnter);
  add(3, {});
  call(EventKind::kReturned);
  std::vector<EventKind> kinds;
  const Chunk chunk = read();
  for (const Event& event : chunk.threads.at(0).events)
    kinds.push_back(event.kind);
  EXPECT_EQ(kinds,
            (std::vector<EventKind>{EventKind::kEnter, EventKind::kOfClass, EventKind::kReturned}));
}

TEST_F(EventsOfClasses, ThatAreNotDescribedLeaveTheRestAsItIs) {
  describe(class_of(1, {Kind::kUnsigned}));
  call(EventKind::kEnter);
  add(2, {std::string("not described"), 1.5});
  add(1, {std::uint64_t{8}});
  call(EventKind::kReturned);
  const Chunk chunk = read();
  EXPECT_EQ(test::ended_in(chunk).rows(),
            (Rows{"c0 f3 p1/t2 @1 took=3 self=3 depth=0 in=- - returned"}));
  EXPECT_EQ(chunk.threads.at(0).arguments, (std::vector<ArgumentValues>{{}, {std::uint64_t{8}}}));
}

TEST_F(EventsOfClasses, AreReadWithoutTheTableOfClasses) {
  describe(class_of(1, {Kind::kUnsigned}));
  call(EventKind::kEnter);
  add(1, {std::uint64_t{8}});
  call(EventKind::kReturned);
  writer_.close(from_ns(1'000'000));
  file_.flip_byte_of(file_.reader().frames().at(0));
  TraceReader trace = file_.reader();
  ASSERT_TRUE(trace.classes().empty());
  trace.for_each_chunk([](const Chunk& chunk) {
    EXPECT_EQ(test::ended_in(chunk).rows().size(), 1u);
    EXPECT_EQ(chunk.threads.at(0).events.at(1).event_class, ClassId{1});
  });
  EXPECT_EQ(trace.damages().size(), 1u);
}

TEST_F(EventsOfClasses, GiveNothingForAKindThatIsNotKnown) {
  describe(class_of(1, {static_cast<Kind>(77), Kind::kUnsigned}));
  add(1, {std::string("?"), std::uint64_t{8}});
  EXPECT_EQ(arguments_read(), (std::vector<ArgumentValues>{{std::monostate{}, std::uint64_t{8}}}));
}

TEST_F(EventsOfClasses, GiveNothingWhereTheColumnEnds) {
  describe(class_of(1, {Kind::kUnsigned, Kind::kString}));
  add(1, {std::uint64_t{8}});
  add(1, {std::uint64_t{9}, std::string("only one")});
  EXPECT_EQ(arguments_read(),
            (std::vector<ArgumentValues>{{std::uint64_t{8}, std::string("only one")},
                                         {std::uint64_t{9}, std::monostate{}}}));
}

TEST_F(EventsOfClasses, AreCutIntoChunksByWhatTheirArgumentsTake) {
  describe(class_of(1, {Kind::kString}));
  for (int i = 0; i < 20; ++i)
    add(1, {std::string(1'000'000, static_cast<char>('a' + i))});
  writer_.close(from_ns(1'000'000));
  std::vector<std::size_t> events;
  TraceReader trace = file_.reader();
  trace.for_each_chunk([&](const Chunk& chunk) { events.push_back(chunk.header.events); });
  EXPECT_EQ(events, (std::vector<std::size_t>{5, 5, 5, 5}));
  EXPECT_TRUE(trace.intact());
}

TEST(Arguments, FitTheirClass) {
  const EventClass one =
      class_of(1, {Kind::kUnsigned, Kind::kSigned, Kind::kReal, Kind::kString, Kind::kText});
  const ArgumentValues values = {std::uint64_t{1}, std::int64_t{1}, 1.0, std::string(),
                                 std::uint64_t{1}};
  EXPECT_TRUE(fit(values, one));
  for (std::size_t i = 0; i < values.size(); ++i) {
    ArgumentValues wrong = values;
    wrong[i] = std::monostate{};
    EXPECT_FALSE(fit(wrong, one)) << i;
  }
  EXPECT_FALSE(fit({}, one));
  EXPECT_FALSE(fit(values, class_of(1, {Kind::kUnsigned})));
}

}  // namespace
}  // namespace pgrec
