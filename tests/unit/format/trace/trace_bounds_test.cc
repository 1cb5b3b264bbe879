// Covers format/trace/trace_writer.h at the bounds of the format: whatever is written, a reader
// reads all that is not told of as lost.
#include <gtest/gtest.h>

#include "format/chunk/chunk_summary.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class TraceAtItsBounds : public testing::Test {
 protected:
  void append(ThreadKey thread, const std::vector<Event>& events,
              std::vector<ArgumentValues> arguments = {}) {
    writer_.append(thread, events, arguments);
  }
  Event event(EventKind kind, std::uint32_t number = 0) {
    return {kind, FunctionId{number}, {}, from_ns(++ns_), ClassId{number}};
  }
  // Closes and reads the trace. Every chunk decodes, and the calls are those of its end.
  void read() {
    writer_.close(from_ns(ns_ + 1));
    TraceReader trace = file_.reader();
    ChunkSummary all;
    for (const ChunkRef& chunk : trace.chunks())
      EXPECT_TRUE(trace.decode_chunk_at(chunk, all));
    chunks_ = trace.chunks().size();
    for (const auto& [id, function] : all.take().functions)
      calls_ += function.calls;
    EXPECT_EQ(calls_, trace.end()->calls);
    for (const Loss& loss : trace.losses()) {
      EXPECT_EQ(loss.cause, "format-bound");
      lost_ += loss.events;
      ++losses_;
    }
    trace.for_each_text([&](const Text& text) { texts_.push_back(text); });
    processes_ = trace.processes();
    EXPECT_TRUE(trace.intact());
  }

  // With a histogram of so many octaves each, which together pass the bound.
  static constexpr std::uint32_t kFunctions = 10'000;
  static constexpr unsigned kFirstOctave = 4, kOctaves = 14;
  static_assert(kFunctions * kOctaves > layout::kMaxHistogramBlocks);

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::int64_t ns_ = 0;
  std::uint64_t chunks_ = 0, calls_ = 0, lost_ = 0, losses_ = 0;
  std::vector<Text> texts_;
  std::vector<Process> processes_;
};

