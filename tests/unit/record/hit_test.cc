// Covers record/hit.h: wire records taken apart, and texts too short for what they say.
#include "record/hit.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>
#include <vector>

namespace pgrec {
namespace {

TEST(DecodeHit, TakesAnEventApart) {
  const std::uint64_t stamp = 77 | 3ull << WIRE_STAMP_PROBE | 1ull << WIRE_STAMP_KIND;
  const ThreadHit decoded = decode_hit({1000, 0x7FFE, 11ull << 32 | 12, stamp});
  EXPECT_EQ(decoded.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decoded.hit.ts_ns, 1000u);
  EXPECT_EQ(decoded.hit.sp, 0x7FFEu);
  EXPECT_EQ(decoded.hit.probe, 3u);
  EXPECT_EQ(decoded.hit.kind, WIRE_EXIT);
  EXPECT_FALSE(decoded.hit.chained);
  EXPECT_FALSE(decoded.hit.straddles);
  EXPECT_FALSE(decoded.hit.text);
}

TEST(DecodeHit, KnowsItsFlags) {
  const auto with = [](std::uint64_t flags) {
    return decode_hit({1, 2, 3, flags << WIRE_STAMP_FLAGS}).hit;
  };
  EXPECT_TRUE(with(WIRE_CHAINED).chained);
  EXPECT_FALSE(with(WIRE_CHAINED).straddles);
  EXPECT_TRUE(with(WIRE_STRADDLES).straddles);
}

class DecodeText : public testing::Test {
 protected:
  void text(wire_kind kind, std::string_view bytes, std::uint16_t flags = 0) {
    const wire_text piece{1000, 0x7FFE, 11ull << 32 | 12, static_cast<std::uint32_t>(bytes.size()),
                          static_cast<std::uint16_t>(kind), flags};
    record_.resize(sizeof piece);
    std::memcpy(record_.data(), &piece, sizeof piece);
    const auto* first = reinterpret_cast<const std::byte*>(bytes.data());
    record_.insert(record_.end(), first, first + bytes.size());
  }
  std::optional<ThreadHit> decode() const { return decode_text(record_, 7); }

  std::vector<std::byte> record_;
};

TEST_F(DecodeText, TakesATextApart) {
  text(WIRE_BEGIN, "SELECT 1");
  EXPECT_EQ(decode()->thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decode()->hit.ts_ns, 1000u);
  EXPECT_EQ(decode()->hit.sp, 0x7FFEu);
  EXPECT_EQ(decode()->hit.probe, 7u);
  EXPECT_EQ(decode()->hit.kind, WIRE_BEGIN);
  EXPECT_EQ(*decode()->hit.text, (Text{{}, false, false, "SELECT 1"}));
  EXPECT_FALSE(decode()->hit.text_continues);
}

TEST_F(DecodeText, TakesAnEmptyTextApart) {
  text(WIRE_MORE, "");
  EXPECT_EQ(*decode()->hit.text, Text{});
}

TEST_F(DecodeText, KnowsATextThatContinues) {
  text(WIRE_BEGIN, "SELECT", WIRE_TEXT_CONTINUES);
  EXPECT_TRUE(decode()->hit.text_continues);
}

TEST_F(DecodeText, KnowsATextThatWasCut) {
  text(WIRE_MORE, "SELECT", WIRE_TEXT_CUT);
  EXPECT_TRUE(decode()->hit.text->cut);
}

TEST_F(DecodeText, KnowsATextThatWasUnreadable) {
  text(WIRE_BEGIN, "", WIRE_TEXT_UNREADABLE);
  EXPECT_TRUE(decode()->hit.text->unreadable);
}

TEST_F(DecodeText, PassesOverWhatStandsBehindTheText) {
  text(WIRE_BEGIN, "SELECT 1");
  record_.resize(record_.size() + 100, std::byte{'x'});
  EXPECT_EQ(decode()->hit.text->text, "SELECT 1");
}

TEST_F(DecodeText, RefusesARecordCutShort) {
  text(WIRE_BEGIN, "");
  record_.pop_back();
  EXPECT_FALSE(decode());
}

TEST_F(DecodeText, RefusesATextCutShort) {
  text(WIRE_BEGIN, "SELECT 1");
  record_.pop_back();
  EXPECT_FALSE(decode());
}

TEST_F(DecodeText, RefusesAKindItDoesNotKnow) {
  text(WIRE_ENTER, "");
  EXPECT_FALSE(decode());
}

TEST_F(DecodeText, RefusesNothing) {
  EXPECT_FALSE(decode());
}

class DecodePoint : public testing::Test {
 protected:
  // A hit of probe 8, of which the class is the second, whose event has these arguments.
  std::optional<ThreadHit> decode(const std::vector<ArgumentType>& types) const {
    const std::vector<EventClass> classes = {{ClassId{16}, {}, "usdt:other", {}},
                                             {ClassId{17}, {}, "usdt:step", types}};
    const auto* bytes = reinterpret_cast<const std::byte*>(&point_);
    return decode_point({bytes, bytes + bytes_}, 7, classes);
  }
  static ArgumentType argument(const std::string& name, ArgumentType::Kind kind) {
    return {name, kind, ""};
  }

  wire_point point_{1000, 0x7FFE, 11ull << 32 | 12, 8, 4, WIRE_POINT, WIRE_ODD, {}, {}};
  std::size_t bytes_ = sizeof point_;
};

using Kind = ArgumentType::Kind;

TEST_F(DecodePoint, TakesAHitApart) {
  const auto decoded = decode({});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decoded->hit.ts_ns, 1000u);
  EXPECT_EQ(decoded->hit.sp, 0x7FFEu);
  EXPECT_EQ(decoded->hit.probe, 8u);
  EXPECT_EQ(decoded->hit.kind, WIRE_POINT);
  EXPECT_TRUE(decoded->hit.odd);
  EXPECT_TRUE(decoded->hit.arguments->empty());
}

TEST_F(DecodePoint, GivesArgumentsByTheirKinds) {
  point_.argument[1] = 5;
  point_.argument[2] = ~0ull;
  std::memcpy(point_.name, "WALWrite", 9);
  const auto decoded =
      decode({argument("tranche", Kind::kString), argument("arg2", Kind::kUnsigned),
              argument("arg3", Kind::kSigned), argument("unreadable", Kind::kUnsigned)});
  ASSERT_TRUE(decoded);
  EXPECT_EQ(*decoded->hit.arguments,
            (ArgumentValues{std::string("WALWrite"), std::uint64_t{5}, std::int64_t{-1},
                            std::uint64_t{4}}));
}

TEST_F(DecodePoint, TakesANameWithoutAnEndAsItIs) {
  std::memset(point_.name, 'x', sizeof point_.name);
  EXPECT_EQ(*decode({argument("tranche", Kind::kString)})->hit.arguments,
            (ArgumentValues{std::string(sizeof point_.name, 'x')}));
}

TEST_F(DecodePoint, RefusesARecordCutShort) {
  --bytes_;
  EXPECT_FALSE(decode({}));
}

TEST_F(DecodePoint, RefusesOneOfAnotherKind) {
  point_.kind = WIRE_BEGIN;
  EXPECT_FALSE(decode({}));
}

TEST_F(DecodePoint, RefusesAProbeWithoutAClass) {
  point_.probe = 9;
  EXPECT_FALSE(decode({}));
  point_.probe = 6;
  EXPECT_FALSE(decode({}));
}

}  // namespace
}  // namespace pgrec
