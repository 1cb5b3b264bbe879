// Covers format/trace/trace_reader.h and format/frame/file.h: a trace that another process is
// writing.
#include <gtest/gtest.h>

#include <sys/wait.h>

#include "tests/unit/child_process.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ChildProcess;

// A trace that a child writes: after each step one chunk more, after the last its end.
class LiveTrace : public testing::Test {
 protected:
  static constexpr int kChunks = 3;

  static void write_chunk(TraceWriter& writer, std::int64_t number) {
    const Event event{EventKind::kHeadless, FunctionId{1}, {}, from_ns(number), {}};
    writer.append({1, 1}, std::span(&event, 1));
    writer.text_id({{}, false, false, "SELECT " + std::to_string(number)});
    writer.cut();
  }
  void write_all(ChildProcess& process) const {
    TraceWriter writer = file_.writer();
    writer.write(Metadata{{"host.name", "db1"}});
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      write_chunk(writer, chunk);
      process.step();
    }
    writer.write(std::vector<Loss>{{from_ns(0), from_ns(1), "late", {}, {}, 5}});
    writer.close(from_ns(100));
    process.step();
  }
  static std::size_t texts(TraceReader& trace) {
    std::size_t count = 0;
    trace.for_each_text([&](const Text&) { ++count; });
    return count;
  }

  test::TraceFile file_;
  ChildProcess writer_{[this](ChildProcess& process) { write_all(process); }};
};

TEST_F(LiveTrace, TellsWhoWritesIt) {
  writer_.wait_for_step();
  EXPECT_EQ(file_.reader().written_by(), writer_.pid());
}

TEST_F(LiveTrace, IsWrittenByNobodyOnceItsWriterIsGone) {
  writer_.wait_for_step();
  TraceReader trace = file_.reader();
  writer_.kill();
  writer_.wait();
  trace.refresh();
  EXPECT_EQ(trace.written_by(), std::nullopt);
  EXPECT_EQ(file_.reader().written_by(), std::nullopt);
}

TEST_F(LiveTrace, HasNoDamage) {
  writer_.wait_for_step();
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

// The start of a frame stands at its end, as if the writer were in the middle of it.
TEST_F(LiveTrace, HasNoDamageWithAnUnfinishedFrame) {
  writer_.wait_for_step();
  TraceReader trace = file_.reader();
  const FrameRef last = test::all_frames(trace).back();
  const Bytes all = file_.bytes();
  const auto start = all.begin() + static_cast<std::ptrdiff_t>(last.offset);
  file_.append(Bytes(start, start + 40));
  trace.refresh();
  EXPECT_EQ(trace.damages(), std::vector<Damage>{});
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
  writer_.kill();
  writer_.wait();
  trace.refresh();
  EXPECT_EQ(trace.damages(),
            (std::vector<Damage>{{all.size(), 40, "the last frame is cut short"}}));
}

TEST_F(LiveTrace, HasMoreAfterARefresh) {
  writer_.wait_for_step();
  TraceReader trace = file_.reader();
  for (std::size_t chunks = 1; chunks <= kChunks; ++chunks) {
    ASSERT_EQ(trace.chunks().size(), chunks);
    ASSERT_EQ(texts(trace), chunks);
    ASSERT_EQ(trace.summary().functions.at(FunctionId{1}).calls, chunks);
    ASSERT_EQ(trace.last(), from_ns(static_cast<std::int64_t>(chunks) - 1));
    ASSERT_FALSE(trace.closed());
    writer_.go_on();
    writer_.wait_for_step();
    trace.refresh();
  }
  EXPECT_TRUE(trace.closed());
  EXPECT_TRUE(trace.intact());
  EXPECT_EQ(trace.last(), from_ns(100));
  EXPECT_EQ(trace.lost_events(), 5u);
  EXPECT_EQ(trace.summary(), file_.reader().summary());
}

TEST_F(LiveTrace, HasAFrameOnceHoweverOftenItIsRefreshed) {
  writer_.wait_for_step();
  TraceReader trace = file_.reader();
  for (int i = 0; i < 3; ++i)
    trace.refresh();
  EXPECT_EQ(trace.chunks().size(), 1u);
  EXPECT_EQ(trace.metadata().size(), 1u);
}

TEST_F(LiveTrace, IsReadWhereItsWriterWasKilled) {
  writer_.wait_for_step();
  writer_.go_on();
  writer_.wait_for_step();
  writer_.kill();
  writer_.wait();
  TraceReader trace = file_.reader();
  EXPECT_EQ(trace.chunks().size(), 2u);
  EXPECT_FALSE(trace.closed());
  EXPECT_EQ(trace.damages(), std::vector<Damage>{});
}

TEST(ClosedTrace, IsWrittenByNobody) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.close(from_ns(1));
  EXPECT_EQ(file.reader().written_by(), std::nullopt);
}

}  // namespace
}  // namespace pgrec
