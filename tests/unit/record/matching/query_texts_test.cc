// Covers record/matching/query_texts.h: texts put together of their pieces, taken apart into
// statements, kept as the recording is asked to.
#include "record/matching/query_texts.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/memory_limit.h"

namespace pgrec {
namespace {

constexpr ThreadKey kThread{7, 7};
constexpr ThreadKey kOther{8, 8};

class QueryTextsTest : public testing::Test {
 protected:
  void keep(TextMode mode, std::uint64_t bound_bytes = 1u << 20) {
    texts_.emplace(mode, bound_bytes, [this] { ++forgotten_; });
  }
  void piece(std::uint64_t key, std::string_view text, bool first, bool continues,
             std::uint64_t query_bytes, const ThreadKey& thread = kThread, bool client = true) {
    texts_->add({thread, now_ns_ += 10, {key, query_bytes}, first, continues, client, text});
  }
  // A text in one piece.
  void text(std::uint64_t key, std::string_view query, bool client = true) {
    piece(key, query, true, false, query.size(), kThread, client);
  }
  const Text& found(std::uint64_t key, const ThreadKey& thread = kThread) {
    found_ = texts_->find(key, thread);
    return found_->statements.front();
  }
  std::vector<std::string> statements(std::uint64_t key) {
    std::vector<std::string> all;
    for (const Text& one : texts_->find(key, kThread)->statements)
      all.push_back(one.text);
    return all;
  }

  QueryTextsTest() { keep(TextMode::kFull); }

  std::optional<QueryTexts> texts_;
  int forgotten_ = 0;
  std::uint64_t now_ns_ = 0;  // 10 ns pass with each piece

