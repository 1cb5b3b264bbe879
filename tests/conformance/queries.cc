// Makes the trace "queries" of the conformance corpus.
#include "format/postgres/execution_classes.h"
#include "tests/conformance/trace_in_the_making.h"
#include "tests/unit/append_event.h"

namespace pgrec::conformance {
namespace {

// What 1.2 says of executions: how they ended (also by an error at commit, or with their process)
// and what they did, statements of one message, those that were only prepared, parallel workers,
// what ran already, idle times in transactions; texts that were not to be recorded, or without
// their literals; processes that had one pid.
class Queries {
 public:
  Queries() : trace_("queries") {
    trace_.facts();
    trace_.functions();
    trace_.writer().write(execution_classes({true, true, true, true}));
  }
  void write();

 private:
  static constexpr ThreadKey kAlice{100, 100}, kBob{200, 200}, kWorker{300, 300}, kVacuum{400, 400},
      kDave{500, 500};

  // Of a class, with arguments.
  void add(ExecutionClass one, std::int64_t ns, const ThreadKey& thread, ArgumentValues arguments) {
    test::append(trace_.writer(), thread, make(EventKind::kOfClass, ns, value(id_of(one))),
                 std::move(arguments));
  }
  struct Did {
    std::int64_t query_id = 0;
    std::uint64_t prepare_ns = 0;
    std::uint64_t hit = 0, read = 0, wal_bytes = 0;
  };
  static ArgumentValues measured(const Did& did) {
    const std::uint64_t records = did.wal_bytes / 100;
    return {static_cast<std::uint64_t>(did.query_id),
            did.prepare_ns,
            did.hit,
            did.read,
            records,
            std::uint64_t{0},
            std::uint64_t{0},
            std::uint64_t{0},
            records,
            std::uint64_t{0},
            did.wal_bytes};
  }
  void completed(std::int64_t ns, const ThreadKey& thread, const Did& did, std::uint64_t rows) {
    ArgumentValues arguments = measured(did);
    arguments.emplace_back(rows);
    add(ExecutionClass::kCompleted, ns - 50, thread, std::move(arguments));
    trace_.end(ns, thread);
  }
  void failed(std::int64_t ns, const ThreadKey& thread, const Did& did,
              const std::string& sqlstate) {
    ArgumentValues arguments = measured(did);
    arguments.emplace_back(sqlstate);
    add(ExecutionClass::kFailed, ns - 50, thread, std::move(arguments));
    trace_.end(ns, thread);
  }
  void begin(std::int64_t ns, const ThreadKey& thread, const Text& text) {
    trace_.event(EventKind::kExecutionBegin, ns, value(trace_.writer().text_id(text)), thread);
  }
  void begin(std::int64_t ns, const ThreadKey& thread, const std::string& text) {
    begin(ns, thread, Text{{}, false, false, text});
  }
  void transaction();
  void other_texts();
  void parallel();
  void lost_client();

