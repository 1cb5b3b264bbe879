// Covers format/print/units.h: quantities as people read and write them.
#include "format/print/units.h"

#include <gtest/gtest.h>

#include "format/error.h"

namespace pgrec {
namespace {

std::string ns(std::int64_t count) {
  return duration_text(Duration(count));
}

std::int64_t parsed(std::string_view text) {
  return parse_duration(text, "--from").count();
}

TEST(CountText, GroupsThousands) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(1234567), "1,234,567");
  EXPECT_EQ(count_text(18446744073709551615u), "18,446,744,073,709,551,615");
}

TEST(DurationText, HasThreeDigitsAndTheUnit) {
  EXPECT_EQ(ns(0), "0 ns");
  EXPECT_EQ(ns(870), "870 ns");
  EXPECT_EQ(ns(1234), "1.23 us");
  EXPECT_EQ(ns(45'600'000), "45.6 ms");
  EXPECT_EQ(ns(7'890'000'000), "7.89 s");
}

TEST(DurationText, TakesTheNextUnitWhereRoundingReachesIt) {
  EXPECT_EQ(ns(999), "999 ns");
  EXPECT_EQ(ns(999'499), "999 us");
  EXPECT_EQ(ns(999'999), "1.00 ms");
}

TEST(DurationText, NeverRoundsToFourDigits) {
  EXPECT_EQ(ns(9'994), "9.99 us");
  EXPECT_EQ(ns(9'999), "10.0 us");
  EXPECT_EQ(ns(99'990), "100 us");
}

TEST(DurationText, StaysInSecondsBeyondThem) {
  EXPECT_EQ(ns(3'600'000'000'000), "3600 s");
}

TEST(DurationText, KeepsTheSign) {
  EXPECT_EQ(ns(-1500), "-1.50 us");
}

TEST(BytesText, HasBinaryUnits) {
  EXPECT_EQ(bytes_text(512), "512 B");
  EXPECT_EQ(bytes_text(1536), "1.50 KiB");
  EXPECT_EQ(bytes_text(3407872), "3.25 MiB");
  EXPECT_EQ(bytes_text(1u << 30), "1.00 GiB");
}

TEST(FingerprintText, HasSixteenHexadecimalDigits) {
  EXPECT_EQ(fingerprint_text(0), "0000000000000000");
  EXPECT_EQ(fingerprint_text(0xFEDCBA9876543210), "fedcba9876543210");
}

TEST(FixedText, RoundsToItsDigits) {
  EXPECT_EQ(fixed_text(2.0 / 3, 2), "0.67");
  EXPECT_EQ(fixed_text(2.0 / 3, 0), "1");
}

TEST(ParseDuration, KnowsEveryUnit) {
  EXPECT_EQ(parsed("250ns"), 250);
  EXPECT_EQ(parsed("5us"), 5'000);
  EXPECT_EQ(parsed("100ms"), 100'000'000);
  EXPECT_EQ(parsed("30s"), 30'000'000'000);
  EXPECT_EQ(parsed("2m"), 120'000'000'000);
  EXPECT_EQ(parsed("1h"), 3'600'000'000'000);
}

TEST(ParseDuration, TakesABareNumberAsSeconds) {
  EXPECT_EQ(parsed("1.5"), 1'500'000'000);
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "s", "-1s", "1 s", "1d", "nan", "inf", "1s1", "0x10"}) {
    EXPECT_THROW(parsed(text), UsageError) << text;
  }
}

TEST(ParseDuration, RefusesMoreThanTenYears) {
  EXPECT_EQ(parsed("87660h"), 315'576'000'000'000'000);
  EXPECT_THROW(parsed("87661h"), UsageError);
}

TEST(ParseDuration, NamesTheOption) {
  try {
    parsed("soon");
    FAIL() << "nothing thrown";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "--from: cannot read 'soon'");
    EXPECT_EQ(error.status(), kExitUsage);
  }
}

TEST(ParseBytes, KnowsEveryUnit) {
  EXPECT_EQ(parse_bytes("100", "--buffer"), 100u);
  EXPECT_EQ(parse_bytes("64K", "--buffer"), 65536u);
  EXPECT_EQ(parse_bytes("8M", "--buffer"), 8388608u);
  EXPECT_EQ(parse_bytes("1G", "--buffer"), 1073741824u);
  EXPECT_EQ(parse_bytes("64KB", "--buffer"), 65536u);
  EXPECT_EQ(parse_bytes("8MB", "--buffer"), 8388608u);
  EXPECT_EQ(parse_bytes("1GB", "--buffer"), 1073741824u);
}

TEST(ParseBytes, RefusesWhatIsNoSize) {
  for (const char* text : {"", "K", "-1", "1KiB", "1k", "nan", "inf", "1e18"}) {
    EXPECT_THROW(parse_bytes(text, "--buffer"), UsageError) << text;
  }
}

TEST(AtMostText, MarksABound) {
  EXPECT_EQ(at_most_text(Duration(1234)), "\u22641.23 us");
}

TEST(BytesEach, AreOfCallsOrOfExecutionsWhereTheyAreMore) {
  const auto text = [](std::uint64_t calls, std::uint64_t executions, std::uint64_t events) {
    const auto each = bytes_each(10'000, calls, executions, events);
    return each ? fixed_text(each->bytes, 2) + " " + each->what : "nothing";
  };
  EXPECT_EQ(text(1000, 1000, 4000), "10.00 call");
  EXPECT_EQ(text(1000, 2000, 4000), "5.00 execution");
  EXPECT_EQ(text(0, 2000, 4000), "5.00 execution");
  EXPECT_EQ(text(100, 0, 200), "100.00 call");
  EXPECT_EQ(text(2, 3, 20), "500.00 event");  // too few to say anything of
  EXPECT_EQ(text(0, 0, 20), "500.00 event");
  EXPECT_EQ(text(0, 0, 0), "nothing");
}

}  // namespace
}  // namespace pgrec
