// Covers record/kernel/hit.h: wire records taken apart, and those too short for what they say.
#include "record/kernel/hit.h"

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
  EXPECT_FALSE(decoded.hit.query);
  EXPECT_TRUE(decoded.hit.fired());
}

TEST(SqlstateText, IsNoneWhereTheNumberIsNone) {
  const auto packed = [](std::string_view text) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
      number |= (static_cast<std::uint32_t>(text[i] - '0') & 0x3f) << (6 * i);
    return number;
  };
  EXPECT_EQ(sqlstate_text(packed("XX000")), "XX000");
  EXPECT_EQ(sqlstate_text(packed("25P02")), "25P02");
  EXPECT_EQ(sqlstate_text(0), "");
  EXPECT_EQ(sqlstate_text(packed("25P0:")), "");
  EXPECT_EQ(sqlstate_text(packed("[5P02")), "");
  EXPECT_EQ(sqlstate_text(packed("25P02") | 1u << 30), "");
}

TEST(DecodeLateEnd, MakesTheEndOfItsThread) {
  const ThreadHit end = decode_late_end({1000, std::uint64_t{11} << 32 | 12, 70, WIRE_END_FAILED});
  EXPECT_EQ(end.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(end.hit.ts_ns, 1000u);
  EXPECT_EQ(end.hit.kind, WIRE_GONE);
  EXPECT_EQ(end.hit.sp, 70u);
  EXPECT_EQ(end.hit.end, WIRE_END_FAILED);
  EXPECT_FALSE(end.hit.fired());
}

TEST(DecodeHit, KnowsHowAThreadEnded) {
  const std::uint64_t flags = WIRE_END_RUNNING | WIRE_END_CRASHED;
  const std::uint64_t stamp = std::uint64_t{WIRE_GONE} << WIRE_STAMP_KIND | flags
                                                                                << WIRE_STAMP_FLAGS;
  EXPECT_EQ(decode_hit({1, 2, 3, stamp}).hit.end, flags);
}

TEST(DecodeHit, KnowsItsFlags) {
  const auto with = [](std::uint64_t flags) {
    return decode_hit({1, 2, 3, flags << WIRE_STAMP_FLAGS}).hit;
  };
  EXPECT_TRUE(with(WIRE_CHAINED).chained);
  EXPECT_FALSE(with(WIRE_CHAINED).straddles);
  EXPECT_FALSE(with(WIRE_CHAINED).no_return);
  EXPECT_TRUE(with(WIRE_NO_RETURN).no_return);
  EXPECT_FALSE(with(WIRE_NO_RETURN).chained);
  EXPECT_TRUE(with(WIRE_STRADDLES).straddles);
  EXPECT_FALSE(with(WIRE_STRADDLES).in_transaction);
  EXPECT_TRUE(with(WIRE_IN_TRANSACTION).in_transaction);
  EXPECT_TRUE(with(WIRE_IN_FAILED_TRANSACTION).in_failed_transaction);
}

class DecodeRecord : public testing::Test {
 protected:
  // A record with what its kind needs, and then the text.
  template <typename Part>
  void record(wire_kind kind, const Part& part, std::string_view text, unsigned flags = 0) {
    const auto bytes = static_cast<std::uint32_t>(sizeof part + text.size());
    const wire_record head{1000,
                           0x7FFE,
                           11ull << 32 | 12,
                           bytes,
                           static_cast<std::uint16_t>(kind),
                           static_cast<std::uint16_t>(flags)};
    record_.clear();
    put(&head, sizeof head);
    put(&part, sizeof part);
    put(text.data(), text.size());
  }
  void text(std::string_view piece, unsigned flags = 0) {
    record(WIRE_TEXT, wire_query{5, 100}, piece, flags);
  }
  void name(wire_kind kind, std::string_view text) {
    const wire_record head{1000,
                           0,
                           11ull << 32 | 12,
                           static_cast<std::uint32_t>(text.size()),
                           static_cast<std::uint16_t>(kind),
                           0};
    record_.clear();
    put(&head, sizeof head);
    put(text.data(), text.size());
  }
  template <typename Decoded>
  Decoded decode() {
    decoded_ = decode_record(record_, {7});
    EXPECT_TRUE(std::holds_alternative<Decoded>(decoded_));
    return std::move(std::get<Decoded>(decoded_));
  }
  void expect_refused() { decode<std::monostate>(); }

  std::vector<std::byte> record_;

 private:
  void put(const void* part, std::size_t bytes) {
    const auto* first = static_cast<const std::byte*>(part);
    record_.insert(record_.end(), first, first + bytes);
  }
  DecodedRecord decoded_;
};

TEST_F(DecodeRecord, TakesAPieceOfATextApart) {
  text("SELECT 1", WIRE_TEXT_FIRST | WIRE_HAS_CLIENT);
  const auto piece = decode<TextHit>();
  EXPECT_EQ(piece.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(piece.query.key, 5u);
  EXPECT_EQ(piece.query.bytes, 100u);
  EXPECT_TRUE(piece.first);
  EXPECT_FALSE(piece.continues);
  EXPECT_TRUE(piece.client);
  EXPECT_EQ(piece.text, "SELECT 1");
}

TEST_F(DecodeRecord, KnowsAPieceThatContinues) {
  text("", WIRE_TEXT_CONTINUES);
  const auto piece = decode<TextHit>();
  EXPECT_FALSE(piece.first);
  EXPECT_TRUE(piece.continues);
  EXPECT_EQ(piece.text, "");
}

TEST_F(DecodeRecord, TakesAReportOfAQueryApart) {
  record(WIRE_BEGIN, wire_query{5, 100}, "", WIRE_HAS_CLIENT | WIRE_TEXT_LOST);
  const auto begin = decode<ThreadHit>();
  EXPECT_EQ(begin.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(begin.hit.kind, WIRE_BEGIN);
  EXPECT_EQ(begin.hit.ts_ns, 1000u);
  EXPECT_EQ(begin.hit.sp, 0x7FFEu);
  EXPECT_EQ(begin.hit.probe, 7u);
  EXPECT_EQ(begin.hit.query->query.key, 5u);
  EXPECT_TRUE(begin.hit.query->client);
  EXPECT_TRUE(begin.hit.query->text_lost);
  EXPECT_FALSE(begin.hit.query->unreadable);
  EXPECT_FALSE(begin.hit.query->fastpath);
  EXPECT_TRUE(begin.hit.fired());
}

TEST_F(DecodeRecord, TakesWhatBecameOfAQueryApart) {
  wire_done done{};
  done.rows = 42;
  done.usage[WIRE_WAL_BYTES] = 8192;
  record(WIRE_COMPLETED, done, "", WIRE_IN_PIPELINE);
  const auto completed = decode<ThreadHit>();
  EXPECT_EQ(completed.hit.kind, WIRE_COMPLETED);
  EXPECT_EQ(completed.hit.query->done.rows, 42u);
  EXPECT_EQ(completed.hit.query->done.usage[WIRE_WAL_BYTES], 8192u);
  EXPECT_TRUE(completed.hit.query->in_pipeline);
}

TEST_F(DecodeRecord, TakesNamesApart) {
  name(WIRE_TITLE, "alice shop [local]");
  EXPECT_EQ(decode<NameHit>().name, "alice shop [local]");
  name(WIRE_APPLICATION, "psql");
  const auto application = decode<NameHit>();
  EXPECT_TRUE(application.is_application);
  EXPECT_EQ(application.ts_ns, 1000u);
  EXPECT_EQ(application.thread.pid, 11u);
}

TEST_F(DecodeRecord, TakesAnIdentityApart) {
  wire_identity identity{};
  identity.users = {10, 20};
  identity.user_name[0] = 'a';
  record(WIRE_IDENTITY, identity, "");
  const auto decoded = decode<IdentityHit>();
  EXPECT_EQ(decoded.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decoded.ts_ns, 1000u);
  EXPECT_EQ(decoded.users.user, 20u);
  ASSERT_TRUE(decoded.identity);
  EXPECT_STREQ(decoded.identity->user_name, "a");
  record(WIRE_USERS, wire_users{10, 30}, "");
  EXPECT_EQ(decode<IdentityHit>().users.user, 30u);
  EXPECT_FALSE(decode<IdentityHit>().identity);
}

TEST_F(DecodeRecord, TakesTheNameOfARoleApart) {
  record(WIRE_ROLE, wire_role{7, "my role"}, "");
  EXPECT_EQ(decode<RoleHit>().role, 7u);
  EXPECT_EQ(decode<RoleHit>().name, "my role");
  wire_role longest{8, {}};
  std::fill(std::begin(longest.name), std::end(longest.name), 'x');
  record(WIRE_ROLE, longest, "");
  EXPECT_EQ(decode<RoleHit>().name, std::string(WIRE_IDENTIFIER_BYTES, 'x'));
}

TEST_F(DecodeRecord, TakesAnErrorApart) {
  using Values = ArgumentValues;
  record(WIRE_ERROR, wire_error{2 | 2 << 6 | 0 << 12 | 1 << 18 | 2 << 24, WIRE_SEVERITY_FATAL},
         "division", WIRE_OF_STATEMENT);
  const auto decoded = decode<ThreadHit>();
  EXPECT_EQ(decoded.hit.kind, WIRE_ERROR);
  EXPECT_TRUE(decoded.hit.of_statement);
  EXPECT_TRUE(decoded.hit.fired());
  EXPECT_EQ(*decoded.hit.arguments,
            (Values{std::string("FATAL"), std::string("22012"), std::string("division")}));
  record(WIRE_ERROR, wire_error{0, 77}, "");
  EXPECT_FALSE(decode<ThreadHit>().hit.of_statement);
  EXPECT_EQ(*decode<ThreadHit>().hit.arguments,
            (Values{std::string(), std::string(), std::string()}));
}

TEST_F(DecodeRecord, TakesASlowStatementApart) {
  wire_slow slow{};
  slow.rows = 42;
  record(WIRE_SLOW, slow, "SELECT 1", WIRE_SLOW_TEXT_KEPT | WIRE_SLOW_CLIENT);
  const auto decoded = decode<SlowHit>();
  EXPECT_EQ(decoded.thread, (ThreadKey{11, 12}));
  EXPECT_EQ(decoded.ts_ns, 1000u);
  EXPECT_EQ(decoded.slow.rows, 42u);
  EXPECT_EQ(decoded.flags, std::uint32_t{WIRE_SLOW_TEXT_KEPT | WIRE_SLOW_CLIENT});
  EXPECT_EQ(decoded.kept, "SELECT 1");
}

TEST_F(DecodeRecord, TakesNoTextOfASlowStatementThatWasNotKept) {
  record(WIRE_SLOW, wire_slow{}, "SELECT 1");
  EXPECT_EQ(decode<SlowHit>().kept, "");
}

TEST_F(DecodeRecord, PassesOverWhatStandsBehind) {
  text("SELECT 1");
  record_.resize(record_.size() + 100, std::byte{'x'});
  EXPECT_EQ(decode<TextHit>().text, "SELECT 1");
}

TEST_F(DecodeRecord, RefusesARecordCutShort) {
  text("SELECT 1");
  record_.pop_back();
  expect_refused();
  record_.resize(sizeof(wire_record) - 1);
  expect_refused();
}

TEST_F(DecodeRecord, RefusesARecordWithoutWhatItsKindNeeds) {
  for (const wire_kind kind : {WIRE_TEXT, WIRE_BEGIN, WIRE_COMPLETED, WIRE_FAILED, WIRE_SUSPENDED,
                               WIRE_SLOW, WIRE_ERROR}) {
    name(kind, "short");
    expect_refused();
  }
}

TEST_F(DecodeRecord, RefusesAKindThatHasNoRecord) {
  record(WIRE_ENTER, wire_done{}, "");
  expect_refused();
}

TEST_F(DecodeRecord, RefusesNothing) {
  expect_refused();
}

class DecodePoint : public testing::Test {
 protected:
  // A hit of probe 8, of which the class is the second, whose event has these arguments.
  std::optional<ThreadHit> decode(const std::vector<ArgumentType>& types) const {
    const std::vector<EventClass> classes = {{ClassId{16}, {}, "usdt:other", {}},
                                             {ClassId{17}, {}, "usdt:step", types}};
    const wire_record head{
        1000, 0x7FFE, 11ull << 32 | 12, static_cast<std::uint32_t>(bytes_), WIRE_POINT, WIRE_ODD};
    std::vector<std::byte> record(sizeof head + bytes_);
    std::memcpy(record.data(), &head, sizeof head);
    std::memcpy(record.data() + sizeof head, &point_, bytes_);
    auto decoded = decode_record(record, {0, 7, classes});
    if (auto* hit = std::get_if<ThreadHit>(&decoded)) return std::move(*hit);
    return std::nullopt;
  }
  static ArgumentType argument(const std::string& name, ArgumentType::Kind kind) {
    return {name, kind, ""};
  }

  wire_point point_{8, 4, {}, {}};
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
  EXPECT_EQ(*decoded->hit.arguments, (ArgumentValues{std::string("WALWrite"), std::uint64_t{5},
                                                     std::int64_t{-1}, std::uint64_t{4}}));
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

TEST_F(DecodePoint, RefusesAProbeWithoutAClass) {
  point_.probe = 9;
  EXPECT_FALSE(decode({}));
  point_.probe = 6;
  EXPECT_FALSE(decode({}));
}

}  // namespace
}  // namespace pgrec
