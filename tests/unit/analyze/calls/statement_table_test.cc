// Covers analyze/calls/statement_table.h and set_texts.h: which executions are of one statement,
// its number, its text and its name.
#include "analyze/calls/statement_table.h"

#include <gtest/gtest.h>

#include "analyze/calls/set_texts.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class StatementTableTest : public testing::Test {
 protected:
  StatementTableTest() {
    KnownOfExecutions known;
    known.query_ids = true;
    writer_.write(execution_classes(known));
  }
  TextId text(const std::string& query) { return add({{}, false, false, query}); }
  TextId add(const Text& one) { return writer_.text_id(one); }
  // An execution with this query id; 0: it has none.
  void run(TextId id, std::uint64_t query_id = 0) {
    event(EventKind::kExecutionBegin, id);
    if (query_id != 0) of_class(ExecutionClass::kCompleted, query_id);
    event(EventKind::kExecutionEnd, {});
  }
  void prepare(TextId id) {
    event(EventKind::kExecutionBegin, id);
    const Event one{EventKind::kOfClass, {}, {}, from_ns(++now_), id_of(ExecutionClass::kNotRun)};
    test::append(writer_, {1, 1}, one, {});
    event(EventKind::kExecutionEnd, {});
  }
  // "1 query 11: SELECT $1" of each statement.
  Rows rows() {
    writer_.close(from_ns(1'000'000));
    set_.emplace(file_.reader());
    texts_.emplace(*set_);
    const StatementTable table(*texts_, statements_seen(*set_, *texts_, {2, {}}));
    Rows lines;
    for (const StatementRow& row : table.rows()) {
      lines.push_back(std::to_string(row.id) +
                      (row.query_id ? " query " + std::to_string(*row.query_id) : "") + ": " +
                      table.text(row).value_or(table.name(row)));
    }
    return lines;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::optional<TraceSet> set_;
  std::optional<SetTexts> texts_;

 private:
  void event(EventKind kind, TextId id) {
    const Event one{kind, {}, id, from_ns(++now_), {}};
    writer_.append({1, 1}, std::span(&one, 1));
  }
  void of_class(ExecutionClass of, std::uint64_t query_id) {
    const Event one{EventKind::kOfClass, {}, {}, from_ns(++now_), id_of(of)};
    test::append(writer_, {1, 1}, one, {query_id, std::uint64_t{0}, std::uint64_t{0}});
  }
  std::int64_t now_ = 0;
};

TEST_F(StatementTableTest, IsByTextWhereNoQueryIdIsTold) {
  run(text("SELECT 1"));
  run(text("BEGIN"));
  run(text("select 2"));
  run(text("SELECT a"));
  EXPECT_EQ(rows(), (Rows{"1: SELECT $1", "2: BEGIN", "3: SELECT a"}));
}

TEST_F(StatementTableTest, IsByQueryId) {
  run(text("SELECT 1"), 11);
  run(text("SELECT 1 + 1"), 12);
  run(text("SELECT 2"), 11);
  run(text("SELECT one"), 12);
  EXPECT_EQ(rows(), (Rows{"1 query 11: SELECT $1", "2 query 12: SELECT $1 + $2"}));
}

TEST_F(StatementTableTest, GivesWhatHasNoQueryIdToTheOneOfItsText) {
  const TextId one = text("SELECT 1"), two = text("SELECT a");
  run(two);
  run(one);
  run(one, 11);
  run(two, 12);
  run(two, 13);
  EXPECT_EQ(rows(), (Rows{"1 query 11: SELECT $1", "2: SELECT a", "3 query 12: SELECT a",
                          "4 query 13: SELECT a"}));
}

TEST_F(StatementTableTest, IsByTextOfWhatTheServerDoesNotPlan) {
  run(text("SET a = 1"), 21);
  run(text("SET a = 2"), 22);
  EXPECT_EQ(rows(), (Rows{"1: SET a = $1"}));
}

TEST_F(StatementTableTest, NamesWhatHasNoText) {
  Text withheld;
  withheld.withheld = true;
  withheld.fingerprint = 0xab;
  Text unreadable;
  unreadable.unreadable = true;
  run(add(withheld));
  run(add(unreadable), 31);
  run(add(unreadable));
  EXPECT_EQ(rows(), (Rows{"1: fingerprint 00000000000000ab", "2 query 31: query id 31"}));
}

TEST_F(StatementTableTest, TakesItsNameFromTheFirstTextThatSaysSomething) {
  Text unreadable;
  unreadable.unreadable = true;
  run(add(unreadable), 31);
  run(text("SELECT 7"), 31);
  EXPECT_EQ(rows(), (Rows{"1 query 31: SELECT $1"}));
}

TEST_F(StatementTableTest, LeavesOutWhatWasOnlyPrepared) {
  prepare(text("SELECT a"));
  run(text("SELECT b"));
  EXPECT_EQ(rows(), (Rows{"1: SELECT b"}));
}

TEST_F(StatementTableTest, FindsTextsAndWhatTheySay) {
  const TextId one = text("SELECT 1"), other = text("SELECT 2"), third = text("autovacuum: x");
  run(one);
  rows();
  const TraceSet::File& file = set_->files().front();
  EXPECT_EQ(texts_->find(file, one)->text, "SELECT 1");
  EXPECT_EQ(texts_->find(file, third)->text, "autovacuum: x");
  EXPECT_FALSE(texts_->find(file, TextId{99}));
  EXPECT_EQ(texts_->said(file, one), texts_->said(file, other));
  EXPECT_NE(texts_->said(file, one), texts_->said(file, third));
  EXPECT_EQ(texts_->said(file, TextId{99}), kNothingSaid);
  EXPECT_EQ(texts_->said(texts_->of(texts_->said(file, one)).fingerprint), texts_->said(file, one));
  EXPECT_EQ(texts_->said(std::uint64_t{5}), kNothingSaid);
}

}  // namespace
}  // namespace pgrec
