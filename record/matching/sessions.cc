#include "record/matching/sessions.h"

#include <algorithm>
#include <cstring>

namespace pgrec {
namespace {

// The first that is later.
template <typename Values>
auto later(Values& values, std::uint64_t at_ns) {
  return std::upper_bound(values.begin(), values.end(), at_ns,
                          [](std::uint64_t at, const auto& value) { return at < value.first; });
}

template <typename Values, typename Value>
void add(Values& values, std::size_t most, std::uint64_t at_ns, Value value) {
  values.emplace(later(values, at_ns), at_ns, std::move(value));
  if (values.size() > most) values.erase(values.begin());
}

// Leaves the last that is not later, and those that are.
template <typename Values>
void keep_from(Values& values, std::uint64_t at_ns) {
  const auto next = later(values, at_ns);
  if (next - values.begin() > 1) values.erase(values.begin(), next - 1);
}

}  // namespace

void Sessions::begun(std::uint32_t pid, std::uint64_t at_ns) {
  application(pid, at_ns, "");
  users(pid, at_ns, {});
}

void Sessions::application(std::uint32_t pid, std::uint64_t at_ns, std::string_view name) {
  Process& process = processes_[pid];
  process.holds_on = false;
  add(process.applications, most_, at_ns, std::string(name));
}

void Sessions::users(std::uint32_t pid, std::uint64_t at_ns, const wire_users& users) {
  Process& process = processes_[pid];
  process.holds_on = false;
  add(process.users, most_, at_ns, users);
}

void Sessions::identified(std::uint32_t pid, std::uint64_t at_ns, const wire_identity& identity,
                          bool confirmed) {
  const auto text = [](const char(&bytes)[WIRE_IDENTIFIER_BYTES]) {
    return std::string_view(bytes, ::strnlen(bytes, WIRE_IDENTIFIER_BYTES));
  };
  users(pid, at_ns, identity.users);
  // Without one, what was told before holds: it may be where it does not say.
  if (const auto name = text(identity.application); !name.empty()) application(pid, at_ns, name);
  if (confirmed && identity.has_client) role(pid, identity.login, text(identity.user_name));
}

void Sessions::role(std::uint32_t pid, std::uint32_t role, std::string_view name) {
  if (role == 0 || name.empty()) return;
  Process& process = processes_[pid];
  process.holds_on = false;
  process.names[role] = name;
}

void Sessions::ended(std::uint32_t pid, std::uint64_t at_ns) {
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return;
  Process& process = found->second;
  process.holds_on = false;
  process.applications.erase(process.applications.begin(), later(process.applications, at_ns));
  process.users.erase(process.users.begin(), later(process.users, at_ns));
  if (process.applications.empty() && process.users.empty()) processes_.erase(found);
}

// Most processes never change, and are asked for again and again.
const Session& Sessions::at(std::uint32_t pid, std::uint64_t at_ns) {
  const auto found = processes_.find(pid);
  if (found == processes_.end()) return unknown_;
  Process& process = found->second;
  if (process.holds_on) return process.last;
  forget_before(process, at_ns);
  const auto holds = [at_ns](const auto& values) {
    return !values.empty() && values.front().first <= at_ns;
  };
  const auto name_of = [&process](std::uint32_t role) {
    const auto name = process.names.find(role);
    return name == process.names.end() ? std::string() : name->second;
  };
  process.last = {};
  if (holds(process.applications)) process.last.application = process.applications.front().second;
  if (holds(process.users)) {
    const wire_users& users = process.users.front().second;
    process.last.user = name_of(users.user);
    process.last.session_user = name_of(users.session_user);
  }
  const auto is_all = [&holds](const auto& values) {
    return values.empty() || (values.size() == 1 && holds(values));
  };
  process.holds_on = is_all(process.applications) && is_all(process.users);
  return process.last;
}

void Sessions::forget_before(std::uint64_t at_ns) {
  for (auto& [pid, process] : processes_)
    forget_before(process, at_ns);
}

void Sessions::forget_before(Process& process, std::uint64_t at_ns) {
  keep_from(process.applications, at_ns);
  keep_from(process.users, at_ns);
}

}  // namespace pgrec
