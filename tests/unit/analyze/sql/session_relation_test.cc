// Covers analyze/sql/execution_columns.h: for which application and as whom executions ran, from
// the trace's processes and from executions that say it of themselves.
#include <gtest/gtest.h>

#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

// A trace of one process.
class SessionRelation : public testing::Test {
 protected:
  static constexpr ThreadKey kThread{7, 7};
  SessionRelation() {
    writer_.write(std::vector<EventClass>{{ClassId{0},
                                           {},
                                           "execution.session",
                                           {{"user", Kind::kString, ""},
                                            {"application", Kind::kString, ""},
                                            {"session_user", Kind::kString, ""}}}});
  }
  void event(const Event& event) { writer_.append(kThread, std::span(&event, 1)); }
  void run(std::int64_t ns, const std::string& text, ArgumentValues session = {}) {
    const TextId id = writer_.text_id(Text{{}, false, false, text});
    event({EventKind::kExecutionBegin, {}, id, from_ns(ns), {}});
    if (!session.empty())
      test::append(writer_, kThread, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{0}},
                   std::move(session));
    event({EventKind::kExecutionEnd, {}, {}, from_ns(ns + 10), {}});
  }
  Rows rows(const std::string& sql) {
    if (!database_) {
      writer_.close(from_ns(100'000));
      database_ = test::relations_of(file_.reader());
    }
    return test::rows_of(*database_, sql);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::optional<Database> database_;
};

TEST_F(SessionRelation, GivesEachExecutionItsOwn) {
  run(100, "SELECT 1");
  run(300, "SELECT 2", {std::string("app"), std::string("web"), std::string()});
  run(500, "SELECT 3");
  writer_.write(std::vector<Process>{{7, "postgres: x", "psql", from_ns(0), std::nullopt,
                                      ProcessWho{"client backend", "my db", "a b", "[local]"},
                                      "role", "a b"}});
  EXPECT_EQ(rows("SELECT text, application, database, user, session_user FROM executions"),
            (Rows{"SELECT 1|psql|my db|role|a b", "SELECT 2|web|my db|app|NULL",
                  "SELECT 3|psql|my db|role|a b"}));
  EXPECT_EQ(rows("SELECT backend_type, database, user, client, application FROM processes"),
            (Rows{"client backend|my db|a b|[local]|psql"}));
}

// Before format 1.3 a trace has one of each process.
TEST_F(SessionRelation, GivesAnExecutionThatOfItsProcessWhereTheTraceHasNoOther) {
  run(100, "SELECT 1");
  writer_.write(std::vector<Process>{{7, "postgres: alice shop [local] idle", "psql"}});
  EXPECT_EQ(rows("SELECT application, database, user, session_user FROM executions"),
            (Rows{"psql|shop|alice|NULL"}));
}

TEST_F(SessionRelation, GivesNoneOfAProcessThatIsNotKnown) {
  run(100, "SELECT 1");
  EXPECT_EQ(rows("SELECT application, database, user, session_user, process_id FROM executions"),
            (Rows{"NULL|NULL|NULL|NULL|NULL"}));
}

}  // namespace
}  // namespace pgrec
