// Covers format/chunk/event_filter.h: what leaves a chunk out, and what must not.
#include "format/chunk/event_filter.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

class EventFilterTest : public testing::Test {
 protected:
  // From 100 to 200 ns, of function 3 and process 70, the longest call 40 ns.
  static ChunkHeader chunk() {
    ChunkHeader header;
    header.first = from_ns(100);
    header.last = from_ns(200);
    header.events = 2;
    header.functions = mask_bit(3);
    header.processes = mask_bit(70);
    header.longest = Duration(40);
    return header;
  }
  bool wants() const { return filter_.wants(chunk()); }

  EventFilter filter_;
};

TEST_F(EventFilterTest, ThatIsNotSetLeavesNothingOut) {
  EXPECT_TRUE(wants());
}

TEST_F(EventFilterTest, TakesChunksThatReachTheTimeItBegins) {
  filter_.from = from_ns(200);
  EXPECT_TRUE(wants());
  filter_.from = from_ns(201);
  EXPECT_FALSE(wants());
}

TEST_F(EventFilterTest, TakesChunksThatBeginBeforeTheTimeItEnds) {
  filter_.to = from_ns(101);
  EXPECT_TRUE(wants());
  filter_.to = from_ns(100);
  EXPECT_FALSE(wants());
}

TEST_F(EventFilterTest, TakesChunksThatMayHaveItsFunction) {
  filter_.functions = {FunctionId{3}};
  EXPECT_TRUE(wants());
  filter_.functions = {FunctionId{67}};  // of the same bit
  EXPECT_TRUE(wants());
  filter_.functions = {FunctionId{4}};
  EXPECT_FALSE(wants());
}

TEST_F(EventFilterTest, TakesChunksThatMayHaveItsProcess) {
  filter_.pids = {70};
  EXPECT_TRUE(wants());
  filter_.pids = {71};
  EXPECT_FALSE(wants());
}

TEST_F(EventFilterTest, TakesChunksWithACallAsLong) {
  filter_.at_least = Duration(40);
  EXPECT_TRUE(wants());
  filter_.at_least = Duration(41);
  EXPECT_FALSE(wants());
}

TEST_F(EventFilterTest, TakesChunksThatMayHaveOneOfItsFunctions) {
  filter_.functions = {FunctionId{4}, FunctionId{3}};
  EXPECT_TRUE(wants());
}

// Of a chunk whose header is wrong, nothing is known; it is read as one without events.
TEST_F(EventFilterTest, DoesNotHideAChunkWhoseHeaderIsWrong) {
  filter_.functions = {FunctionId{3}};
  EXPECT_TRUE(filter_.wants(ChunkHeader{}));
}

}  // namespace
}  // namespace pgrec
