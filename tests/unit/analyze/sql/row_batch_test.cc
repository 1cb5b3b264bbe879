// Covers analyze/sql/row_batch.h, row_stream.h, stream_relation.h, made_relation.h, bounds.h and
// wall_clock.h: what relations are made of.
#include "analyze/sql/row_batch.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>

#include "analyze/sql/bounds.h"
#include "analyze/sql/database.h"
#include "analyze/sql/made_relation.h"
#include "analyze/sql/row_stream.h"
#include "analyze/sql/stream_relation.h"
#include "analyze/sql/wall_clock.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

const std::vector<RelationColumn> kColumns = {{"id", ColumnKind::kInteger, true},
                                              {"text", ColumnKind::kText}};

TEST(RowBatchTest, HasWhatWasPutAndNullElsewhere) {
  RowBatch batch(kColumns, ColumnSet());
  for (int i = 0; i < 3; ++i) {
    batch.begin_row(i + 10);
    if (i != 1) batch.put(0, std::int64_t{i});
    if (i != 2) batch.put(1, std::string(static_cast<std::size_t>(i), 'x'));
  }
  Block block;
  block.columns.resize(2);
  batch.fill(block, true);
  ASSERT_EQ(block.rows, 3u);
  EXPECT_EQ(block.row_ids[2], 12);
  EXPECT_EQ(block.columns[0].integers[2], 2);
  EXPECT_TRUE(block.columns[0].nulls[1]);
  EXPECT_EQ(block.columns[1].texts[1], "x");
  EXPECT_FALSE(block.columns[1].nulls[0]);
  EXPECT_TRUE(block.columns[1].nulls[2]);
  batch.clear();
  EXPECT_EQ(batch.size(), 0u);
}

TEST(RowBatchTest, LeavesOutColumnsThatNobodyWants) {
  RowBatch batch(kColumns, ColumnSet(1));
  batch.begin_row();
  batch.put(0, std::int64_t{1});
  batch.put(1, "x");
  Block block;
  block.columns.resize(2);
  batch.fill(block, false);
  EXPECT_EQ(block.row_ids, nullptr);
  EXPECT_EQ(block.columns[1].texts, nullptr);
}

RowStream::Pass numbers(std::int64_t count, std::atomic<std::int64_t>& made) {
  return [count, &made](RowStream::Into& into) {
    for (std::int64_t i = 0; i < count && !into.is_done(); ++i) {
      RowBatch& batch = into.batch();
      batch.begin_row();
      batch.put(0, i);
      batch.put(1, "x");
      ++made;
    }
  };
}

