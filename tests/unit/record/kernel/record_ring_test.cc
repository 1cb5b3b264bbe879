// Covers record/kernel/record_ring.h: which records are there, and where the next one begins.
#include "record/kernel/record_ring.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/written_rings.h"

namespace pgrec {
namespace {

using test::WrittenRecordRing;

constexpr std::size_t kBytes = 4096;

class RecordRingTest : public testing::Test {
 protected:
  // "a, b", and "a, b, …" where something stands in the way.
  std::string drained() {
    std::string all;
    const bool complete = ring_.drain([&](std::span<const std::byte> record) {
      all += (all.empty() ? "" : ", ") +
             std::string(reinterpret_cast<const char*>(record.data()), record.size());
    });
    return complete ? all : all + ", …";
  }

  WrittenRecordRing written_{kBytes};
  RecordRing ring_ = written_.map();
};

TEST_F(RecordRingTest, GivesRecordsOnceOldestFirst) {
  written_.put("first");
  written_.put("second");
  EXPECT_EQ(drained(), "first, second");
  EXPECT_EQ(drained(), "");
}

TEST_F(RecordRingTest, FindsTheNextRecordBehindOneOfAnyLength) {
  std::string expected;
  for (std::size_t bytes = 1; bytes <= 17; ++bytes) {
    written_.put(std::string(bytes, 'x'));
    expected += (bytes > 1 ? ", " : "") + std::string(bytes, 'x');
  }
  EXPECT_EQ(drained(), expected);
}

TEST_F(RecordRingTest, StopsAtARecordThatIsBeingWritten) {
  written_.put("first");
  const std::uint64_t place = written_.reserve(6);
  written_.put("third");
  EXPECT_EQ(drained(), "first, …");
  EXPECT_EQ(drained(), ", …");
  written_.submit(place, "second");
  EXPECT_EQ(drained(), "second, third");
}

TEST_F(RecordRingTest, PassesOverRecordsThatWereDiscarded) {
  written_.put("first");
  written_.discard(written_.reserve(100), 100);
  written_.put("third");
  EXPECT_EQ(drained(), "first, third");
}

TEST_F(RecordRingTest, GivesARecordAcrossItsEndInOnePiece) {
  written_.put(std::string(kBytes - 100, 'x'));
  drained();
  std::string across;
  for (char c = '0'; across.size() < 200; c = c == '9' ? '0' : static_cast<char>(c + 1))
    across += c;
  written_.put(across);
  EXPECT_EQ(drained(), across);
}

TEST_F(RecordRingTest, GivesBackTheRoomOfEveryRecord) {
  written_.put("first");
  written_.discard(written_.reserve(100), 100);
  EXPECT_FALSE(written_.is_empty());
  drained();
  EXPECT_TRUE(written_.is_empty());
}

}  // namespace
}  // namespace pgrec
