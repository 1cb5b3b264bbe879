// Covers what format/trace/trace_writer.h writes of statements, and analyze/repair/ of it: a
// rebuilt trace has them, and a false sum is found.
#include <gtest/gtest.h>

#include <fcntl.h>

#include <random>

#include "analyze/repair/recovery.h"
#include "analyze/repair/verification.h"
#include "format/postgres/execution_classes.h"
#include "format/postgres/roles_of_classes.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class StatementsTest : public testing::Test {
 protected:
  // Executions of two statements in a chunk that is long enough to have them in its summary, then
  // one that goes on in a short one.
  void write() {
    TraceWriter writer = file_.writer();
    begin(writer);
    std::mt19937 random(1);
    for (int i = 0; i < 6000; ++i)
      execution(writer, 1000 * i, i % 2, random() % 250);
    const Event event{EventKind::kExecutionBegin, {}, text(writer, 1), from_ns(7'000'000), {}};
    writer.append({1, 1}, std::span(&event, 1));
    writer.cut();
    writer.on_cut([this](const Summary& summary) { last_ = summary; });
    completed(writer, 7'000'500);
    writer.close(from_ns(8'000'000));
    total_ = writer.total();
  }
  static void begin(TraceWriter& writer) {
    writer.write(execution_classes({}));
    writer.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "", "", 0}});
    writer.sum_statements(execution_roles(execution_classes({})));
  }
  static TextId text(TraceWriter& writer, int statement) {
    return writer.text_id({{},
                           false,
                           false,
                           std::to_string(statement),
                           false,
                           false,
                           1,
                           static_cast<std::uint64_t>(10 + statement)});
  }
  static void completed(TraceWriter& writer, std::int64_t ns) {
    const Event said{EventKind::kOfClass, {}, {}, from_ns(ns), id_of(ExecutionClass::kCompleted)};
    test::append(writer, {1, 1}, said, {std::uint64_t{5}, std::uint64_t{2}});
    const Event end{EventKind::kExecutionEnd, {}, {}, from_ns(ns), {}};
    writer.append({1, 1}, std::span(&end, 1));
  }
  static void execution(TraceWriter& writer, std::int64_t ns, int statement, std::int64_t takes) {
    const std::vector<Event> events = {
        {EventKind::kExecutionBegin, {}, text(writer, statement), from_ns(ns), {}},
        {EventKind::kEnter, FunctionId{0}, {}, from_ns(ns + takes / 2), {}},
        {EventKind::kReturned, {}, {}, from_ns(ns + 2 * takes), {}}};
    writer.append({1, 1}, events);
    completed(writer, ns + 800);
  }
  static std::vector<std::string> bad_checks(const std::string& path) {
    TraceReader trace(path);
    std::vector<std::string> names;
    for (const Check& check : verify(trace, true)) {
      if (check.result == Check::Result::kBad) names.push_back(check.name);
    }
    return names;
  }

  test::TraceFile file_;
  Summary last_, total_;
};

TEST_F(StatementsTest, AreInTheSummaryOfALongChunkAndInTheTotal) {
  write();
  TraceReader trace = file_.reader();
  ASSERT_EQ(trace.chunks().size(), 2u);
  const Summary first = trace.summary_of(trace.chunks()[0]).value();
  ASSERT_TRUE(first.statements);
  EXPECT_EQ(first.statements->at({10, 0, {}}).executions, 3000u);
  EXPECT_EQ(trace.summary().statements, total_.statements);
  EXPECT_EQ(trace.summary().longest, total_.longest);
  EXPECT_EQ(total_.statements->at({11, 0, {}}).executions, 3001u);
  EXPECT_EQ(total_.statements->at({11, 0, {}}).measures[0], (MeasureSum{6002, 3001}));
}

TEST_F(StatementsTest, AreNotInTheSummaryOfAShortChunk) {
  write();
  TraceReader trace = file_.reader();
  const Summary last = trace.summary_of(trace.chunks()[1]).value();
  EXPECT_EQ(last.statements, std::nullopt);
  EXPECT_EQ(last.longest, std::nullopt);
  EXPECT_EQ(last.executions, last_.executions);
  EXPECT_EQ(last_.statements->at({11, 0, {}}).executions, 1u);
}

TEST_F(StatementsTest, AreVerified) {
  write();
  EXPECT_EQ(bad_checks(file_.path()), std::vector<std::string>{});
}

TEST_F(StatementsTest, AreInARebuiltTrace) {
  write();
  file_.truncate_to(file_.size_bytes() - 80);
  const std::string path = file_.beside("rebuilt.pgt");
  {
    TraceReader in = file_.reader();
    TraceWriter out(File(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), path));
    EXPECT_TRUE(recover(in, out).lossless());
  }
  EXPECT_EQ(TraceReader(path).summary(), total_);
  EXPECT_EQ(bad_checks(path), std::vector<std::string>{});
}

TEST_F(StatementsTest, OfAFalseSumAreFound) {
  write();
  const std::string path = file_.beside("false.pgt");
  {
    TraceReader in = file_.reader();
    TraceWriter out(File(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600), path));
    begin(out);
    for (const FrameRef& frame : in.frames()) {
      if (frame.type != layout::FrameType::kTexts) continue;
      const auto payload = in.read(frame);
      out.copy(payload->header, payload->stored(), nullptr);
    }
    for (const ChunkRef& chunk : in.chunks()) {
      const auto payload = in.read(chunk);
      out.copy(payload->header, payload->stored(), &chunk.header);
      Summary summary = in.summary_of(chunk).value();
      if (summary.statements) ++summary.statements->begin()->second.errors;
      out.write_summary(summary);
    }
    out.close(from_ns(8'000'000));
  }
  EXPECT_EQ(bad_checks(path), std::vector<std::string>{"sums"});
}

}  // namespace
}  // namespace pgrec
