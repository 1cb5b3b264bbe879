// Covers analyze/prompt/completion.h: what the tab key offers.
#include "analyze/prompt/completion.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Words = std::vector<std::string>;

const CompletionWords kWords = {
    {{"calls", {"call_id", "duration_ns", "function"}}, {"losses", {"cause", "count"}}},
    {".ask", ".format", ".help", ".schema"},
    {"losses", "slowest-executions", "slowest-statements"}};

Words offered(std::string_view line, std::string_view before = "") {
  return completions(kWords, before, line).words;
}

TEST(Completions, AreRelationsColumnsAndKeywords) {
  EXPECT_EQ(offered("SELECT C"),
            (Words{"CASE", "CAST", "COUNT", "CROSS", "call_id", "calls", "cause", "count"}));
  EXPECT_EQ(offered("SELECT xyz"), Words());
}

TEST(Completions, WriteKeywordsAsIsTyped) {
  EXPECT_EQ(offered("sel"), Words{"select"});
  EXPECT_EQ(offered("Sel"), Words{"SELECT"});
}

TEST(Completions, HaveColumnsOfTheRelationsThatAreNamed) {
  EXPECT_EQ(offered("SELECT function FROM calls ORDER BY ca"),
            (Words{"call_id", "calls", "case", "cast"}));
  EXPECT_EQ(offered("WHERE cau", "SELECT * FROM Losses\n"), Words{"cause"});
}

TEST(Completions, HaveColumnsOnlyBehindARelationsName) {
  EXPECT_EQ(offered("SELECT calls."), (Words{"call_id", "duration_ns", "function"}));
  EXPECT_EQ(offered("SELECT Calls.f"), Words{"function"});
}

TEST(Completions, OfCommandsAndWhatTheyTake) {
  EXPECT_EQ(offered("."), (Words{".ask", ".format", ".help", ".schema"}));
  EXPECT_EQ(offered(".ask sl"), (Words{"slowest-executions", "slowest-statements"}));
  EXPECT_EQ(offered(".format "), (Words{"csv", "json", "text"}));
  EXPECT_EQ(offered(".schema l"), Words{"losses"});
  EXPECT_EQ(offered(".help "), Words());
  EXPECT_EQ(offered(".f", "SELECT 1\n"), (Words{"filter", "from", "function"}));
}

TEST(Completions, HaveWhatAllBeginWith) {
  const Completion completion = completions(kWords, "", ".ask s");
  EXPECT_EQ(completion.common, "slowest-");
  EXPECT_EQ(completion.typed, 1u);
  EXPECT_EQ(completions(kWords, "", "xyz").common, "xyz");
}

}  // namespace
}  // namespace pgrec
