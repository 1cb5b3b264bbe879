#include "record/slowlog/slow_statements.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "format/postgres/statement_text.h"
#include "record/kernel/intake.h"
#include "record/server/process_identity.h"
#include "record/server/process_titles.h"

namespace pgrec {
namespace {

// As the recorder's: between a clock read on one CPU and a position read on another.
constexpr std::uint64_t kSlackNs = 1'000'000;

Duration between(std::uint64_t from_ns, std::uint64_t to_ns) {
  return Duration(to_ns > from_ns ? to_ns - from_ns : 0);
}

// As in a recording. One that completed can fail at its commit. A fast-path call has no rows, and
// no tag that says so.
std::optional<std::uint64_t> rows_of(const wire_slow& slow, bool whole, bool fastpath) {
  if (fastpath && slow.outcome == WIRE_SLOW_COMPLETED) return 0;
  const bool completed =
      slow.outcome == WIRE_SLOW_COMPLETED || (slow.outcome == WIRE_SLOW_FAILED && slow.ran_ns > 0);
  const bool known =
      completed ? slow.done_ns > 0 && !whole : slow.outcome == WIRE_SLOW_SUSPENDED && slow.rows > 0;
  return known ? std::optional<std::uint64_t>(slow.rows) : std::nullopt;
}

bool has(std::uint32_t flags, wire_slow_flags flag) {
  return (flags & flag) != 0;
}

}  // namespace

void SlowStatements::begin_with(const std::vector<ServerProcess>& processes, const Seed& seed) {
  for (const ServerProcess& process : processes) {
    auto who = identify(process.identity);
    if (who) databases_.complete(process.pid, process.identity, *who);
    client_of(process.pid).who = who;
    // Whatever it says later is told with its time, and holds then.
    sessions_.identified(process.pid, 0, process.identity, who.has_value());
    if (!process.application.empty()) sessions_.application(process.pid, 0, process.application);
    sessions_.role(process.pid, process.identity.users.user, process.role);
    if (!process.query) continue;
    wire_slow_statement statement{};
    statement.pid_tgid = std::uint64_t{process.pid} << 32 | process.pid;
    statement.key = statement.begun_ns =
        monotonic_ns() - static_cast<std::uint64_t>(process.running.value_or(Duration{}).count());
    statement.ran_ns = statement.begun_ns;
    statement.text_bytes = process.cut ? 0 : process.query->size();
    std::copy(std::begin(process.usage), std::end(process.usage), std::begin(statement.usage));
    statement.phase = process.client ? WIRE_PHASE_RUNNING : WIRE_PHASE_PREPARING;
    statement.has_client = process.client ? 1 : 0;
    statement.sent = statement.found = 1;
    if (!seed(statement)) continue;
    texts_[{{process.pid, process.pid}, statement.key}] = *process.query;
  }
}

std::vector<SlowStatement> SlowStatements::round(const Moment& now) {
  return drain() ? hand_out(now.monotonic_ns - kSlackNs, now) : std::vector<SlowStatement>{};
}

std::vector<SlowStatement> SlowStatements::rest(const Moment& now) {
  drain();
  return hand_out(UINT64_MAX, now);
}

bool SlowStatements::drain() {
  return take_in(rings_, {}, [this](const auto& decoded) { take(decoded); });
}

void SlowStatements::take(const ThreadHit& hit) {
  if (hit.hit.kind == WIRE_GONE) waiting_.push_back({hit.hit.ts_ns, hit.thread, Gone{}});
  if (hit.hit.kind != WIRE_ERROR) return;
  ++taken_in_;
  const auto text = [&](std::size_t i) { return std::get<std::string>((*hit.hit.arguments)[i]); };
  waiting_.push_back(
      {hit.hit.ts_ns, hit.thread, Failure{hit.hit.of_statement, text(0), text(1), text(2)}});
}

void SlowStatements::take(const SlowHit& hit) {
  ++taken_in_;
  waiting_.push_back({hit.ts_ns, hit.thread, Slow{hit.slow, hit.flags, std::string(hit.kept)}});
}

// A process that does not say what it is has made itself a title by now, and may not live for long.
void SlowStatements::take(const NameHit& name) {
  ++taken_in_;
  Name told{name.is_application, std::string(name.name), name.client};
  if (told.is_application)
    sessions_.application(name.thread.pid, name.ts_ns, name.name);
  else
    sessions_.begun(name.thread.pid, name.ts_ns);
  if (!told.is_application) {
    told.name =
        told.name.empty() ? process_title(name.thread.pid) : std::string(kTitleStart) + told.name;
  }
  waiting_.push_back({name.ts_ns, name.thread, std::move(told)});
}

void SlowStatements::take(const IdentityHit& hit) {
  ++taken_in_;
  if (!hit.identity) return sessions_.users(hit.thread.pid, hit.ts_ns, hit.users);
  Identity told{{}, identify(*hit.identity)};
  if (told.who) databases_.complete(hit.thread.pid, *hit.identity, *told.who);
  told.title.assign(hit.identity->title, ::strnlen(hit.identity->title, WIRE_TITLE_BYTES));
  sessions_.identified(hit.thread.pid, hit.ts_ns, *hit.identity, told.who.has_value());
  waiting_.push_back({hit.ts_ns, hit.thread, std::move(told)});
}

void SlowStatements::take(const RoleHit& role) {
  ++taken_in_;
  sessions_.role(role.thread.pid, role.role, role.name);
}

// Texts are taken in at once: what refers to them comes later. Pieces of one come in order.
void SlowStatements::take(const TextHit& piece) {
  ++taken_in_;
  const TextKey key{piece.thread, piece.query.key};
  try {
    if (piece.first) texts_[key].clear();
    if (const auto found = texts_.find(key); found != texts_.end()) found->second += piece.text;
  } catch (const std::bad_alloc&) {
    texts_.erase(key);  // one that cannot be read
    ++without_memory_;
  }
}

std::vector<SlowStatement> SlowStatements::hand_out(std::uint64_t until_ns, const Moment& now) {
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const Report& a, const Report& b) { return a.ts_ns < b.ts_ns; });
  const auto end = std::find_if(waiting_.begin(), waiting_.end(),
                                [&](const Report& report) { return report.ts_ns > until_ns; });
  std::vector<SlowStatement> told;
  for (auto report = waiting_.begin(); report != end; ++report) {
    if (const auto* slow = std::get_if<Slow>(&report->what)) {
      tell(*report, *slow, now, told);
    } else if (const auto* failure = std::get_if<Failure>(&report->what)) {
      tell(*report, *failure, now);
    } else if (const auto* name = std::get_if<Name>(&report->what)) {
      if (name->is_application) continue;
      Client& client = clients_[report->thread.pid];
      tell_error_of(client);
      client = {name->name, std::nullopt, name->client, std::nullopt};
    } else if (const auto* identity = std::get_if<Identity>(&report->what)) {
      Client& client = clients_[report->thread.pid];
      if (identity->who) client.who = identity->who;
      if (client.title.empty()) client.title = identity->title;
    } else {
      forget_texts(report->thread, UINT64_MAX);
      told_whole_.erase(report->thread);
      if (report->thread.pid == report->thread.tid) {
        tell_error_of(clients_[report->thread.pid]);
        clients_.erase(report->thread.pid);
        sessions_.ended(report->thread.pid, report->ts_ns);
      }
    }
  }
  waiting_.erase(waiting_.begin(), end);
  return told;
}

