// Covers record/kernel/event_ring.h: which events are whole, and what room is given back.
#include "record/kernel/event_ring.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/written_rings.h"

namespace pgrec {
namespace {

using test::WrittenEventRing;

// "10 20", and "10 20 …" where something stands in the way.
std::string drained(EventRing& ring) {
  std::string all;
  const bool complete = ring.drain(
      [&](const wire_hit& hit) { all += (all.empty() ? "" : " ") + std::to_string(hit.ts_ns); });
  return complete ? all : all + " …";
}

TEST(EventRing, GivesEventsOnceOldestFirst) {
  WrittenEventRing written(8);
  EventRing ring = written.map();
  for (const std::uint64_t ns : {30u, 10u, 20u})
    written.put(ns);
  EXPECT_EQ(drained(ring), "30 10 20");
  EXPECT_EQ(drained(ring), "");
}

TEST(EventRing, StopsAtASlotThatIsReservedAndNotFilled) {
  WrittenEventRing written(8);
  EventRing ring = written.map();
  written.put(10);
  const std::uint64_t place = written.reserve();
  written.put(30);
  EXPECT_EQ(drained(ring), "10 …");
  EXPECT_EQ(drained(ring), " …");
  written.fill(place, 20);
  EXPECT_EQ(drained(ring), "20 30");
}

TEST(EventRing, GoesAroundItsEnd) {
  WrittenEventRing written(4);
  EventRing ring = written.map();
  for (std::uint64_t ns = 1; ns <= 9; ns += 3) {
    for (std::uint64_t i = 0; i < 3; ++i)
      written.put(ns + i);
    EXPECT_EQ(drained(ring),
              std::to_string(ns) + " " + std::to_string(ns + 1) + " " + std::to_string(ns + 2));
  }
}

TEST(EventRing, TakesWhatASlotHeldARoundBeforeForNoEvent) {
  WrittenEventRing written(2);
  EventRing ring = written.map();
  written.put(10);
  written.put(20);
  EXPECT_EQ(drained(ring), "10 20");
  written.reserve();
  EXPECT_EQ(drained(ring), " …");
}

TEST(EventRing, KnowsPlacesByTheirLowHalf) {
  WrittenEventRing written(4, 0xFFFFFFFE);
  EventRing ring = written.map();
  for (const std::uint64_t ns : {1u, 2u, 3u})
    written.put(ns);
  EXPECT_EQ(drained(ring), "1 2 3");
}

TEST(EventRing, GivesBackAllRoomThatWasDrained) {
  WrittenEventRing written(4);
  EventRing ring = written.map();
  written.put(10);
  written.put(20);
  written.reserve();
  drained(ring);
  EXPECT_EQ(written.drained(), 2u);
}

TEST(EventRing, GivesBackRoomWhileItIsDrained) {
  WrittenEventRing written(1024);
  EventRing ring = written.map();
  for (std::uint64_t ns = 0; ns < 1000; ++ns)
    written.put(ns);
  std::uint64_t free_at_last = 0;
  ring.drain([&](const wire_hit& /*hit*/) { free_at_last = written.drained(); });
  EXPECT_GE(free_at_last, 500u);
}

}  // namespace
}  // namespace pgrec
