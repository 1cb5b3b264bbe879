// Covers analyze/trace/recording_order.h: which traces are parts of one recording, where each
// stands in time, and what is said of a set that is not whole.
#include "analyze/trace/recording_order.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Lines = std::vector<std::string>;

RecordingFacts part(std::uint64_t number, std::int64_t monotonic_ns) {
  RecordingFacts facts;
  facts.file = "run." + std::to_string(number) + ".pgt";
  facts.host = "db1";
  facts.boot = "boot";
  facts.server = "15.18";
  facts.system = "42";
  facts.monotonic_ns = monotonic_ns;
  facts.began_ns = 1'000'000 + monotonic_ns + static_cast<std::int64_t>(number);  // it drifts
  facts.part = number;
  facts.first_part_ns = 1'000'000;
  facts.length = Duration(100);
  return facts;
}

RecordingFacts of_host(const std::string& host, std::int64_t began_ns) {
  RecordingFacts facts;
  facts.file = host + ".pgt";
  facts.host = host;
  facts.boot = "boot of " + host;
  facts.server = "17.2";
  facts.system = host;
  facts.began_ns = began_ns;
  facts.monotonic_ns = 5;
  facts.length = Duration(100);
  return facts;
}

// "1:trace 2 at 100", with the recording first.
Lines places(const RecordingOrder& order) {
  Lines lines;
  for (const Place& place : order.places)
    lines.push_back(std::to_string(place.recording) + ":trace " + std::to_string(place.trace) +
                    " at " + std::to_string(place.shift.count()));
  return lines;
}

TEST(RecordingOrder, PutsPartsInOrderByTheMonotonicClock) {
  const auto order = order_of({part(3, 200), part(1, 0), part(2, 100)});
  EXPECT_EQ(places(order), (Lines{"1:trace 1 at 0", "1:trace 2 at 100", "1:trace 0 at 200"}));
  EXPECT_EQ(order.notes, Lines{});
  EXPECT_FALSE(order.misses_parts);
}

TEST(RecordingOrder, TellsOfPartsThatAreMissing) {
  const auto order = order_of({part(2, 100), part(5, 400)});
  EXPECT_EQ(order.notes,
            (Lines{"run.2.pgt is the first part here: part 1 of its recording is not",
                   "parts 3 to 4 between run.2.pgt and run.5.pgt are missing: what ran into it has "
                   "no end"}));
  EXPECT_TRUE(order.misses_parts);
}

TEST(RecordingOrder, LeavesOutAPartThatIsThereTwice) {
  RecordingFacts copy = part(2, 100);
  copy.file = "copy.pgt";
  const auto order = order_of({part(1, 0), part(2, 100), copy});
  EXPECT_EQ(places(order), (Lines{"1:trace 0 at 0", "1:trace 1 at 100"}));
  EXPECT_EQ(order.copies, (std::vector<std::size_t>{2}));
  EXPECT_EQ(order.notes, (Lines{"copy.pgt is part 2 again, as run.2.pgt is: it is left out"}));
}

TEST(RecordingOrder, AlignsHostsOnTheWallClock) {
  const auto order = order_of({of_host("b", 5000), of_host("a", 3000)});
  EXPECT_EQ(places(order), (Lines{"1:trace 1 at 0", "2:trace 0 at 2000"}));
  EXPECT_EQ(order.notes, (Lines{"these are traces of 2 servers (PostgreSQL 17.2 of a, PostgreSQL "
                                "17.2 of b), taken together"}));
}

TEST(RecordingOrder, TellsOfRecordingsThatRanAtOneTime) {
  RecordingFacts first = of_host("a", 1000), second = of_host("a", 1060);
  second.monotonic_ns = 65;
  second.file = "other.pgt";
  EXPECT_EQ(order_of({first, second}).notes,
            (Lines{"other.pgt began 40 ns before a.pgt ended, on the same host: what both recorded "
                   "is there twice"}));
  second.monotonic_ns = 105;
  EXPECT_EQ(order_of({first, second}).notes, Lines{});
}

TEST(RecordingOrder, TellsWhereATraceDoesNotSayWhen) {
  RecordingFacts none;
  none.file = "none.pgt";
  const auto order = order_of({of_host("a", 1000), none});
  EXPECT_EQ(order.notes.front(),
            "none.pgt does not say when it was recorded: it is taken to begin with the first file");
}

}  // namespace
}  // namespace pgrec
