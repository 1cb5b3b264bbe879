// Covers record/matching/hit_order.h: hits of several rings in order, and those behind the
// watermark held back.
#include "record/matching/hit_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

namespace pgrec {
namespace {

class HitOrderTest : public testing::Test {
 protected:
  void add(std::uint32_t tid, std::uint64_t ts_ns, std::uint32_t probe = 0) {
    ThreadHit hit;
    hit.thread = {1, tid};
    hit.hit.ts_ns = ts_ns;
    hit.hit.probe = probe;
    order_.add(std::move(hit));
  }
  // "t1: 10 20, t2: 15": what is handed out up to the watermark; "t1: 10/3" for a probe that is not
  // 0.
  std::string release(std::uint64_t watermark_ns) {
    std::string all;
    order_.release(watermark_ns, [&](const ThreadKey& thread, std::span<Hit> hits) {
      all += (all.empty() ? "t" : ", t") + std::to_string(thread.tid) + ":";
      for (const Hit& hit : hits) {
        all += " " + std::to_string(hit.ts_ns) +
               (hit.probe > 0 ? "/" + std::to_string(hit.probe) : "");
      }
    });
    return all;
  }

  HitOrder order_;
};

TEST_F(HitOrderTest, PutsHitsOfSeveralRingsInOrder) {
  for (const std::uint64_t ns : {30u, 50u, 10u, 20u, 40u})
    add(1, ns);
  EXPECT_EQ(release(100), "t1: 10 20 30 40 50");
}

TEST_F(HitOrderTest, GoesThreadByThread) {
  add(2, 15);
  add(1, 20);
  add(2, 25);
  add(1, 10);
  EXPECT_EQ(release(100), "t1: 10 20, t2: 15 25");
}

TEST_F(HitOrderTest, HoldsBackHitsBehindTheWatermark) {
  for (const std::uint64_t ns : {10u, 20u, 21u, 30u})
    add(1, ns);
  EXPECT_EQ(release(20), "t1: 10 20");
  EXPECT_EQ(release(29), "t1: 21");
  EXPECT_EQ(release(30), "t1: 30");
}

TEST_F(HitOrderTest, LeavesOutThreadsWithNothingUpToTheWatermark) {
  add(1, 50);
  add(2, 10);
  EXPECT_EQ(release(20), "t2: 10");
}

TEST_F(HitOrderTest, PutsLaterHitsAmongThoseHeldBack) {
  add(1, 10);
  add(1, 40);
  EXPECT_EQ(release(20), "t1: 10");
  add(1, 30);
  EXPECT_EQ(release(50), "t1: 30 40");
}

TEST_F(HitOrderTest, KeepsHitsOfOneTimeAsTheyCame) {
  add(1, 20, 5);
  add(1, 10, 1);
  add(1, 10, 2);
  add(1, 20, 4);
  EXPECT_EQ(release(100), "t1: 10/1 10/2 20/5 20/4");
}

TEST_F(HitOrderTest, HandsOutAHitOnce) {
  add(1, 10);
  release(100);
  EXPECT_EQ(release(100), "");
}

TEST_F(HitOrderTest, CountsHitsThatWait) {
  for (const std::uint64_t ns : {30u, 10u, 20u})
    add(1, ns);
  EXPECT_EQ(order_.size(), 3u);
  release(10);
  EXPECT_EQ(order_.size(), 2u);
}

TEST_F(HitOrderTest, KnowsTheEarliestHitThatWaits) {
  EXPECT_EQ(order_.earliest_ns(), 0u);
  add(1, 30);
  add(2, 20);
  add(2, 10);
  EXPECT_EQ(order_.earliest_ns(), 10u);
  release(15);
  EXPECT_EQ(order_.earliest_ns(), 20u);
}

TEST_F(HitOrderTest, HandsOutEveryHitOfRandomRingsInOrder) {
  std::mt19937 random(3);
  std::vector<std::uint64_t> expected, found;
  for (std::uint64_t watermark = 0; watermark < 5000; watermark += 100) {
    for (int i = 0; i < 20; ++i)
      expected.push_back(watermark + 1 + random() % 300);
    for (auto it = expected.end() - 20; it != expected.end(); ++it)
      add(1, *it);
    order_.release(watermark, [&](const ThreadKey&, std::span<Hit> hits) {
      for (const Hit& hit : hits)
        found.push_back(hit.ts_ns);
    });
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
  EXPECT_TRUE(std::equal(found.begin(), found.end(), expected.begin()));
  EXPECT_EQ(found.size() + order_.size(), expected.size());
}

TEST_F(HitOrderTest, ShowsWhatWaitsInNoOrderOfTime) {
  add(1, 10);
  release(15);
  add(1, 40);
  add(1, 30);
  add(2, 20);
  std::string waiting;
  order_.look_at_waiting([&](const ThreadKey& thread, const Hit& hit) {
    waiting += "t" + std::to_string(thread.tid) + ":" + std::to_string(hit.ts_ns) + " ";
  });
  EXPECT_EQ(waiting, "t1:40 t1:30 t2:20 ");
}

}  // namespace
}  // namespace pgrec
