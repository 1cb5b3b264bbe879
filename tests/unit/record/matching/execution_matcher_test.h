// The fixture of the tests of record/matching/execution_matcher.h: makes the reports of one thread
// and tells the events that they became.
#pragma once

#include "record/matching/execution_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "tests/unit/record/matching/matched_since.h"

namespace pgrec {

inline constexpr ThreadKey kThread{7, 7};

// Makes the reports of one thread, 10 ns apart, and tells the events they became.
class ExecutionMatcherTest : public testing::Test {
 protected:
  ExecutionMatcherTest() {
    context_.begin_ns = kBegin;
    context_.known = {true, false, false, true};
    context_.text_of = [this](const QueryHit& /*query*/, const ThreadKey& /*thread*/) {
      return std::make_shared<QueryText>(message_);
    };
    context_.text_id = [](const Text& text) { return text.id; };
    context_.leader_of = [this](std::uint32_t /*pid*/) { return leader_; };
  }

  // The next query has these statements, each of which is told by its text's id.
  void statements(std::initializer_list<std::uint32_t> ids) {
    message_ = {};
    for (const std::uint32_t id : ids)
      message_.statements.emplace_back().id = TextId{id};
    if (ids.size() > 1) message_.message.emplace().id = TextId{99};
  }
  Hit hit(wire_kind kind) {
    Hit made;
    made.kind = kind;
    made.query = std::make_unique<QueryHit>();
    now_ += Duration(10);
    return made;
  }
  void send(bool client = true) {
    Hit made = hit(WIRE_BEGIN);
    made.query->client = client;
    begin(made);
  }
  void begin(const Hit& made) {
    matcher_.begin(made, kThread, now_, lost_reports_, context_, out_);
  }
  void report(std::uint32_t id) {
    statements({id});
    send();
  }
  // In the simple protocol.
  void complete(std::uint64_t rows = 0) { done(WIRE_COMPLETED, rows, false); }
  // In the extended one.
  void complete_in_pipeline(std::uint64_t rows = 0) { done(WIRE_COMPLETED, rows, true); }
  void done(wire_kind kind, std::uint64_t rows, bool in_pipeline) {
    Hit made = hit(kind);
    made.query->done.rows = rows;
    made.query->done.ran_ns = ran_ns_;
    made.query->done.query_id = 99;
    made.query->done.sqlstate = sqlstate_;
    made.query->in_pipeline = in_pipeline;
    matcher_.done(made, kThread, now_, lost_reports_, context_, out_);
  }
  void fail() { done(WIRE_FAILED, 0, false); }
  void report_error(bool of_statement = true) {
    Hit made = hit(WIRE_ERROR);
    made.of_statement = of_statement;
    made.arguments = std::make_unique<ArgumentValues>(
        ArgumentValues{std::string("ERROR"), std::string("22012"), std::string("why")});
    matcher_.error(made, now_, context_, out_);
  }
  void suspend(std::uint64_t rows = 0) { done(WIRE_SUSPENDED, rows, false); }
  void idle() { matcher_.idle(hit(WIRE_IDLE), now_, lost_reports_, context_, out_); }
  void thread_ends(std::uint8_t flags) { matcher_.thread_ended(flags, now_, context_, out_); }
  void idle_in_transaction(bool failed) {
    Hit made = hit(WIRE_IDLE);
    made.in_transaction = true;
    made.in_failed_transaction = failed;
    made.query.reset();
    matcher_.idle(made, now_, lost_reports_, context_, out_);
  }
  // From now on the process's session is another than its trace says, or it is not.
  void works_as(std::optional<Session> session) {
    context_.other_session = [session](std::uint32_t pid, std::uint64_t at_ns) {
      EXPECT_EQ(pid, kThread.pid);
      EXPECT_GE(at_ns, kBegin);
      return session;
    };
  }
  void runs_at(std::uint64_t ns) { ran_ns_ = kBegin + ns; }
  void runs_never() { ran_ns_ = 0; }
  void lose_a_report() { matcher_.doubt(++lost_reports_, now_, out_); }

  // "begin 1, completed, end": the events since the last call.
  std::string story() {
    std::string all;
    for (const Event& event : out_.events)
      all += (all.empty() ? "" : ", ") + word(event);
    out_.events.clear();
    return all;
  }
  ArgumentValues arguments() { return out_.arguments.back(); }

  QueryText message_;
  std::optional<std::uint32_t> leader_;
  std::uint32_t sqlstate_ = 0;
  QueryContext context_;
  ExecutionMatcher matcher_;
  MatchedEvents out_;
  Timestamp now_{};

 private:
  static std::string word(const Event& event) {
    switch (event.kind) {
      case EventKind::kExecutionBegin:
        return "begin " + std::to_string(value(event.text));
      case EventKind::kExecutionEnd:
        return "end";
      case EventKind::kExecutionLost:
        return "lost";
      default:
        break;
    }
    for (const EventClass& one : execution_classes({})) {
      if (one.id == event.event_class) return one.name.substr(one.name.find('.') + 1);
    }
    return "?";
  }

  std::uint64_t ran_ns_ = 0;
  std::uint64_t lost_reports_ = 0;
};

}  // namespace pgrec
