// Covers analyze/prompt/questions.h and relation_list.h: each ready question can be asked of
// today's relations.
#include "analyze/prompt/questions.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyze/prompt/relation_list.h"
#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

TEST(Questions, AreOneStatementEachThatRuns) {
  const Database database = test::empty_relations();
  EXPECT_GE(ready_questions().size(), 14u);
  for (const ReadyQuestion& question : ready_questions()) {
    std::string_view sql = question.sql;
    auto statement = database.prepare_next(sql);
    ASSERT_TRUE(statement) << question.name;
    EXPECT_NO_THROW(statement->run()) << question.name;
    EXPECT_GT(statement->columns(), 0) << question.name;
    EXPECT_FALSE(database.prepare_next(sql)) << question.name;
  }
}

TEST(Questions, AreSentencesThatFitAScreen) {
  std::ostringstream out;
  print_questions(out, OutputFormat::kText, {80, false});
  EXPECT_EQ(out.str().find("…"), std::string::npos);
  for (const ReadyQuestion& question : ready_questions())
    EXPECT_TRUE(question.asks.ends_with('?')) << question.name;
}

TEST(Questions, AreFoundByName) {
  EXPECT_EQ(question_named("losses").asks, "What is missing from the recording, and why?");
  try {
    question_named("loses");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_EQ(error.hint(), "did you mean losses?");
  }
}

TEST(RelationList, HasRelationsThatThereAre) {
  const Database database = test::empty_relations();
  for (const DocumentedRelation& relation : documented_relations())
    EXPECT_FALSE(columns_of_relation(database, relation.name).empty()) << relation.name;
  EXPECT_EQ(columns_of_relation(database, "meta"),
            (std::vector<std::string>{"key", "value", "trace", "file"}));
  EXPECT_TRUE(columns_of_relation(database, "nothing").empty());
  EXPECT_TRUE(relations_hint().ends_with("clocks and damages"));
}

}  // namespace
}  // namespace pgrec