 private:
  std::shared_ptr<const QueryText> found_;
};

TEST_F(QueryTextsTest, JoinsPieces) {
  piece(1, "SELECT", true, true, 11);
  piece(1, " 1, ", false, true, 11);
  piece(1, "2", false, false, 11);
  EXPECT_EQ(found(1), (Text{{}, false, false, "SELECT 1, 2"}));
}

TEST_F(QueryTextsTest, KeepsNothingUnfinishedOfAThreadThatHasEnded) {
  for (std::uint32_t tid = 100; tid < 200; ++tid) {
    piece(tid, "SELECT", true, true, 11, {tid, tid});
    texts_->ended({tid, tid}, now_ns_);
    EXPECT_TRUE(found(tid, {tid, tid}).unreadable);
  }
}

TEST_F(QueryTextsTest, KeepsTheTextOfAThreadThatBeganAfterTheEndOfItsNumbersLast) {
  piece(1, "SELECT", true, true, 8);
  texts_->ended(kThread, now_ns_ - 1);
  piece(1, " 1", false, false, 8);
  EXPECT_EQ(found(1).text, "SELECT 1");
}

TEST_F(QueryTextsTest, ForgetsTheUnfinishedTextsOfTheThreadsThatAreGone) {
  piece(1, "SELECT", true, true, 8);
  piece(2, "COMMIT", true, true, 8, kOther);
  texts_->forget_threads([](const ThreadKey& thread) { return thread == kThread; });
  EXPECT_TRUE(found(1).unreadable);
  EXPECT_EQ(found(2, kOther).text, "COMMIT");
}

TEST_F(QueryTextsTest, JoinsPiecesOfTwoThreadsThatComeInTurns) {
  piece(1, "SELECT", true, true, 8);
  piece(2, "COM", true, true, 6, kOther);
  piece(1, " 1", false, false, 8);
  piece(2, "MIT", false, false, 6, kOther);
  EXPECT_EQ(found(1).text, "SELECT 1");
  EXPECT_EQ(found(2).text, "COMMIT");
}

TEST_F(QueryTextsTest, TellsTheLengthOfATextThatWasCut) {
  piece(1, "SELECT", true, false, 1'000'000);
  EXPECT_TRUE(found(1).cut);
  EXPECT_EQ(found(1).query_bytes, 1'000'000u);
}

TEST_F(QueryTextsTest, GivesWhatCameOfATextWhoseOtherPiecesWereLost) {
  piece(1, "SELECT", true, true, 8);
  EXPECT_TRUE(found(1).cut);
  EXPECT_EQ(found(1, kOther), (Text{{}, false, true, ""}));
}

TEST_F(QueryTextsTest, PassesOverPiecesWithoutABeginning) {
  piece(1, "ECT", false, true, 8);
  EXPECT_TRUE(found(1).unreadable);
  piece(1, " 1", false, false, 8);
  EXPECT_TRUE(found(1).unreadable);
}

TEST_F(QueryTextsTest, TakesAMessageApart) {
  text(1, "SELECT ';'; INSERT INTO t VALUES (1) ;;");
  EXPECT_EQ(statements(1), (std::vector<std::string>{"SELECT ';'", "INSERT INTO t VALUES (1)"}));
}

TEST_F(QueryTextsTest, KeepsASingleStatementToTheByte) {
  text(1, " SELECT 1 ; -- done\n");
  EXPECT_EQ(statements(1), std::vector<std::string>{" SELECT 1 ; -- done\n"});
}

TEST_F(QueryTextsTest, KeepsAMessageThatIsTakenApartAsAWholeToo) {
  text(1, "SELECT 1_0; SELEC 2");
  EXPECT_EQ(statements(1), (std::vector<std::string>{"SELECT 1_0", "SELEC 2"}));
  EXPECT_EQ(texts_->find(1, kThread)->message->text, "SELECT 1_0; SELEC 2");
  text(2, "SELECT 1;");
  EXPECT_FALSE(texts_->find(2, kThread)->message);
}

TEST_F(QueryTextsTest, TakesWhatThereIsOfACutMessageApart) {
  piece(1, "SELECT 1; SELECT 'a", true, false, 1000);
  const auto query = texts_->find(1, kThread);
  EXPECT_EQ(query->statements,
            (std::vector<Text>{Text{{}, false, false, "SELECT 1"},
                               Text{{}, true, false, "SELECT 'a", false, false, 990}}));
  EXPECT_EQ(*query->message, (Text{{}, true, false, "SELECT 1; SELECT 'a", false, false, 1000}));
}

TEST_F(QueryTextsTest, KeepsNoLiteral) {
  keep(TextMode::kNormalized);
  text(1, "SELECT 'secret'; DELETE FROM t WHERE a = 4711");
  EXPECT_EQ(statements(1), (std::vector<std::string>{"SELECT $1", "DELETE FROM t WHERE a = $1"}));
  EXPECT_TRUE(found(1).normalized);
  EXPECT_NE(found(1).fingerprint, 0u);
}

TEST_F(QueryTextsTest, KeepsNoLiteralOfWhatDoesNotParse) {
  keep(TextMode::kNormalized);
  text(1, "SELEC 'secret'");
  EXPECT_EQ(found(1).text, "SELEC $1");
  piece(2, "SELECT 'sec", true, false, 500);
  EXPECT_EQ(found(2).text, "SELECT $1");
  EXPECT_TRUE(found(2).cut);
  EXPECT_NE(found(2).fingerprint, 0u);
}

TEST_F(QueryTextsTest, KeepsWhatTheServerSaysOfAutovacuum) {
  keep(TextMode::kNormalized);
  text(1, "autovacuum: VACUUM public.t", false);
  text(2, "autovacuum: secret", true);
  EXPECT_EQ(found(1).text, "autovacuum: VACUUM public.t");
  EXPECT_EQ(found(2).text, "autovacuum: secret");
  text(3, "autovacuum: 'secret'", true);
  EXPECT_EQ(found(3).text, "autovacuum: $1");
}

TEST_F(QueryTextsTest, KeepsNoTextButWhichAreOneStatement) {
  keep(TextMode::kNone);
  text(1, "SELECT 1");
  text(2, "SELECT 2");
  text(3, "COMMIT");
  EXPECT_EQ(found(1).text, "");
  EXPECT_TRUE(found(1).withheld);
  const std::uint64_t fingerprint = found(1).fingerprint;
  EXPECT_EQ(found(2).fingerprint, fingerprint);
  EXPECT_NE(found(3).fingerprint, fingerprint);
}

TEST_F(QueryTextsTest, ForgetsTheOlderHalf) {
  keep(TextMode::kFull, 3 * bytes_of(query_text_of("SELECT 1", 8, true, TextMode::kFull)));
  text(1, "SELECT 1");
  text(2, "SELECT 2");
  EXPECT_EQ(forgotten_, 1);
  EXPECT_EQ(found(1).text, "SELECT 1");
  text(3, "SELECT 3");
  EXPECT_EQ(forgotten_, 2);
  EXPECT_TRUE(found(1).unreadable);
  EXPECT_EQ(found(2).text, "SELECT 2");
}

// Millions of short texts take more for what is around them than for themselves.
TEST(BytesOfQueryText, AreMoreThanItsText) {
  const QueryText one = query_text_of("SELECT 1", 8, true, TextMode::kFull);
  EXPECT_GE(bytes_of(one), sizeof(QueryText) + sizeof(Text) + 8);
}

TEST(BytesOfQueryText, CountAMessageOnceMoreThanItsStatements) {
  const std::string statement = "SELECT '" + std::string(1000, 'x') + "'";
  const std::string both = statement + ";" + statement;
  const QueryText query = query_text_of(both, both.size(), true, TextMode::kFull);
  ASSERT_EQ(query.statements.size(), 2u);
  EXPECT_GE(bytes_of(query), both.size() + 2 * statement.size());
}

TEST_F(QueryTextsTest, AreUnreadableWhereThereIsNoMemoryForThem) {
  if (!test::kCanLimitMemory) GTEST_SKIP() << "the address space cannot be limited";
  const std::string large(64u << 20, 'x');
  EXPECT_TRUE(test::holds_with_memory(16u << 20, [&] {
    piece(1, large, true, true, 0);
    piece(1, "rest", false, false, 0);
    text(2, "SELECT 1");
    return found(1).unreadable && texts_->without_memory() == 1 && forgotten_ == 1 &&
           found(2).text == "SELECT 1";
  }));
}

TEST(FailedAsMessage, IsWhatDidNotRunForItsSyntax) {
  const std::uint32_t syntax = 4u | 2u << 6 | 6u << 12 | 0u << 18 | 1u << 24;
  EXPECT_TRUE(failed_as_message(0, syntax));
  EXPECT_TRUE(failed_as_message(0, 0));
  EXPECT_FALSE(failed_as_message(1, syntax));
  EXPECT_FALSE(failed_as_message(0, syntax + 1));
}

}  // namespace
}  // namespace pgrec