  Trace trace_;
};

void Queries::transaction() {
  const std::int64_t insert = 4711000000000000001, update = -4711000000000000002;
  begin(0, kAlice, "SELECT count(*) FROM orders");
  add(ExecutionClass::kRunning, 0, kAlice, {std::uint64_t{2'500'000}});
  trace_.call(1000, 801'000, 1, kAlice);
  completed(900'000, kAlice, {77, 0, 40, 12}, 1);
  begin(1'000'000, kAlice, "BEGIN");
  completed(1'010'000, kAlice, {}, 0);
  add(ExecutionClass::kIdleInTransaction, 1'010'000, kAlice, {std::uint64_t{0}});
  begin(1'200'000, kAlice, "INSERT INTO orders VALUES ($1, $2)");
  add(ExecutionClass::kNotRun, 1'250'000, kAlice, {});
  trace_.end(1'260'000, kAlice);
  for (int i = 0; i < 3; ++i) {
    const std::int64_t at = 1'300'000 + 400'000 * i;
    begin(at, kAlice, "INSERT INTO orders VALUES ($1, $2)");
    trace_.event(EventKind::kEnter, at + 30'000, 0, kAlice);
    trace_.call(at + 40'000, at + 60'000 + 1000 * i, 1, kAlice);
    trace_.event(EventKind::kReturned, at + 130'000 + 20'000 * i, 0, kAlice);
    completed(at + 200'000 + 30'000 * i, kAlice, {insert, 25'000, 3, 1, 230}, 1);
    add(ExecutionClass::kIdleInTransaction, at + 200'000 + 30'000 * i, kAlice, {std::uint64_t{0}});
  }
  begin(2'600'000, kAlice, "UPDATE orders SET note = 'no' WHERE id = 'x'");
  trace_.event(EventKind::kEnter, 2'620'000, 1, kAlice);
  trace_.event(EventKind::kUnwound, 2'640'000, 0, kAlice);
  failed(2'650'000, kAlice, {update, 30'000, 2, 0, 0}, "22P02");
  add(ExecutionClass::kIdleInTransaction, 2'650'000, kAlice, {std::uint64_t{1}});
  begin(6'000'000, kAlice, "ROLLBACK");
  completed(6'020'000, kAlice, {}, 0);
  begin(6'100'000, kAlice, "DELETE FROM orders WHERE id < 3");
  completed(6'180'000, kAlice, {8, 9000, 5, 0, 540}, 2);
  begin(6'180'000, kAlice, "SELECT 1");
  completed(6'200'000, kAlice, {9, 2000, 0, 0, 0}, 1);
}

void Queries::other_texts() {
  begin(100'000, kBob, Text{{}, false, false, "FETCH $1 FROM c", false, true, 16, 0x1234});
  ArgumentValues fetched = measured({10, 1000, 100, 0, 0});
  add(ExecutionClass::kSuspended, 290'000, kBob, std::move(fetched));
  trace_.end(300'000, kBob);
  begin(400'000, kBob, Text{{}, false, false, "", true, false, 31, 0xABCDEF});
  completed(700'000, kBob, {11, 1000, 7, 0, 0}, 5);
  begin(800'000, kBob, Text{{}, true, false, "SELECT 'long", false, false, 1'048'576, 0x99});
  completed(850'000, kBob, {12, 1000, 0, 0, 0}, 1);
  begin(900'000, kBob, "SELECT 'ein \xC3\xA4, \xFF und\n\"Zitate\", \\ \x7F'");
  failed(930'000, kBob, {0, 29'950, 0, 0, 0}, "");
  add(ExecutionClass::kIdleInTransaction, 950'000, kBob, {std::uint64_t{0}});
}

void Queries::parallel() {
  begin(5'000'000, kBob, "SELECT sum(total) FROM orders");
  trace_.call(5'100'000, 6'900'000, 1, kBob);
  begin(5'300'000, kWorker, "SELECT sum(total) FROM orders");
  add(ExecutionClass::kOfLeader, 5'300'000, kWorker, {std::uint64_t{kBob.pid}});
  trace_.call(5'400'000, 6'700'000, 1, kWorker);
  trace_.end(6'800'000, kWorker);
  completed(7'000'000, kBob, {13, 90'000, 900, 300, 0}, 1);
  begin(7'100'000, kVacuum, "autovacuum: ANALYZE public.orders");
  trace_.call(7'150'000, 7'450'000, 1, kVacuum);
  trace_.end(7'500'000, kVacuum);
  begin(7'600'000, kBob, "SELECT pg_sleep(10)");
}

void Queries::lost_client() {
  begin(7'910'000, kDave, "INSERT INTO deferred VALUES (8)");
  ArgumentValues inserted = measured({14, 20'000, 3, 0, 230});
  inserted.emplace_back(std::uint64_t{1});
  add(ExecutionClass::kCompleted, 7'960'000, kDave, std::move(inserted));
  failed(8'010'000, kDave, {14, 20'000, 4, 0, 230}, "23503");
  begin(8'100'000, kDave, "SELECT id FROM orders FOR UPDATE");
  add(ExecutionClass::kProcessEnded, 8'200'000, kDave, {});
  trace_.end(8'200'000, kDave);
}

void Queries::write() {
  transaction();
  other_texts();
  trace_.writer().write(std::vector<Process>{
      {kAlice.pid, "postgres: alice shop [local] idle", "psql", from_ns(-5'000'000'000), {}},
      {kBob.pid, "postgres: bob shop 10.0.0.1(4711)", "", from_ns(50'000), from_ns(1'000'000)}});
  trace_.writer().cut();
  parallel();
  lost_client();
  trace_.writer().write(std::vector<Process>{
      {kAlice.pid, "postgres: alice shop [local] idle", "loader", from_ns(-5'000'000'000), {}},
      {kBob.pid, "postgres: carol shop [local] SELECT", "report", from_ns(4'500'000), {}},
      {kWorker.pid, "postgres: parallel worker for PID 200", "report", from_ns(5'200'000),
       from_ns(6'850'000)},
      {kVacuum.pid, "postgres: autovacuum worker shop", "", from_ns(7'050'000), {}},
      {kDave.pid, "postgres: dave shop [local] SELECT", "", from_ns(7'900'000),
       from_ns(8'200'000)}});
  trace_.close(9'000'000);
}

}  // namespace

void queries() {
  Queries().write();
}

}  // namespace pgrec::conformance
