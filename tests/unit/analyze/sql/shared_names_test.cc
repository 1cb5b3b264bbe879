// Covers analyze/sql/shared_names.h: bare names in joins of processes with what they did.
#include "analyze/sql/shared_names.h"

#include <gtest/gtest.h>

#include "format/error.h"
#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

// A process that executes as another role and for another application than it began with.
class SharedNames : public testing::Test {
 protected:
  static Database database() {
    const test::TraceFile file;
    TraceWriter writer = file.writer();
    constexpr ThreadKey kThread{7, 7};
    const auto event = [&](EventKind kind, std::int64_t ns) {
      const TextId text = writer.text_id({{}, false, false, "SELECT 1"});
      const Event one{kind, {}, text, from_ns(ns), {}};
      writer.append(kThread, std::span(&one, 1));
    };
    writer.write(std::vector<EventClass>{{ClassId{0},
                                          {},
                                          "execution.session",
                                          {{"application", ArgumentType::Kind::kString, ""},
                                           {"user", ArgumentType::Kind::kString, ""}}}});
    event(EventKind::kExecutionBegin, 100);
    test::append(writer, kThread, {EventKind::kOfClass, {}, {}, from_ns(100), ClassId{0}},
                 {std::string("second"), std::string("role")});
    event(EventKind::kExecutionEnd, 200);
    writer.write(std::vector<Process>{{7, "postgres: x", "first", from_ns(0), std::nullopt,
                                       ProcessWho{"client backend", "shop", "alice", "[local]"}}});
    writer.close(from_ns(1000));
    return test::relations_of(file.reader());
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

  Database database_ = database();
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
            (Rows{"role", "alice", "shop|role"}));
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
