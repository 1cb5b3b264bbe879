// Covers record/server/database_encodings.h: which rows of the catalog hold, and what they say.
#include "record/server/database_encodings.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>

namespace pgrec {
namespace {

constexpr std::uint32_t kBlockBytes = 8192;
constexpr std::uint16_t kCommitted = 0x0100, kInvalid = 0x0200, kNoEnd = 0x0800;
constexpr std::uint32_t kUtf8 = 6, kLatin1 = 8;

class DatabaseEncodingsTest : public testing::Test {
 protected:
  // A row as the server has it: header of 32 bytes, then oid, name, owner, encoding and more.
  void add(const std::string& name, std::uint32_t encoding, std::uint16_t flags,
           std::uint32_t began = 700, std::uint32_t ended = 0, std::uint32_t oid = 5) {
    Bytes row(32 + 76 + 100, 0x5A);
    const auto put = [&row](std::size_t at, auto value) {
      std::memcpy(row.data() + at, &value, sizeof value);
    };
    put(0, began);
    put(4, ended);
    put(20, flags);
    put(22, std::uint8_t{32});
    put(32, oid);
    std::memset(row.data() + 32 + 4, 0, 64);
    std::memcpy(row.data() + 32 + 4, name.data(), name.size());
    put(32 + 72, encoding);
    if (lines_.size() == 20) end_page();
    upper_ -= row.size();
    std::memcpy(page_.data() + upper_, row.data(), row.size());
    lines_.push_back(static_cast<std::uint32_t>(upper_ | 1u << 15 | row.size() << 17));
  }
  void end_page() {
    for (std::size_t i = 0; i < lines_.size(); ++i)
      std::memcpy(page_.data() + 24 + 4 * i, &lines_[i], 4);
    const auto lower = static_cast<std::uint16_t>(24 + 4 * lines_.size());
    std::memcpy(page_.data() + 12, &lower, sizeof lower);
    page_[18] = layout_;
    pages_.insert(pages_.end(), page_.begin(), page_.end());
    page_.assign(kBlockBytes, 0);
    lines_.clear();
    upper_ = kBlockBytes;
  }
  DatabaseEncodings parsed() {
    end_page();
    return parse_pg_database(pages_, kBlockBytes, [this](std::uint32_t transaction) {
      return committed_.count(transaction) ? std::optional(true)
             : aborted_.count(transaction) ? std::optional(false)
                                           : std::nullopt;
    });
  }

  std::map<std::uint32_t, std::string> names() {
    end_page();
    return parse_database_names(pages_, kBlockBytes,
                                [](std::uint32_t /*transaction*/) { return std::nullopt; });
  }