TEST(RowStreamTest, GivesAllRowsInOrder) {
  std::atomic<std::int64_t> made = 0;
  RowStream stream(kColumns, ColumnSet(), numbers(100'000, made));
  std::int64_t next = 0;
  while (RowBatch* const batch = stream.next()) {
    Block block;
    block.columns.resize(2);
    batch->fill(block, false);
    for (std::size_t i = 0; i < block.rows; ++i)
      ASSERT_EQ(block.columns[0].integers[i], next++);
  }
  EXPECT_EQ(next, 100'000);
}

TEST(RowStreamTest, ThePassEndsWhenNobodyWantsMore) {
  std::atomic<std::int64_t> made = 0;
  {
    RowStream stream(kColumns, ColumnSet(), numbers(std::int64_t{1} << 60, made));
    ASSERT_NE(stream.next(), nullptr);
  }
  EXPECT_LT(made, 1'000'000);
}

TEST(RowStreamTest, PassesOnWhatThePassThrows) {
  RowStream stream(kColumns, ColumnSet(), [](RowStream::Into& into) {
    into.batch().begin_row();
    throw std::runtime_error("broken");
  });
  EXPECT_THROW(stream.next(), std::runtime_error);
}

TEST(StreamRelationTest, RunsAPassForEachScan) {
  int passes = 0;
  Database database;
  database.add(std::make_shared<StreamRelation>("r", kColumns, 10, [&](ColumnSet) {
    ++passes;
    return [](RowStream::Into& into) {
      for (std::int64_t i = 0; i < 2; ++i) {
        RowBatch& batch = into.batch();
        batch.begin_row();
        batch.put(0, i);
      }
    };
  }));
  EXPECT_EQ(test::rows_of(database, "SELECT * FROM r"), (Rows{"0|NULL", "1|NULL"}));
  EXPECT_EQ(test::rows_of(database, "SELECT text FROM r WHERE id = 1"), Rows{"NULL"});
  EXPECT_EQ(passes, 2);
}

class MadeRelationTest : public testing::Test {
 protected:
  void add(MadeRelation::Rows rows) {
    database_.add(std::make_shared<MadeRelation>("r", kColumns, rows, [this](RowBatch& batch) {
      ++made_;
      wanted_text_ = batch.wants(1);
      for (std::int64_t i = 0; i < 3; ++i) {
        batch.begin_row(i * 10);
        batch.put(0, i * 10);
        batch.put(1, std::string("x") + std::to_string(made_));
      }
    }));
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  int made_ = 0;
  bool wanted_text_ = false;
  Database database_;
};

TEST_F(MadeRelationTest, FindsRowsByKey) {
  add(MadeRelation::Rows::kStay);
  EXPECT_EQ(rows("SELECT * FROM r"), (Rows{"0|x1", "10|x1", "20|x1"}));
  EXPECT_EQ(rows("SELECT * FROM r WHERE id IN (20, 0, 5)"), (Rows{"0|x1", "20|x1"}));
  EXPECT_EQ(rows("SELECT id FROM r WHERE id = 10"), Rows{"10"});
  EXPECT_FALSE(wanted_text_);
  EXPECT_EQ(made_, 2);
}

TEST_F(MadeRelationTest, RowsThatMayChangeAreMadeAnew) {
  add(MadeRelation::Rows::kMayChange);
  EXPECT_EQ(rows("SELECT text FROM r LIMIT 1"), Rows{"x1"});
  EXPECT_EQ(rows("SELECT text FROM r LIMIT 1"), Rows{"x2"});
}

NumberRange range_of(Compare compare, std::int64_t number) {
  return pgrec::range_of(Bound{0, compare, number});
}

TEST(BoundsTest, AreRanges) {
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  EXPECT_TRUE(range_of(Compare::kEqual, 3).has(3));
  EXPECT_FALSE(range_of(Compare::kLess, 3).has(3));
  EXPECT_TRUE(range_of(Compare::kLessEqual, 3).has(3));
  EXPECT_FALSE(range_of(Compare::kGreater, 3).has(3));
  EXPECT_TRUE(range_of(Compare::kGreaterEqual, 3).has(kMost));
  EXPECT_TRUE(range_of(Compare::kLess, kLeast).is_empty());
  EXPECT_TRUE(range_of(Compare::kGreater, kMost).is_empty());
  EXPECT_TRUE(range_of(Compare::kGreaterEqual, kLeast).is_all());
  NumberRange narrowed = range_of(Compare::kGreater, 3);
  narrowed.narrow(range_of(Compare::kLess, 5));
  EXPECT_TRUE(narrowed.has(4));
  EXPECT_FALSE(narrowed.has(5));
}

TEST(WallClockTest, IsIso8601) {
  EXPECT_EQ(sortable_utc_text(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(sortable_utc_text(1'795'236'093'667'491'978), "2026-11-21T04:41:33.667491978Z");
  EXPECT_EQ(sortable_utc_text(-1), "1969-12-31T23:59:59.999999999Z");
  EXPECT_EQ(sortable_utc_text(951'827'696'000'000'000), "2000-02-29T12:34:56.000000000Z");
}

TEST(WallClockTest, IsTheSameOneByOneAndInARow) {
  SortableUtc utc;
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t ns :
       {std::int64_t{0}, std::int64_t{1}, std::int64_t{999'999'999}, std::int64_t{1'000'000'000},
        std::int64_t{1'000'000'001}, std::int64_t{999'999'998}, std::int64_t{-1},
        std::int64_t{-1'000'000'000}, std::int64_t{-1'000'000'001}, kLeast, kLeast + 1, kMost,
        std::int64_t{1'795'236'093'667'491'978}, std::int64_t{1'795'236'093'000'000'009}}) {
    EXPECT_EQ(utc.text(ns), sortable_utc_text(ns));
    EXPECT_EQ(utc.text(ns).size(), SortableUtc::kLength);
  }
  EXPECT_EQ(utc.text(kLeast), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(utc.text(kMost), "2262-04-11T23:47:16.854775807Z");
}

TEST(WallClockTest, IsNotKnownWithoutClocks) {
  const test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.close({});
  const TraceSet set(file.reader());
  EXPECT_EQ(sortable_utc_text(set, set.files().front(), from_ns(5)), std::nullopt);
}

}  // namespace
}  // namespace pgrec
