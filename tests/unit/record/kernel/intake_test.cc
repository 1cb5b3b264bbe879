// Covers record/kernel/intake.h: what of the rings is handed out, in which order, and whether that
// was all.
#include "record/kernel/intake.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/unit/written_rings.h"

namespace pgrec {
namespace {

using test::WrittenEventRing;
using test::WrittenRecordRing;

std::string said(const ThreadHit& hit) {
  return (hit.hit.kind == WIRE_BEGIN ? "begin " : "event ") + std::to_string(hit.hit.ts_ns);
}
std::string said(const TextHit& piece) {
  return "text " + std::string(piece.text);
}
std::string said(const NameHit& name) {
  return "name " + std::string(name.name);
}
std::string said(const IdentityHit& hit) {
  return "users " + std::to_string(hit.users.user);
}
std::string said(const RoleHit& role) {
  return "role " + std::string(role.name);
}
std::string said(const SlowHit& slow) {
  return "slow " + std::to_string(slow.slow.rows) + " rows " + std::string(slow.kept);
}

// Two CPUs with an event ring and a record ring each.
class IntakeTest : public testing::Test {
 protected:
  IntakeTest() {
    for (WrittenEventRing* ring : {&events_, &other_events_})
      rings_.events.push_back(ring->map());
    for (WrittenRecordRing* ring : {&records_, &other_records_})
      rings_.records.push_back(ring->map());
  }

  // What is taken in, one after the other, and "…" where that is not all.
  std::string taken_in() {
    std::string all;
    const bool complete = take_in(
        rings_, {}, [&](const auto& decoded) { all += (all.empty() ? "" : ", ") + said(decoded); });
    return complete ? all : all + ", …";
  }

  static std::string record(wire_kind kind, const std::string& rest, unsigned flags = 0) {
    const wire_record head{1000,
                           0,
                           11ull << 32 | 12,
                           static_cast<std::uint32_t>(rest.size()),
                           static_cast<std::uint16_t>(kind),
                           static_cast<std::uint16_t>(flags)};
    return bytes_of(head) + rest;
  }
  static std::string text(const std::string& piece) {
    return record(WIRE_TEXT, bytes_of(wire_query{5, 100}) + piece);
  }
  template <typename Part>
  static std::string bytes_of(const Part& part) {
    return {reinterpret_cast<const char*>(&part), sizeof part};
  }

  WrittenEventRing events_{8};
  WrittenEventRing other_events_{8};
  WrittenRecordRing records_{4096};
  WrittenRecordRing other_records_{4096};
  Rings rings_;
};

TEST_F(IntakeTest, TakesAllEventRingsBeforeTheRecordRings) {
  other_records_.put(text("SELECT 2"));
  records_.put(text("SELECT 1"));
  other_events_.put(10);
  events_.put(30);
  events_.put(20);
  EXPECT_EQ(taken_in(), "event 30, event 20, event 10, text SELECT 1, text SELECT 2");
}

TEST_F(IntakeTest, HandsOutARecordAsWhatItIs) {
  wire_slow slow{};
  slow.rows = 3;
  records_.put(record(WIRE_BEGIN, bytes_of(wire_query{5, 100})));
  records_.put(text("SELECT 1"));
  records_.put(record(WIRE_TITLE, "alice shop [local]"));
  records_.put(record(WIRE_SLOW, bytes_of(slow) + "SELECT 2", WIRE_SLOW_TEXT_KEPT));
  EXPECT_EQ(taken_in(), "begin 1000, text SELECT 1, name alice shop [local], slow 3 rows SELECT 2");
}

TEST_F(IntakeTest, LeavesOutRecordsTooShortForWhatTheySay) {
  const std::string whole = text("SELECT 1");
  records_.put(whole.substr(0, whole.size() - 1));
  records_.put("short");
  records_.put(record(WIRE_SLOW, "short"));
  records_.put(text("SELECT 2"));
  EXPECT_EQ(taken_in(), "text SELECT 2");
}

TEST_F(IntakeTest, IsNotCompleteWhereAnEventIsBeingWritten) {
  const std::uint64_t place = events_.reserve();
  events_.put(20);
  other_events_.put(30);
  records_.put(text("SELECT 1"));
  EXPECT_EQ(taken_in(), "event 30, text SELECT 1, …");
  events_.fill(place, 10);
  EXPECT_EQ(taken_in(), "event 10, event 20");
}

TEST_F(IntakeTest, IsNotCompleteWhereARecordIsBeingWritten) {
  const std::string whole = text("SELECT 1");
  const std::uint64_t place = records_.reserve(whole.size());
  other_records_.put(text("SELECT 2"));
  EXPECT_EQ(taken_in(), "text SELECT 2, …");
  records_.submit(place, whole);
  EXPECT_EQ(taken_in(), "text SELECT 1");
}

TEST_F(IntakeTest, IsCompleteWhereThereIsNothing) {
  EXPECT_EQ(taken_in(), "");
}

TEST_F(IntakeTest, HandsOutEventsToBeKept) {
  events_.put(10);
  std::vector<ThreadHit> kept;
  struct Keep {
    std::vector<ThreadHit>& all;
    void operator()(ThreadHit&& hit) { all.push_back(std::move(hit)); }
    void operator()(const TextHit& /*piece*/) {}
    void operator()(const NameHit& /*name*/) {}
    void operator()(const IdentityHit& /*hit*/) {}
    void operator()(const RoleHit& /*role*/) {}
    void operator()(const SlowHit& /*slow*/) {}
  };
  EXPECT_TRUE(take_in(rings_, {}, Keep{kept}));
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept.front().thread, (ThreadKey{11, 12}));
}

}  // namespace
}  // namespace pgrec
