// Covers analyze/report/event_lines.h: the events of a chunk as lines, in order of time, and which
// of them a filter leaves.
#include "analyze/report/event_lines.h"

#include <gtest/gtest.h>

#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

// A trace of one chunk.
class EventLines : public testing::Test {
 protected:
  EventLines() {
    writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1},
                                        {FunctionId{1}, Function::Role::kCalls, "g", "/p", "", 2}});
    writer_.write(std::vector<EventClass>{
        {ClassId{3},
         EventClass::Subject::kCall,
         "wait",
         {{"lock", ArgumentType::Kind::kString, ""}, {"ns", ArgumentType::Kind::kSigned, "ns"}}}});
  }
  void event(EventKind kind, std::int64_t ns, std::uint32_t function = 0) {
    const Event event{kind, FunctionId{function}, {}, from_ns(ns), {}};
    writer_.append(thread_, std::span(&event, 1));
  }
  void enter(std::int64_t ns, std::uint32_t function = 0) {
    event(EventKind::kEnter, ns, function);
  }
  void leave(std::int64_t ns) { event(EventKind::kReturned, ns); }
  void tell(std::int64_t ns, std::uint32_t of_class, ArgumentValues arguments) {
    test::append(writer_, thread_, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{of_class}},
                 std::move(arguments));
  }
  Rows lines(bool json = false) {
    if (!closed_) writer_.close(from_ns(1'000'000));
    closed_ = true;
    TraceReader trace = file_.reader();
    Rows all;
    trace.for_each_chunk([&](const Chunk& chunk) {
      for_each_event_line(trace, chunk, filter_, json,
                          [&](const std::string& line) { all.push_back(line); });
    });
    return all;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  ThreadKey thread_{7, 7};
  EventFilter filter_;

 private:
  bool closed_ = false;
};

TEST_F(EventLines, AreIndentedByTheDepthOfTheCall) {
  enter(1'000'000'000);
  enter(1'000'000'100, 1);
  leave(1'000'000'150);
  event(EventKind::kUnwound, 1'000'000'200);
  EXPECT_EQ(lines(), (Rows{"    1.000000000       7  enter f", "    1.000000100       7    enter g",
                           "    1.000000150       7    returned g, 50 ns",
                           "    1.000000200       7  unwound f"}));
}

TEST_F(EventLines, OfOneTimeStandInTheOrderOfTheFile) {
  thread_ = {9, 9};
  enter(100, 1);
  leave(200);
  thread_ = {7, 8};
  enter(100);
  leave(300);
  EXPECT_EQ(lines(), (Rows{"    0.000000100     7/8  enter f", "    0.000000100       9  enter g",
                           "    0.000000200       9  returned g, 100 ns",
                           "    0.000000300     7/8  returned f, 200 ns"}));
}

// Threads stand in the chunk by their numbers, and give ids to their calls in this order.
TEST_F(EventLines, HaveTheirIdsAlsoWhereOtherProcessesAreLeftOut) {
  enter(100);
  leave(110);
  event(EventKind::kHeadless, 120, 1);
  event(EventKind::kExecutionBegin, 130);
  thread_ = {9, 9};
  event(EventKind::kExecutionBegin, 140);
  enter(150, 1);
  filter_.pids = {9};
  EXPECT_EQ(lines(true),
            (Rows{R"({"record": "event", "ts_ns": 140, "pid": 9, "tid": 9, "event": )"
                  R"("execution-begin", "execution_id": 1, "text_id": 0})",
                  R"({"record": "event", "ts_ns": 150, "pid": 9, "tid": 9, "event": "enter", )"
                  R"("function": "g", "call_id": 2, "depth": 0, "execution_id": 1})"}));
}

TEST_F(EventLines, BeginWithAFiltersTimeAndEndBeforeTheOther) {
  enter(100);
  leave(200);
  enter(200);
  leave(300);
  filter_.from = from_ns(200);
  filter_.to = from_ns(300);
  EXPECT_EQ(lines(), (Rows{"    0.000000200       7  returned f, 100 ns",
                           "    0.000000200       7  enter f"}));
}

TEST_F(EventLines, OfLongCallsAreTheirReturns) {
  enter(100);
  leave(200);
  enter(300);
  leave(399);
  enter(400);
  event(EventKind::kUnwound, 900);
  filter_.at_least = Duration(100);
  EXPECT_EQ(lines(), Rows{"    0.000000200       7  returned f, 100 ns"});
}

// A return does not say of which function it is.
TEST_F(EventLines, OfAFunctionAreItsEntersAndItsEnds) {
  event(EventKind::kExecutionBegin, 50);
  enter(100);
  enter(110, 1);
  leave(120);
  leave(130);
  event(EventKind::kHeadless, 140, 1);
  tell(150, 3, {std::string("a"), std::int64_t{1}});
  filter_.functions = {FunctionId{1}};
  EXPECT_EQ(lines(), (Rows{"    0.000000110       7    enter g",
                           "    0.000000120       7    returned g, 10 ns",
                           "    0.000000140       7  headless g"}));
}

TEST_F(EventLines, OfAClassHaveItsArgumentsAndTheCallThatTheyAreAbout) {
  tell(90, 3, {std::string("a \"b\""), std::int64_t{-1}});
  enter(100);
  tell(110, 3, {std::string("c"), std::int64_t{5}});
  EXPECT_EQ(lines().at(0), R"(    0.000000090       7  wait "lock": "a \"b\"", "ns": -1)");
  const Rows json = lines(true);
  EXPECT_EQ(json.at(0), R"({"record": "event", "ts_ns": 90, "pid": 7, "tid": 7, "event": "class", )"
                        R"("class": "wait", "arguments": {"lock": "a \"b\"", "ns": -1}})");
  EXPECT_NE(
      json.at(2).find(R"("class": "wait", "call_id": 0, "arguments": {"lock": "c", "ns": 5}})"),
      std::string::npos)
      << json.at(2);
}

TEST_F(EventLines, OfAChunkBeginWithWhatWasOpen) {
  event(EventKind::kExecutionBegin, 50);
  enter(100);
  writer_.cut();
  leave(300);
  event(EventKind::kExecutionEnd, 400);
  const Rows all = lines();
  EXPECT_EQ(all.at(2), "    0.000000300       7  returned f, 200 ns");
  EXPECT_EQ(all.at(3), "    0.000000400       7  execution-end 0, 350 ns");
}

}  // namespace
}  // namespace pgrec
