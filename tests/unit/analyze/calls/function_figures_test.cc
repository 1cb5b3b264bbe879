// Covers analyze/calls/function_figures.h: which functions have figures, and in which order.
#include "analyze/calls/function_figures.h"

#include <gtest/gtest.h>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class FunctionFiguresTest : public testing::Test {
 protected:
  void call(std::uint32_t function, std::int64_t duration_ns) {
    Event events[2];
    events[0].function = FunctionId{function};
    events[0].ts = now_;
    events[1].kind = EventKind::kReturned;
    events[1].ts = now_ += Duration(duration_ns);
    writer_.append({1, 1}, events);
  }
  void enter(std::uint32_t function) {
    const Event event{EventKind::kEnter, FunctionId{function}, {}, now_, {}};
    writer_.append({1, 1}, std::span(&event, 1));
  }
  std::vector<FunctionFigures> figures(Percentiles percentiles = Percentiles::kExact) {
    writer_.close(now_);
    TraceSet set(file_.reader());
    return function_figures(set, selection_, {percentiles}, {});
  }
  // "name +offset: calls, total" of each.
  Rows rows() {
    Rows all;
    for (const FunctionFigures& one : figures())
      all.push_back(one.name + " +" + std::to_string(one.file_offset) + ": " +
                    std::to_string(one.profile.calls) + ", " +
                    std::to_string(one.profile.total.count()));
    return all;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Timestamp now_{};
  CallSelection selection_;
};

TEST_F(FunctionFiguresTest, AreOfProbedFunctionsByTimeAndName) {
  using Role = Function::Role;
  writer_.write(std::vector<Function>{{FunctionId{0}, Role::kCalls, "b", "/p", "", 16},
                                      {FunctionId{1}, Role::kCalls, "a", "/p", "", 32},
                                      {FunctionId{2}, Role::kCalls, "slow", "/p", "", 48},
                                      {FunctionId{3}, Role::kCalls, "unused", "/p", "", 64},
                                      {FunctionId{4}, Role::kEvents, "usdt:e", "/p", "", 80},
                                      {FunctionId{5}, Role::kActivity, "report", "/p", "", 96}});
  call(0, 100);
  call(1, 100);
  call(2, 500);
  EXPECT_EQ(rows(),
            (Rows{"slow +48: 1, 500", "a +32: 1, 100", "b +16: 1, 100", "unused +64: 0, 0"}));
}

TEST_F(FunctionFiguresTest, KeepCopiesOfOneNameApart) {
  writer_.write(
      std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "copy", "/p", "", 16},
                            {FunctionId{1}, Function::Role::kCalls, "copy", "/p", "", 32}});
  call(1, 7);
  EXPECT_EQ(rows(), (Rows{"copy +32: 1, 7", "copy +16: 0, 0"}));
}

TEST_F(FunctionFiguresTest, AreOfCallsWhoseFunctionIsNotInTheTableToo) {
  writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 16}});
  call(0, 5);
  call(7, 50);
  EXPECT_EQ(rows(), (Rows{"function 7 +0: 1, 50", "f +16: 1, 5"}));
}

TEST_F(FunctionFiguresTest, AreOfWantedFunctionsOnly) {
  writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 16},
                                      {FunctionId{1}, Function::Role::kCalls, "g", "/p", "", 32},
                                      {FunctionId{2}, Function::Role::kCalls, "h", "/p", "", 48}});
  call(0, 5);
  call(1, 50);
  selection_.functions = {true, false, true};
  EXPECT_EQ(rows(), (Rows{"f +16: 1, 5", "h +48: 0, 0"}));
}

// A function that is in several traces has its calls of all.
TEST(FunctionFiguresOfSeveralTraces, AddUpByName) {
  test::TraceFile files[2];
  for (std::uint32_t i = 0; i < 2; ++i) {
    TraceWriter writer = files[i].writer();
    writer.write(std::vector<Function>{
        {FunctionId{i}, Function::Role::kCalls, "both", "/p", "", 16},
        {FunctionId{1 - i}, Function::Role::kCalls, i == 0 ? "a" : "b", "/p", "", 32}});
    for (std::uint32_t function : {0u, 1u}) {
      Event events[2];
      events[0].function = FunctionId{function};
      events[0].ts = from_ns(10 * function);
      events[1].kind = EventKind::kReturned;
      events[1].ts = events[0].ts + Duration(function + 1);
      writer.append({1, 1}, events);
    }
    writer.close(from_ns(100));
  }
  TraceSet set({files[0].path(), files[1].path()});
  Rows rows;
  for (const FunctionFigures& one : function_figures(set, {}, {Percentiles::kExact}, {2}))
    rows.push_back(one.name + ": " + std::to_string(one.profile.calls) + ", " +
                   std::to_string(one.profile.total.count()));
  EXPECT_EQ(rows, (Rows{"both: 2, 3", "a: 1, 2", "b: 1, 1"}));
}

TEST_F(FunctionFiguresTest, AreExactWhereFunctionsWithAReturnAre) {
  call(0, 1000);
  enter(1);
  const auto exact = figures();
  EXPECT_EQ(not_exact_text(exact), "");
  EXPECT_EQ(not_exact_text(std::vector<FunctionFigures>{}), "");
  TraceSet set(file_.reader());
  EXPECT_EQ(not_exact_text(function_figures(set, {}, {Percentiles::kFromSummaries}, {})),
            "percentiles are at most 3.2 % off; --exact reads every call to find them exactly\n");
}

}  // namespace
}  // namespace pgrec
