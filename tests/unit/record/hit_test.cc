// Covers record/hit.h: wire records taken apart, and records too short for what they say.
#include "record/hit.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace pgrec {
namespace {

class DecodeWire : public testing::Test {
 protected:
  // A record of `kind`, with what a text record has behind it.
  void event(wire_kind kind) {
    put(wire_event{1000, 0x7FFE, 11, 12, 3, static_cast<__u16>(kind), 0});
  }
  void text(wire_kind kind, std::string_view bytes, std::uint32_t flags = 0) {
    put(wire_text{{1000, 0x7FFE, 11, 12, 3, static_cast<__u16>(kind), 0},
                  static_cast<std::uint32_t>(bytes.size()),
                  flags});
    const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
    record_.insert(record_.end(), first, first + bytes.size());
  }
  std::optional<ThreadHit> decode() const { return decode_wire(record_); }

  std::vector<std::byte> record_;

 private:
  template <typename T>
  void put(const T& data) {
    record_.resize(sizeof data);
    std::memcpy(record_.data(), &data, sizeof data);
  }
};

TEST_F(DecodeWire, TakesAnEventApart) {
  event(WIRE_EXIT);
  const auto decoded = decode();
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decoded->hit.ts_ns, 1000u);
  EXPECT_EQ(decoded->hit.sp, 0x7FFEu);
  EXPECT_EQ(decoded->hit.probe, 3u);
  EXPECT_EQ(decoded->hit.kind, WIRE_EXIT);
  EXPECT_FALSE(decoded->hit.text);
}

TEST_F(DecodeWire, TakesATextApart) {
  text(WIRE_BEGIN, "SELECT 1");
  EXPECT_EQ(*decode()->hit.text, (Text{{}, false, false, "SELECT 1"}));
  EXPECT_FALSE(decode()->hit.text_continues);
}

TEST_F(DecodeWire, TakesAnEmptyTextApart) {
  text(WIRE_MORE, "");
  EXPECT_EQ(*decode()->hit.text, Text{});
}

TEST_F(DecodeWire, KnowsATextThatContinues) {
  text(WIRE_BEGIN, "SELECT", WIRE_TEXT_CONTINUES);
  EXPECT_TRUE(decode()->hit.text_continues);
}

TEST_F(DecodeWire, KnowsATextThatWasCut) {
  text(WIRE_MORE, "SELECT", WIRE_TEXT_CUT);
  EXPECT_TRUE(decode()->hit.text->cut);
}

TEST_F(DecodeWire, KnowsATextThatWasUnreadable) {
  text(WIRE_BEGIN, "", WIRE_TEXT_UNREADABLE);
  EXPECT_TRUE(decode()->hit.text->unreadable);
}

TEST_F(DecodeWire, PassesOverWhatStandsBehindTheText) {
  text(WIRE_BEGIN, "SELECT 1");
  record_.resize(record_.size() + 100, std::byte{'x'});
  EXPECT_EQ(decode()->hit.text->text, "SELECT 1");
}

TEST_F(DecodeWire, RefusesAnEventCutShort) {
  event(WIRE_ENTER);
  record_.pop_back();
  EXPECT_FALSE(decode());
}

TEST_F(DecodeWire, RefusesATextWithoutItsLength) {
  event(WIRE_BEGIN);
  EXPECT_FALSE(decode());
}

TEST_F(DecodeWire, RefusesATextCutShort) {
  text(WIRE_BEGIN, "SELECT 1");
  record_.pop_back();
  EXPECT_FALSE(decode());
}

TEST_F(DecodeWire, RefusesAKindItDoesNotKnow) {
  event(WIRE_KINDS);
  EXPECT_FALSE(decode());
}

TEST_F(DecodeWire, RefusesNothing) {
  EXPECT_FALSE(decode());
}

}  // namespace
}  // namespace pgrec