TEST_F(TraceAtItsBounds, OfCallsThatAreOpenHasTheOutermost) {
  constexpr std::uint64_t kDeep = 400'000;
  for (const EventKind kind : {EventKind::kEnter, EventKind::kReturned}) {
    for (std::uint64_t i = 0; i < kDeep; i += 1000) {
      append({1, 1}, std::vector<Event>(1000, event(kind)));
      if (i % 100'000 == 0) writer_.cut();
    }
  }
  read();
  EXPECT_EQ(calls_, layout::kMaxOpenCalls);
  EXPECT_EQ(lost_, 2 * (kDeep - layout::kMaxOpenCalls));
  EXPECT_EQ(writer_.lost_events(), lost_);
}

TEST_F(TraceAtItsBounds, OfThreadsThatHaveSomethingOpenHasAsManyAsAChunkLists) {
  for (std::uint32_t thread = 1; thread <= layout::kMaxChunkThreads + 3; ++thread)
    append({thread, thread}, {event(EventKind::kEnter)});
  append({1, 1}, {event(EventKind::kReturned)});
  writer_.cut();
  append({99'999, 1}, {event(EventKind::kEnter)});
  read();
  EXPECT_EQ(calls_, layout::kMaxChunkThreads + 1);
  EXPECT_EQ(lost_, 3u);
}

// Nothing is open of them, so that a chunk more has room for them.
TEST_F(TraceAtItsBounds, HasAnyNumberOfThreads) {
  for (std::uint32_t thread = 1; thread <= layout::kMaxChunkThreads + 3; ++thread)
    append({thread, thread}, {event(EventKind::kHeadless)});
  read();
  EXPECT_EQ(calls_, layout::kMaxChunkThreads + 3);
  EXPECT_EQ(chunks_, 2u);
  EXPECT_EQ(losses_, 0u);
}

TEST_F(TraceAtItsBounds, HasAnyNumberOfClassesWithArguments) {
  std::vector<EventClass> classes(200);
  for (std::uint32_t id = 0; id < classes.size(); ++id) {
    classes[id].id = ClassId{id};
    classes[id].arguments.resize(layout::kMaxArguments);
  }
  writer_.write(classes);
  for (std::uint32_t id = 0; id < classes.size(); ++id) {
    append({1, 1}, {event(EventKind::kOfClass, id)},
           {ArgumentValues(layout::kMaxArguments, Argument(std::uint64_t{id}))});
  }
  read();
  EXPECT_EQ(chunks_, 4u);  // of 63 classes each, of a bound of 1,024 columns
  EXPECT_EQ(losses_, 0u);
}

TEST_F(TraceAtItsBounds, LeavesOutAnEventWhoseArgumentsPassThem) {
  writer_.write(
      std::vector<EventClass>{{ClassId{0}, {}, "c", {{"text", ArgumentType::Kind::kString, ""}}}});
  append({1, 1}, {event(EventKind::kOfClass), event(EventKind::kEnter), event(EventKind::kOfClass)},
         {{std::string(17u << 20, 'x')}, {std::string("short")}});
  read();
  EXPECT_EQ(calls_, 1u);
  EXPECT_EQ(losses_, 1u);
}

// As many events as one chunk may have, nearly all of them of 17 bytes: 3 for the token's place in
// a table of 16,385, 5 for the text, 2 and 7 for the time.
TEST_F(TraceAtItsBounds, IsCutIntoChunksWhoseColumnsHaveRoom) {
  constexpr std::uint32_t kThreads = 8, kPlaces = 1u << 14;
  constexpr std::int64_t kLong = 1ll << 42;
  static_assert((layout::kMaxChunkEvents - kPlaces) * 17 > layout::kMaxRawBytes);
  for (std::uint32_t thread = 1; thread <= kThreads; ++thread) {
    std::vector<Event> events;
    for (std::uint32_t i = 0; i < layout::kMaxChunkEvents / kThreads; ++i) {
      const bool other = thread == 1 && i < kPlaces;
      events.push_back({other ? EventKind::kHeadless : EventKind::kExecutionBegin,
                        FunctionId{other ? i : 0},
                        TextId{~0u},
                        from_ns(kLong * i),
                        {}});
    }
    append({thread, thread}, events);
  }
  ns_ = layout::kMaxNs - 2;
  read();
  EXPECT_EQ(chunks_, 2u);
  EXPECT_EQ(calls_, kPlaces);
  EXPECT_EQ(losses_, 0u);
}

// Each of its summaries is within the bound, and the sum of them is not.
TEST_F(TraceAtItsBounds, OfMoreHistogramsThanAreSummedSaysSo) {
  for (std::uint32_t id = 0; id < kFunctions; ++id) {
    std::vector<Event> events;
    for (unsigned octave = kFirstOctave; octave < kFirstOctave + kOctaves; ++octave) {
      events.push_back(event(EventKind::kEnter, id));
      ns_ += 1ll << octave;
      events.push_back(event(EventKind::kReturned));
    }
    append({1, 1}, events);
    if (id % 1'000 == 0) writer_.cut();
  }
  writer_.close(from_ns(ns_ + 1));
  TraceReader trace = file_.reader();
  EXPECT_FALSE(trace.total());
  EXPECT_TRUE(trace.summary_of(trace.chunks()[1]));
  EXPECT_EQ(test::error_of([&] { trace.summary(); }),
            "cannot read " + file_.path() +
                ": it has calls of more functions than pgrec sums up / record fewer functions, "
                "with -f");
}

TEST_F(TraceAtItsBounds, HasAccountsWithoutTheHistogramsThatPassThem) {
  Account account;
  account.fired = account.filtered = 2 * kOctaves;
  for (unsigned octave = kFirstOctave; octave < kFirstOctave + kOctaves; ++octave)
    account.short_calls.add(Duration(1ll << octave));
  std::vector<Account> accounts(kFunctions, account);
  for (std::uint32_t id = 0; id < kFunctions; ++id)
    accounts[id].function = FunctionId{id};
  writer_.write(accounts);
  writer_.close(from_ns(1));
  TraceReader trace = file_.reader();
  ASSERT_EQ(trace.accounts().size(), kFunctions);
  EXPECT_EQ(trace.accounts().at(FunctionId{0}), account);
  const Account& last = trace.accounts().rbegin()->second;
  EXPECT_EQ(last.fired, account.fired);
  EXPECT_EQ(last.short_calls.count(), 0u);
  ASSERT_EQ(trace.damages().size(), 1u);
  EXPECT_EQ(trace.damages()[0].reason, "the histograms are larger than pgrec holds");
}

TEST_F(TraceAtItsBounds, KeepsTheBeginningOfATextThatPassesThem) {
  writer_.text_id({{}, false, false, std::string(20u << 20, 'x')});
  read();
  ASSERT_EQ(texts_.size(), 1u);
  EXPECT_TRUE(texts_[0].cut);
  EXPECT_EQ(texts_[0].text.size(), 8u << 20);
}

TEST_F(TraceAtItsBounds, HasTablesOfLongRowsInSeveralFrames) {
  const std::vector<Process> processes(40, {7, std::string(1u << 20, 'x')});
  writer_.write(processes);
  read();
  EXPECT_EQ(processes_, processes);
}

// A part of a recording begins when others were seen and had ended.
TEST_F(TraceAtItsBounds, HasTimesBeforeItsBeginningAtItsBeginning) {
  writer_.write(std::vector<Process>{{7, "p", "", from_ns(-20), from_ns(-10)}});
  writer_.write(std::vector<ClockSample>{{from_ns(-5), 1}});
  read();
  ASSERT_EQ(processes_.size(), 1u);
  EXPECT_EQ(processes_[0].started, from_ns(-20));
  EXPECT_EQ(processes_[0].ended, from_ns(0));
}

}  // namespace
}  // namespace pgrec
