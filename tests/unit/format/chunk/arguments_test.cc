// Covers format/chunk/arguments.h and classes of events in a trace: arguments of every kind, and
// what a reader gives that does not know a class or a kind.
#include "format/chunk/arguments.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "format/chunk/chunk_builder.h"
#include "format/chunk/chunk_summary.h"
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
  file_.flip_byte_of(file_.reader().frames()[0]);
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

// A chunk of two events of class 1, which has two arguments, and a call around them. A test writes
// the columns of the arguments.
class ArgumentsInColumns : public testing::Test {
 protected:
  ArgumentsInColumns() {
    const std::vector<Event> events = {{EventKind::kEnter, FunctionId{3}, {}, from_ns(1), {}},
                                       {EventKind::kOfClass, {}, {}, from_ns(2), ClassId{1}},
                                       {EventKind::kOfClass, {}, {}, from_ns(3), ClassId{1}},
                                       {EventKind::kReturned, {}, {}, from_ns(4), {}}};
    std::vector<ArgumentValues> none(2);
    ChunkBuilder builder;
    builder.append({1, 2}, events, none);
    chunk_ = builder.encode();
  }
  // A column as it stands in a file.
  void column(std::uint32_t id, std::uint8_t codec, std::uint64_t raw_bytes, const Bytes& stored) {
    put_varint(chunk_.columns, id);
    chunk_.columns.push_back(codec);
    put_varint(chunk_.columns, raw_bytes);
    if (codec != 0) put_varint(chunk_.columns, stored.size());
    put_bytes(chunk_.columns, stored.data(), stored.size());
  }
  // The arguments of both events. Checks that the chunk decodes with and without them.
  std::vector<ArgumentValues> arguments() {
    const auto chunk = decode_chunk(chunk_.plain, chunk_.columns,
                                    {class_of(1, {Kind::kUnsigned, Kind::kUnsigned})});
    ChunkDecoder decoder;
    ChunkSummary summary;
    EXPECT_TRUE(decoder.decode_checked(chunk_.plain, chunk_.columns, summary));
    if (!chunk) return {};
    EXPECT_EQ(test::ended_in(*chunk).rows(),
              (Rows{"c0 f3 p1/t2 @1 took=3 self=3 depth=0 in=- - returned"}));
    return chunk->threads.at(0).arguments;
  }

  static constexpr std::uint32_t kFirst = layout::kFirstArgument + layout::kMaxArguments;
  static inline const Argument kUnknown = std::monostate{};
  ChunkBuilder::Encoded chunk_;
};

TEST_F(ArgumentsInColumns, AreNotKnownWhereTheCodecOfTheirColumnIsNot) {
  const ChunkBuilder::Encoded without = chunk_;
  for (const std::uint32_t which : {0u, 1u}) {
    chunk_ = without;
    column(kFirst + which, 250, 2, {0xFF, 0xFF, 0xFF});
    column(kFirst + 1 - which, 0, 2, {8, 9});
    std::vector<ArgumentValues> expected(2, ArgumentValues(2, kUnknown));
    expected[0][1 - which] = std::uint64_t{8};
    expected[1][1 - which] = std::uint64_t{9};
    EXPECT_EQ(arguments(), expected) << which;
  }
}

TEST_F(ArgumentsInColumns, AreNotKnownWhereTheirColumnDoesNotDecompress) {
  column(kFirst, 1, 2, {1, 2, 3});
  column(kFirst + 1, 0, 2, {8, 9});
  EXPECT_EQ(arguments(), (std::vector<ArgumentValues>{{kUnknown, std::uint64_t{8}},
                                                      {kUnknown, std::uint64_t{9}}}));
}

TEST_F(ArgumentsInColumns, AreNotKnownWithoutTheirColumn) {
  EXPECT_EQ(arguments(), (std::vector<ArgumentValues>(2, {kUnknown, kUnknown})));
}

TEST_F(ArgumentsInColumns, AreReadBesideColumnsBehindThoseOfAllClasses) {
  column(layout::kFirstArgument + layout::kMaxClasses * layout::kMaxArguments, 0, 1, {7});
  column(kFirst, 0, 2, {8, 9});
  EXPECT_EQ(arguments(), (std::vector<ArgumentValues>{{std::uint64_t{8}, kUnknown},
                                                      {std::uint64_t{9}, kUnknown}}));
}

// The bound on what is held of a chunk costs arguments, and nothing else.
TEST(ManyArguments, BehindTheBoundOfAChunkAreNotKnown) {
  constexpr std::size_t kEvents = layout::kMaxChunkArguments / layout::kMaxArguments + 2;
  ChunkBuilder builder;
  std::vector<Event> events(kEvents, {EventKind::kOfClass, {}, {}, from_ns(1), ClassId{1}});
  std::vector<ArgumentValues> arguments(
      kEvents, ArgumentValues(layout::kMaxArguments, Argument(std::uint64_t{5})));
  builder.append({1, 2}, events, arguments);
  const auto encoded = builder.encode();
  const auto chunk =
      decode_chunk(encoded.plain, encoded.columns,
                   {class_of(1, std::vector<Kind>(layout::kMaxArguments, Kind::kUnsigned))});
  ASSERT_TRUE(chunk.has_value());
  const auto& found = chunk->threads.at(0).arguments;
  ASSERT_EQ(found.size(), kEvents);
  EXPECT_EQ(found[kEvents - 3].size(), layout::kMaxArguments);
  EXPECT_EQ(found[kEvents - 2], ArgumentValues{});
  EXPECT_EQ(found[kEvents - 1], ArgumentValues{});
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
