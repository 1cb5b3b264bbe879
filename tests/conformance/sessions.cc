// Makes the trace "sessions" of the conformance corpus.
#include "format/postgres/execution_classes.h"
#include "tests/conformance/trace_in_the_making.h"
#include "tests/unit/append_event.h"

namespace pgrec::conformance {
namespace {

constexpr ThreadKey kPooled{100, 100}, kVacuum{200, 200}, kOther{300, 300}, kTitled{400, 400};

void run(Trace& trace, std::int64_t ns, const ThreadKey& thread, const std::string& text,
         const std::optional<Session>& session = std::nullopt) {
  trace.begin(text, ns, thread);
  if (session) {
    test::append(trace.writer(), thread,
                 make(EventKind::kOfClass, ns, value(id_of(ExecutionClass::kSession))),
                 {session->application, session->user, session->session_user});
  }
  trace.end(ns + 500, thread);
}

}  // namespace

// What 1.3 says of who runs what: a backend behind a pooler whose clients have applications and
// roles of their own, and names with blanks and colons; a process without a client; one of which
// only the roles are known; one of which only the title is.
void sessions() {
  Trace trace("sessions");
  trace.facts();
  trace.functions();
  trace.writer().write(execution_classes({}));
  run(trace, 1000, kPooled, "SELECT 'first'");
  run(trace, 2000, kPooled, "SELECT 'batch'", Session{"batch", "my role", "al ice"});
  run(trace, 3000, kPooled, "SELECT 'nobody'", Session{"", "al ice", "al ice"});
  run(trace, 4000, kPooled, "SELECT 'first again'");
  run(trace, 1500, kVacuum, "autovacuum: VACUUM public.t");
  run(trace, 1600, kOther, "SELECT 'other'");
  run(trace, 1700, kTitled, "SELECT 'titled'");
  trace.writer().write(
      std::vector<Process>{{kPooled.pid,
                            "postgres: al ice a: b [local] idle",
                            "web",
                            from_ns(-5000),
                            {},
                            ProcessWho{"client backend", "a: b", "al ice", "[local]"},
                            "al ice",
                            "al ice"},
                           {kVacuum.pid, "postgres: autovacuum worker my db", "", from_ns(1400),
                            from_ns(2100), ProcessWho{"autovacuum worker", "my db", "", ""}},
                           {kOther.pid, "", "", {}, {}, {}, "role", "bob"},
                           {kTitled.pid, "postgres: bob shop [local] SELECT", "psql", {}, {}}});
  trace.close(9000);
}

}  // namespace pgrec::conformance
