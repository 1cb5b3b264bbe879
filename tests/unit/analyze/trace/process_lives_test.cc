// Covers analyze/trace/process_lives.h: which process had a number at a time.
#include "analyze/trace/process_lives.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::int64_t kMs = 1'000'000;

std::optional<Timestamp> at_ms(std::int64_t ms) {
  return from_ns(ms * kMs);
}

// The title of the process that had number 7; "-" for none.
std::string who(const std::vector<Process>& processes, std::int64_t ms) {
  const ProcessLives lives(processes);
  const auto* life = lives.at(7, from_ns(ms * kMs));
  return life ? life->process.title : "-";
}

TEST(ProcessLives, HaveNoProcessThatTheTraceHasNot) {
  EXPECT_EQ(who({}, 1), "-");
  EXPECT_EQ(who({{8, "a"}}, 1), "-");
}

TEST(ProcessLives, LastForeverWhereTheTraceDoesNotSay) {
  EXPECT_EQ(who({{7, "a"}}, 0), "a");
  EXPECT_EQ(who({{7, "a"}}, 1'000'000), "a");
}

TEST(ProcessLives, TakeALaterRowOfOneStart) {
  EXPECT_EQ(who({{7, "a"}, {7, "b"}}, 1), "b");
  EXPECT_EQ(who({{7, "a", "x", at_ms(5), {}}, {7, "b", "", at_ms(5), at_ms(9)}}, 6), "b");
}

TEST(ProcessLives, KeepProcessesOfOneNumberApart) {
  const std::vector<Process> two = {{7, "b", "", at_ms(500), {}},
                                    {7, "a", "", at_ms(-100), at_ms(300)}};
  EXPECT_EQ(who(two, 0), "a");
  EXPECT_EQ(who(two, 300), "a");
  EXPECT_EQ(who(two, 400), "-");
  EXPECT_EQ(who(two, 500), "b");
  EXPECT_EQ(who(two, 9'999), "b");
}

TEST(ProcessLives, EndWhereTheNextBegins) {
  const std::vector<Process> two = {{7, "a"}, {7, "b", "", at_ms(500), {}}};
  EXPECT_EQ(who(two, 499), "a");
  EXPECT_EQ(who(two, 500), "b");
}

// The kernel tells of starts in ticks.
TEST(ProcessLives, BeginATickBeforeTheirStart) {
  EXPECT_EQ(who({{7, "a", "", at_ms(500), {}}}, 491), "a");
  EXPECT_EQ(who({{7, "a", "", at_ms(500), {}}}, 489), "-");
}

TEST(ProcessLives, SurviveTimesOfAnySize) {
  const std::vector<Process> odd = {{7, "first", "", Timestamp::min(), Timestamp::min()},
                                    {7, "last", "", Timestamp::max(), from_ns(0)}};
  EXPECT_EQ(who(odd, 5), "-");
}

TEST(ProcessLives, AreFoundByTheirIds) {
  const ProcessLives lives(
      {{7, "a"}, {8, "b"}, {7, "c", "", at_ms(500), {}}, {8, "d"}, {7, "e", "", at_ms(900), {}}});
  EXPECT_TRUE(lives.several(7));
  EXPECT_EQ(lives.find(7, 3)->process.title, "c");
  EXPECT_EQ(lives.find(7, 4)->process.title, "e");
  EXPECT_EQ(lives.find(7, 2), nullptr);
  EXPECT_EQ(lives.find(7, 0), nullptr);
  EXPECT_FALSE(lives.several(8));
  EXPECT_EQ(lives.find(8, 2)->process.title, "d");
  EXPECT_EQ(lives.find(8, 0)->process.title, "d");
  EXPECT_FALSE(lives.several(9));
  EXPECT_EQ(lives.find(9, 0), nullptr);
}

}  // namespace
}  // namespace pgrec
