// Covers analyze/prompt/session.h: statements over lines, and the prompt's commands.
#include "analyze/prompt/session.h"

#include <gtest/gtest.h>

#include <sstream>

#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

class SessionTest : public testing::Test {
 protected:
  // What a line prints.
  std::string take(std::string_view line) {
    out_.str("");
    next_ = session_.take(line);
    return out_.str();
  }

  Database database_ = test::empty_relations();
  std::ostringstream out_;
  PromptSession session_{database_, out_, {OutputFormat::kCsv, {}}};
  PromptSession::Next next_ = PromptSession::Next::kLine;
};

TEST_F(SessionTest, RunsAStatementWhenItIsComplete) {
  EXPECT_EQ(take("SELECT 1 AS a,"), "");
  EXPECT_TRUE(session_.is_inside_statement());
  EXPECT_EQ(take(" ';' AS b -- ;"), "");
  EXPECT_EQ(take(";"), "a,b\n1,;\n");
  EXPECT_FALSE(session_.is_inside_statement());
}

TEST_F(SessionTest, RunsSeveralOfALine) {
  EXPECT_EQ(take("SELECT 1 AS a; SELECT 2 AS b;"), "a\n1\nb\n2\n");
}

TEST_F(SessionTest, TakesNothingOfAnEmptyLine) {
  EXPECT_EQ(take(" \t"), "");
  EXPECT_FALSE(session_.is_inside_statement());
}

TEST_F(SessionTest, GoesOnAfterAnError) {
  EXPECT_THROW(take("SELECT nothing;"), Error);
  EXPECT_FALSE(session_.is_inside_statement());
  EXPECT_EQ(take("SELECT 1 AS a;"), "a\n1\n");
}

TEST_F(SessionTest, DropsAndFinishesWhatIsUnfinished) {
  take("SELECT 1 AS a");
  session_.drop();
  EXPECT_EQ(take("SELECT 2 AS b"), "");
  session_.finish();
  EXPECT_EQ(out_.str(), "b\n2\n");
}

TEST_F(SessionTest, ChangesItsFormat) {
  take(".format json");
  EXPECT_EQ(take("SELECT 1 AS a;"), "{\"rows\": [\n  {\"a\": 1}\n]}\n");
  take(".format text");
  session_.set_layout({40, false});
  EXPECT_EQ(take("SELECT 'a text that is longer than its 40 columns' AS a;"),
            "a\na text that is longer than its 40 colum…\n");
  EXPECT_THROW(take(".format xml"), UsageError);
}

TEST_F(SessionTest, TellsItsRelations) {
  EXPECT_NE(take(".tables").find("\nlosses,"), std::string::npos);
  EXPECT_EQ(take(".schema meta"), "relation,column\nmeta,key\nmeta,value\nmeta,trace\nmeta,file\n");
  EXPECT_NE(take(".schema").find("\nmeta,\"key, value, trace, file\"\n"), std::string::npos);
  EXPECT_THROW(take(".schema nothing"), Error);
}

TEST_F(SessionTest, AnswersQuestions) {
  EXPECT_EQ(take(".ask losses"), "cause,function,events,from_s,to_s\n");
  EXPECT_NE(take(".ask").find("\nlosses,"), std::string::npos);
  EXPECT_THROW(take(".ask nothing"), UsageError);
  take(".format text");
  EXPECT_EQ(
      take(".ask losses"),
      "What is missing from the recording, and why?\ncause  function  events  from_s  to_s\n");
}

TEST_F(SessionTest, HelpsAndQuits) {
  EXPECT_NE(take(".help").find("\n.quit,"), std::string::npos);
  EXPECT_EQ(next_, PromptSession::Next::kLine);
  take("  .quit ");
  EXPECT_EQ(next_, PromptSession::Next::kQuit);
}

TEST_F(SessionTest, NamesTheCommandThatIsMeant) {
  try {
    take(".tabels");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.hint(), "did you mean .tables?");
  }
}

TEST_F(SessionTest, CompletesWithTheColumnsThatThereAre) {
  take("SELECT * FROM damages");
  EXPECT_EQ(session_.completions("WHERE rea").words, std::vector<std::string>{"reason"});
}

}  // namespace
}  // namespace pgrec
