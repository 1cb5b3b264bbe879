#include "record/recording/edge_hits.h"

#include <algorithm>
#include <memory>

namespace pgrec {
namespace {

// Keys of the kernel side are hashes: that one of them is among these is as likely as two that are
// the same.
constexpr std::uint64_t kFirstKey = 0x7067'7265'6300'0000;

}  // namespace

wire_statement running_statement(const ServerProcess& process, std::uint64_t now_ns) {
  wire_statement statement{};
  statement.pid_tgid = std::uint64_t{process.pid} << 32 | process.pid;
  statement.key = kFirstKey + process.pid;
  statement.ran_ns = now_ns;
  std::copy(std::begin(process.usage), std::end(process.usage), std::begin(statement.usage));
  statement.phase = process.client ? WIRE_PHASE_RUNNING : WIRE_PHASE_PREPARING;
  statement.has_client = process.client ? 1 : 0;
  statement.recorded = 1;
  return statement;
}

ThreadHit running_hit(const ServerProcess& process, const wire_statement& statement,
                      std::uint64_t begin_ns, std::uint32_t hooks) {
  ThreadHit hit;
  hit.thread = {process.pid, process.pid};
  hit.hit.ts_ns = begin_ns;
  hit.hit.sp = 0;  // nothing is dead by it
  hit.hit.probe = hooks;
  hit.hit.kind = WIRE_BEGIN;
  hit.hit.query = std::make_unique<QueryHit>();
  hit.hit.query->query.key = statement.key;
  hit.hit.query->client = process.client;
  hit.hit.query->running_ns =
      static_cast<std::uint64_t>(process.running.value_or(Duration{}).count());
  return hit;
}

wire_statement idle_statement(const ServerProcess& process) {
  wire_statement statement{};
  statement.pid_tgid = std::uint64_t{process.pid} << 32 | process.pid;
  statement.phase = WIRE_PHASE_NONE;
  return statement;
}

ThreadHit idle_hit(const ServerProcess& process, std::uint64_t begin_ns, std::uint32_t hooks) {
  ThreadHit hit;
  hit.thread = {process.pid, process.pid};
  hit.hit.ts_ns = begin_ns;
  hit.hit.probe = hooks;
  hit.hit.kind = WIRE_IDLE;
  hit.hit.in_transaction = true;
  hit.hit.in_failed_transaction = process.in_failed_transaction;
  hit.hit.query = std::make_unique<QueryHit>();
  hit.hit.query->running_ns =
      static_cast<std::uint64_t>(process.running.value_or(Duration{}).count());
  return hit;
}

ThreadHit waiting_hit(const wire_thread& thread, const wire_pending_enter& enter) {
  ThreadHit hit;
  hit.thread = {static_cast<std::uint32_t>(thread.pid_tgid >> 32),
                static_cast<std::uint32_t>(thread.pid_tgid)};
  hit.hit.ts_ns = enter.ts_ns;
  hit.hit.sp = enter.sp;
  hit.hit.probe = enter.probe;
  hit.hit.chained = (enter.flags & WIRE_CHAINED) != 0;
  hit.hit.no_return = (enter.flags & WIRE_NO_RETURN) != 0;
  hit.hit.odd = (enter.flags & WIRE_ODD) != 0;
  hit.hit.waited = true;
  return hit;
}

}  // namespace pgrec