  std::set<std::uint32_t> committed_, aborted_;
  std::uint8_t layout_ = 4;
  Bytes pages_;
  Bytes page_ = Bytes(kBlockBytes, 0);
  std::vector<std::uint32_t> lines_;
  std::size_t upper_ = kBlockBytes;
};

TEST_F(DatabaseEncodingsTest, HaveNamesByTheirOids) {
  add("shop", kUtf8, kCommitted | kNoEnd, 700, 0, 16384);
  add("odd", 1000, kCommitted | kNoEnd, 700, 0, 16385);
  add("maybe", kUtf8, kNoEnd, 700, 0, 16386);
  add("old", kUtf8, kCommitted, 700, 800, 16387);
  EXPECT_EQ(names(), (std::map<std::uint32_t, std::string>{{16384, "shop"}, {16385, "odd"}}));
}

TEST_F(DatabaseEncodingsTest, HaveNoNameOfTwo) {
  add("shop", kUtf8, kCommitted | kNoEnd, 700, 0, 16384);
  add("market", kUtf8, kCommitted | kNoEnd, 700, 0, 16384);
  EXPECT_TRUE(names().empty());
}

TEST_F(DatabaseEncodingsTest, AreThoseOfRowsThatHold) {
  add("postgres", kUtf8, kCommitted | kNoEnd);
  add("template0", kLatin1, kCommitted | kInvalid | kNoEnd);  // frozen
  add("first", 0, kNoEnd, 1);                                 // initdb's own
  add("gone", kUtf8, kInvalid | kNoEnd);                      // given up
  EXPECT_EQ(parsed(), (DatabaseEncodings{
                          {"postgres", "UTF8"}, {"template0", "LATIN1"}, {"first", "SQL_ASCII"}}));
}

TEST_F(DatabaseEncodingsTest, GoByWhatBecameOfTransactions) {
  committed_ = {10, 11};
  aborted_ = {20};
  add("made", kUtf8, kNoEnd, 10);
  add("unmade", kUtf8, kNoEnd, 20);
  add("dropped", kUtf8, kCommitted, 10, 11);
  add("not dropped", kUtf8, kCommitted, 10, 20);
  add("locked", kUtf8, kCommitted | 0x0080, 10, 99);
  EXPECT_EQ(parsed(),
            (DatabaseEncodings{{"made", "UTF8"}, {"not dropped", "UTF8"}, {"locked", "UTF8"}}));
}

TEST_F(DatabaseEncodingsTest, AreNotGuessed) {
  add("perhaps made", kUtf8, kNoEnd, 99);
  add("perhaps dropped", kUtf8, kCommitted, 10, 99);
  add("locked by several", kUtf8, kCommitted | 0x1000, 10, 99);
  add("of no name", 35, kCommitted | kNoEnd);
  add("twice", kUtf8, kCommitted | kNoEnd);
  add("twice", kLatin1, kCommitted | kNoEnd);
  add("known and doubtful", kUtf8, kCommitted | kNoEnd);
  add("known and doubtful", kLatin1, kNoEnd, 99);
  EXPECT_EQ(parsed(), DatabaseEncodings{});
}

TEST_F(DatabaseEncodingsTest, AreReadFromEveryPage) {
  for (int i = 0; i < 50; ++i)
    add("database " + std::to_string(i), kUtf8, kCommitted | kNoEnd);
  EXPECT_EQ(parsed().size(), 50u);
}

TEST_F(DatabaseEncodingsTest, OfRowsThatWereReplacedAreThoseOfTheLast) {
  committed_ = {11};
  add("postgres", kUtf8, kCommitted, 10, 11);
  add("postgres", kUtf8, kNoEnd, 11);
  EXPECT_EQ(parsed(), (DatabaseEncodings{{"postgres", "UTF8"}}));
}

TEST_F(DatabaseEncodingsTest, AreNoneOfWhatIsNoPage) {
  layout_ = 5;
  add("postgres", kUtf8, kCommitted | kNoEnd);
  EXPECT_EQ(parsed(), DatabaseEncodings{});
  EXPECT_EQ(parse_pg_database(Bytes(kBlockBytes, 0xFF), kBlockBytes, {}), DatabaseEncodings{});
  Bytes wild(kBlockBytes, 0xFF);  // with a header, and lines that lead out of it
  wild[12] = 0x00, wild[13] = 0x20, wild[18] = 4;
  EXPECT_EQ(parse_pg_database(wild, kBlockBytes, {}), DatabaseEncodings{});
  EXPECT_EQ(parse_pg_database(Bytes(100), kBlockBytes, {}), DatabaseEncodings{});
}

TEST(FilenodeMap, NamesTheFileOfTheCatalog) {
  Bytes map;
  for (const std::uint32_t word : {0x592717u, 2u, 1260u, 16400u, 1262u, 16500u})
    put_u32(map, word);
  EXPECT_EQ(parse_filenode_map(map), 16500u);
  map[4] = 1;
  EXPECT_FALSE(parse_filenode_map(map));
  map[4] = 200;
  map[16] ^= 1;
  EXPECT_FALSE(parse_filenode_map(map));
  map[0] ^= 1;
  EXPECT_FALSE(parse_filenode_map(map));
  EXPECT_FALSE(parse_filenode_map({}));
}

}  // namespace
}  // namespace pgrec
