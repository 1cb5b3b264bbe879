// Covers analyze/filter/moment.h: what --from and --to take, and when that is.
#include "analyze/filter/moment.h"

#include <gtest/gtest.h>

#include "tests/unit/analyze/filter/filtered_trace.h"

namespace pgrec {
namespace {

using Kind = AskedMoment::Kind;
using test::error_of;

AskedMoment parse(std::string_view text) {
  return parse_moment(text, "--from");
}

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(MomentTest, IsAnOffsetFromTheBeginningOrFromTheEnd) {
  EXPECT_EQ(parse("1.5s"), (AskedMoment{Kind::kFromBeginning, 3 * kSecond / 2}));
  EXPECT_EQ(parse("2"), (AskedMoment{Kind::kFromBeginning, 2 * kSecond}));
  EXPECT_EQ(parse("91803087ns"), (AskedMoment{Kind::kFromBeginning, 91803087}));
  EXPECT_EQ(parse("-250ms"), (AskedMoment{Kind::kBeforeEnd, kSecond / 4}));
}

TEST(MomentTest, IsATimeOnTheWallClock) {
  constexpr std::int64_t kAt = 1'795'236'093 * kSecond;
  for (const char* text :
       {"2026-11-21T04:41:33Z", "2026-11-21 04:41:33", "2026-11-21t04:41:33z",
        "2026-11-21T04:41:33+00:00", "2026-11-21T06:41:33+02", "2026-11-21T01:11:33-0330"})
    EXPECT_EQ(parse(text), (AskedMoment{Kind::kWallClock, kAt})) << text;
  EXPECT_EQ(parse("2026-11-21T04:41:33.25Z"), (AskedMoment{Kind::kWallClock, kAt + kSecond / 4}));
  EXPECT_EQ(parse("2026-11-21T04:41:33.1234567899Z"),
            (AskedMoment{Kind::kWallClock, kAt + 123'456'789}));
  EXPECT_EQ(parse("2026-11-21 04:41"), (AskedMoment{Kind::kWallClock, kAt - 33 * kSecond}));
  EXPECT_EQ(parse("1970-01-02"), (AskedMoment{Kind::kWallClock, 86400 * kSecond}));
}

TEST(MomentTest, IsATimeOfADay) {
  EXPECT_EQ(parse("04:41:33"), (AskedMoment{Kind::kTimeOfDay, 16893 * kSecond}));
  EXPECT_EQ(parse("04:41:33.5Z"), (AskedMoment{Kind::kTimeOfDay, 16893 * kSecond + kSecond / 2}));
  EXPECT_EQ(parse("04:41"), (AskedMoment{Kind::kTimeOfDay, 16860 * kSecond}));
}

TEST(MomentTest, IsRefusedWhereItCannotBeOne) {
  const std::string forms =
      " / write it like 1.5s from the beginning, -5s from the end, 2026-11-21T04:41:33Z or "
      "04:41:33";
  for (const char* text : {"soon", "", "-", "--5s", "5 parsecs"})
    EXPECT_EQ(error_of([&] { parse(text); }),
              "--from: cannot read '" + std::string(text) + "'" + forms);
  for (const char* text : {"2026-02-30", "2026-13-01", "1969-01-01", "2026-11-21T", "2026-11-21x",
                           "2026-11-21T04:41:33 CET", "2026-11-21T04:41:33+5", "9999-01-01"})
    EXPECT_EQ(error_of([&] { parse(text); }),
              "--from: cannot read '" + std::string(text) + "': it is no date and time" + forms);
  for (const char* text : {"24:00:00", "04:60", "4:41:33", "04:41:33.", "04:41:33+02:00"})
    EXPECT_EQ(error_of([&] { parse(text); }),
              "--from: cannot read '" + std::string(text) + "': it is no time of a day" + forms);
}

TEST(MomentTest, IsWrittenOnTheWallClock) {
  EXPECT_EQ(wall_clock_text(1'795'236'093'512'345'678), "2026-11-21T04:41:33.512345678Z");
  EXPECT_EQ(wall_clock_text(1'795'236'093'500'000'000), "2026-11-21T04:41:33.5Z");
  EXPECT_EQ(wall_clock_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(wall_clock_text(-1), "1969-12-31T23:59:59.999999999Z");
}

class MomentInSet : public test::FilteredTrace {
 protected:
  std::int64_t ms_of(const char* text) const {
    const TraceSet set(file_.reader());
    return to_ns(time_of(parse(text), set, "--from")) / 1'000'000;
  }
};

TEST_F(MomentInSet, IsFoundByTheClockOfTheTrace) {
  EXPECT_EQ(ms_of("250ms"), 250);
  EXPECT_EQ(ms_of("-250ms"), 750);
  EXPECT_EQ(ms_of("2026-11-21T04:41:34Z"), 500);
  EXPECT_EQ(ms_of("04:41:34.1"), 600);
  EXPECT_EQ(ms_of("2026-11-21T04:41:33Z"), -500);
  EXPECT_EQ(ms_of("04:41:40"), 6500);
}

// Between two samples the wall clock is taken to go evenly: here at half the pace.
TEST(MomentOfSamples, IsFoundBetweenThem) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.write(std::vector<ClockSample>{{from_ns(0), 100 * kSecond},
                                        {from_ns(10 * kSecond), 105 * kSecond}});
  writer.close(from_ns(10 * kSecond));
  const TraceSet set(file.reader());
  const auto at = [&](std::int64_t ns) {
    return to_ns(time_of({Kind::kWallClock, ns}, set, "--to"));
  };
  // A nanosecond before, which already shows as much: half a nanosecond counts as one.
  EXPECT_EQ(at(101 * kSecond), 2 * kSecond - 1);
  EXPECT_EQ(at(105 * kSecond), 10 * kSecond - 1);
  EXPECT_EQ(at(99 * kSecond), -kSecond);
}

TEST(MomentOfSamples, IsOnTheNextDayWhereTheTraceGoesOnOverMidnight) {
  constexpr std::int64_t kMinute = 60 * kSecond;
  test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.write(std::vector<ClockSample>{{from_ns(0), (24 * 60 - 10) * kMinute}});  // 23:50
  writer.close(from_ns(20 * kMinute));
  const TraceSet set(file.reader());
  const auto at = [&](const char* text) {
    return to_ns(time_of(parse(text), set, "--to")) / kMinute;
  };
  EXPECT_EQ(at("00:05"), 15);
  EXPECT_EQ(at("23:55"), 5);
  EXPECT_EQ(at("00:20"), -23 * 60 - 30);
}

TEST(MomentOfSamples, IsNotFoundWithoutAClock) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.close(from_ns(1));
  const TraceSet set(file.reader());
  EXPECT_EQ(error_of([&] { time_of(parse("04:41"), set, "--to"); }),
            "--to: " + file.path() +
                " does not tell what time it was / give the time from the beginning, like 1.5s, or "
                "from the end, like -5s");
}

}  // namespace
}  // namespace pgrec