// What its memory says, or else its title.
ProcessIdentity SlowStatements::identity_of_client(const Report& report, bool serves_one,
                                                   std::string_view text, Client& client) {
  if (!client.who && !serves_one) look_at_title(report.thread.pid, client);
  if (!client.who && client.client)
    return identity_of(client_with_title(client.title), client.title);
  ProcessIdentity who = identity_of(client.who, client.title);
  if (client.who || who.backend_type || serves_one) return who;
  // Nobody else writes so, and its process may be gone before it was looked at.
  if (text.starts_with(kAutovacuumText)) who.backend_type = "autovacuum worker";
  return who;
}

// Left out: parallel workers, whose leader tells of the statement, and replication commands that
// did not fail, which go on for as long as there is a replica and are never run like statements.
void SlowStatements::tell(const Report& report, const Slow& slow, const Moment& now,
                          std::vector<SlowStatement>& told) {
  const wire_slow& wire = slow.slow;
  Client& client = client_of(report.thread.pid);
  auto text = text_of(report.thread, slow);
  if (!text) return tell_error_of(client);
  SlowStatement statement;
  statement.text = std::move(*text);
  statement.who =
      identity_of_client(report, has(slow.flags, WIRE_SLOW_CLIENT), statement.text.text, client);
  const std::string type = statement.who.backend_type.value_or("");
  const bool whole = has(slow.flags, WIRE_SLOW_OF_MESSAGE);
  const bool to_walsender = has(slow.flags, WIRE_SLOW_WALSENDER) || type == "walsender";
  const bool replicates = to_walsender && wire.outcome != WIRE_SLOW_FAILED && !whole &&
                          (wire.ran_ns == 0 || has(slow.flags, WIRE_SLOW_FOUND));
  if (type == "parallel worker" || replicates) return client.error.reset();
  statement.pid = report.thread.pid;
  const Session& session = sessions_.at(report.thread.pid, wire.begun_ns);
  statement.application = session.application;
  if (!session.user.empty()) statement.who.user = session.user;
  statement.session_user = session.session_user;
  statement.ended_at_ns =
      now.realtime_ns - static_cast<std::int64_t>(now.monotonic_ns - wire.ended_ns);
  statement.duration = between(wire.begun_ns, wire.ended_ns);
  if (wire.ran_ns > 0 && !has(slow.flags, WIRE_SLOW_FOUND))
    statement.prepare = between(wire.begun_ns, wire.ran_ns);
  if (has(slow.flags, WIRE_SLOW_COMMITTED) && wire.done_ns > 0)
    statement.commit = between(wire.done_ns, wire.ended_ns);
  statement.outcome = static_cast<wire_slow_outcome>(wire.outcome);
  statement.sqlstate = sqlstate_text(wire.sqlstate);
  if (client.error && wire.outcome == WIRE_SLOW_FAILED) {
    statement.severity = std::move(client.error->severity);
    statement.message = std::move(client.error->message);
    client.error.reset();
  }
  statement.rows = rows_of(wire, whole, has(slow.flags, WIRE_SLOW_FASTPATH));
  statement.query_id = whole ? 0 : wire.query_id;
  statement.ran = wire.ran_ns > 0;
  std::copy_n(std::begin(wire.usage), WIRE_USAGES, std::begin(statement.usage));
  if (whole) statement.statements = wire.place + (wire.outcome == WIRE_SLOW_FAILED ? 1 : 0);
  statement.found = has(slow.flags, WIRE_SLOW_FOUND);
  told.push_back(std::move(statement));
}

