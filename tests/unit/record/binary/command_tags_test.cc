// Covers record/binary/command_tags.h: the table where the loader writes the addresses and where
// they stand in the file, and data that only looks like it.
#include "record/binary/command_tags.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

constexpr std::uint64_t kStrings = 0x1000;
constexpr std::uint64_t kTable = 0x9000;

class CommandTagsTest : public testing::Test {
 protected:
  // A table of these names, at kTable.
  void make(const Names& names) {
    table_.assign(names.size() * 16 + 64, 0);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::uint64_t pointer = kStrings + strings_.size();
      std::memcpy(&table_[i * 16], &pointer, sizeof pointer);
      table_[i * 16 + 8] = 1;
      strings_.insert(strings_.end(), names[i].begin(), names[i].end());
      strings_.push_back(0);
    }
  }
  LoadedData data() const { return {{{kStrings, strings_}, {kTable, table_}}, {}}; }
  // The same where the loader writes the addresses.
  LoadedData relocated(std::size_t rows) {
    std::map<std::uint64_t, std::uint64_t> written;
    for (std::size_t i = 0; i < rows; ++i) {
      std::uint64_t& pointer = written[kTable + i * 16];
      std::memcpy(&pointer, &table_[i * 16], sizeof pointer);
      std::memset(&table_[i * 16], 0, sizeof pointer);
    }
    return {{{kStrings, strings_}, {kTable, table_}}, written};
  }

  Bytes strings_ = {'x', 0};
  Bytes table_;
};

const Names kTags = {"???",          "ALTER ACCESS METHOD", "CALL",
                     "CREATE TABLE", "CREATE TABLE AS",     "CREATE TABLESPACE",
                     "SHOW"};

TEST_F(CommandTagsTest, StandInTheOrderOfTheTable) {
  make(kTags);
  EXPECT_EQ(find_command_tags(data()), kTags);
}

TEST_F(CommandTagsTest, AreFoundWhereTheLoaderWritesTheAddresses) {
  make(kTags);
  EXPECT_EQ(find_command_tags(relocated(kTags.size())), kTags);
}

// Behind the table stands something else.
TEST_F(CommandTagsTest, EndWhereTheOrderDoes) {
  Names names = kTags;
  names.push_back("BEGIN");
  make(names);
  EXPECT_EQ(find_command_tags(data()), kTags);
}

TEST_F(CommandTagsTest, AreNotInDataWithoutTheTable) {
  EXPECT_EQ(find_command_tags({}), Names{});
  make({"ALTER ACCESS METHOD", "CALL"});
  EXPECT_EQ(find_command_tags(data()), Names{});
  table_.clear();
  EXPECT_EQ(find_command_tags(data()), Names{});
}

TEST_F(CommandTagsTest, AreNotReadBehindTheEndOfTheData) {
  make(kTags);
  table_.resize(3 * 16 + 4);
  EXPECT_EQ(find_command_tags(data()), (Names{"???", "ALTER ACCESS METHOD", "CALL"}));
}

}  // namespace
}  // namespace pgrec
