#include "record/recording/known_processes.h"

#include <cstring>
#include <string_view>

#include "record/server/process_identity.h"

namespace pgrec {

void KnownProcesses::found(const ServerProcess& process, std::uint64_t begin_ns) {
  auto who = identify(process.identity);
  if (who) databases.complete(process.pid, process.identity, *who);
  titles.was_found(process.pid, process.application, who);
  sessions.identified(process.pid, begin_ns, process.identity, who.has_value());
  if (!process.application.empty())
    sessions.application(process.pid, begin_ns, process.application);
  sessions.role(process.pid, process.identity.users.user, process.role);
}

void KnownProcesses::take(const NameHit& name) {
  if (!name.is_application) {
    sessions.begun(name.thread.pid, name.ts_ns);
    return titles.named(name.thread.pid, name.ts_ns, name.name, name.client);
  }
  titles.application(name.thread.pid, name.name);
  sessions.application(name.thread.pid, name.ts_ns, name.name);
}

void KnownProcesses::take(const IdentityHit& hit) {
  if (!hit.identity) return sessions.users(hit.thread.pid, hit.ts_ns, hit.users);
  auto who = identify(*hit.identity);
  if (who) databases.complete(hit.thread.pid, *hit.identity, *who);
  const std::string_view title(hit.identity->title,
                               ::strnlen(hit.identity->title, WIRE_TITLE_BYTES));
  titles.identified(hit.thread.pid, title, who);
  sessions.identified(hit.thread.pid, hit.ts_ns, *hit.identity, who.has_value());
}

void KnownProcesses::take(const RoleHit& role) {
  sessions.role(role.thread.pid, role.role, role.name);
}

std::optional<Session> KnownProcesses::other_session(std::uint32_t pid, std::uint64_t at_ns) {
  const Session& session = sessions.at(pid, at_ns);
  if (titles.runs_as_first(pid, session)) return std::nullopt;
  return session;
}

}  // namespace pgrec
