// Covers analyze/sql/shared_names.h: bare names in joins of processes with what they did.
#include "analyze/sql/shared_names.h"

#include <gtest/gtest.h>

#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class SharedNames : public testing::Test {
 protected:
  SharedNames() {
    database_.execute(
        "INSERT INTO processes (process_id, pid, user, database, application, backend_type) "
        "VALUES (1, 7, 'alice', 'shop', 'first', 'client backend'); "
        "INSERT INTO execution_rows (execution_id, pid, ts_ns, text_id, kind, outcome, process_id, "
        "application, user) VALUES (3, 7, 0, 0, 0, 'completed', 1, 'second', 'role')");
  }
  // The rows of each statement.
  Rows rows(std::string_view sql) {
    Rows all;
    while (auto statement = prepare_next_of_user(database_, sql)) {
      while (statement->step()) {
        std::string row;
        for (int i = 0; i < statement->columns(); ++i)
          row += (i > 0 ? "|" : "") + statement->text(i);
        all.push_back(row);
      }
    }
    return all;
  }
  std::string complaint(std::string_view sql) {
    try {
      rows(sql);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  Database database_ = test::empty_relations();
};

TEST_F(SharedNames, AreTheExecutionsOwn) {
  EXPECT_EQ(rows("SELECT application, user, pid, backend_type FROM executions "
                 "JOIN processes USING (process_id)"),
            Rows{"second|role|7|client backend"});
  EXPECT_EQ(rows("SELECT count(*) FROM processes JOIN executions USING (process_id) "
                 "WHERE application = 'second' AND backend_type = 'client backend'"),
            Rows{"1"});
}

TEST_F(SharedNames, AreTheProcesssWhereItIsNamed) {
  EXPECT_EQ(rows("SELECT p.application, e.application FROM executions e JOIN processes p "
                 "USING (process_id)"),
            Rows{"first|second"});
  EXPECT_EQ(rows("SELECT application FROM processes"), Rows{"first"});
}

TEST_F(SharedNames, AreLookedForInEachStatementAnew) {
  EXPECT_EQ(rows("SELECT user FROM executions JOIN processes USING (process_id); "
                 "SELECT user FROM processes; "
                 "SELECT database, user FROM executions JOIN processes USING (process_id)"),
            (Rows{"role", "alice", "|role"}));
}

TEST_F(SharedNames, AreAmbiguousWhereNoProcessIsMeant) {
  const std::string complaint_of_two = "SQL: ambiguous column name: application";
  EXPECT_EQ(complaint("SELECT application FROM executions a JOIN executions b"), complaint_of_two);
  EXPECT_EQ(complaint("SELECT application, p.application FROM executions JOIN processes p"),
            complaint_of_two);
  EXPECT_EQ(complaint("SELECT nowhere FROM executions"), "SQL: no such column: nowhere");
  EXPECT_EQ(rows("SELECT application FROM processes"), Rows{"first"});
}

}  // namespace
}  // namespace pgrec