void SlowStatements::tell(const Report& report, const Failure& failure, const Moment& now) {
  Client& client = client_of(report.thread.pid);
  tell_error_of(client);
  ServerError error;
  error.pid = report.thread.pid;
  error.who = identity_of_client(report, false, {}, client);
  const Session& session = sessions_.at(report.thread.pid, report.ts_ns);
  error.application = session.application;
  if (!session.user.empty()) error.who.user = session.user;
  error.session_user = session.session_user;
  error.at_ns = now.realtime_ns - static_cast<std::int64_t>(now.monotonic_ns - report.ts_ns);
  error.severity = failure.severity;
  error.sqlstate = failure.sqlstate;
  error.message = failure.message;
  client.error = std::move(error);
  if (!failure.of_statement) tell_error_of(client);
}

void SlowStatements::tell_error_of(Client& client) {
  if (client.error) errors_.push_back(std::move(*client.error));
  client.error.reset();
}

std::optional<Text> SlowStatements::text_of(const ThreadKey& thread, const Slow& slow) {
  const wire_slow& wire = slow.slow;
  if (wire.key > 0) forget_texts(thread, wire.key - 1);
  if (has(slow.flags, WIRE_SLOW_FASTPATH)) {
    Text text;
    text.text = kFastpathText;
    return text;
  }
  const bool client = has(slow.flags, WIRE_SLOW_CLIENT);
  const bool whole = has(slow.flags, WIRE_SLOW_OF_MESSAGE) || has(slow.flags, WIRE_SLOW_FOUND);
  // An ERROR that comes while the last completion is sent is of no statement any more.
  const bool between = wire.outcome == WIRE_SLOW_FAILED && wire.ran_ns == 0 &&
                       !has(slow.flags, WIRE_SLOW_OF_MESSAGE);
  QueryText query;
  if (has(slow.flags, WIRE_SLOW_TEXT_KEPT)) {
    const bool cut = slow.kept.size() + 1 >= WIRE_SLOW_KEPT_BYTES;
    query = query_text_of(slow.kept, cut ? 0 : slow.kept.size(), client, mode_, whole);
  } else if (const auto sent = texts_.find({thread, wire.key});
             has(slow.flags, WIRE_SLOW_TEXT_SENT) && sent != texts_.end()) {
    query = query_text_of(sent->second, wire.text_bytes, client, mode_, whole);
  } else {
    const auto told = told_whole_.find(thread);
    if (between && told != told_whole_.end() && told->second == wire.key) return std::nullopt;
    Text text;
    text.unreadable = true;
    return text;
  }
  if (wire.place >= query.statements.size() && between) {
    forget_texts(thread, wire.key);
    return std::nullopt;
  }
  const std::size_t place = std::min<std::size_t>(wire.place, query.statements.size() - 1);
  if (wire.outcome != WIRE_SLOW_COMPLETED || has(slow.flags, WIRE_SLOW_IN_PIPELINE) ||
      place + 1 == query.statements.size()) {
    forget_texts(thread, wire.key);
    told_whole_[thread] = wire.key;
  }
  if (query.message && place == 0 && wire.outcome == WIRE_SLOW_FAILED &&
      failed_as_message(wire.ran_ns, wire.sqlstate))
    return std::move(*query.message);
  return std::move(query.statements[place]);
}

void SlowStatements::forget_texts(const ThreadKey& thread, std::uint64_t up_to_key) {
  texts_.erase(texts_.lower_bound({thread, 0}), texts_.upper_bound({thread, up_to_key}));
}

SlowStatements::Client& SlowStatements::client_of(std::uint32_t pid) {
  const auto [found, is_new] = clients_.try_emplace(pid);
  if (found->second.title.empty()) look_at_title(pid, found->second);
  return found->second;
}

// A process that serves no client adds to its title what it does.
void SlowStatements::look_at_title(std::uint32_t pid, Client& client) {
  std::string title = process_title(pid);
  if (title.starts_with(kTitleStart)) client.title = std::move(title);
}

}  // namespace pgrec
