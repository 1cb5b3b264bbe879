#include "record/server/server_hooks.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>

#include "record/binary/data_flow.h"
#include "record/binary/far_branches.h"
#include "record/binary/probe_point.h"
#include "record/binary/uprobe_rules.h"
#include "record/host/kernel_version.h"
#include "record/server/error_reports.h"
#include "record/server/identity_places.h"
#include "record/server/known_version.h"

namespace pgrec {
namespace {

struct NamedHook {
  wire_hook hook;
  const char* function;
  const char* tells;      // what is not known without it
  bool is_called = true;  // by its name; else only through a pointer
};
constexpr std::array<NamedHook, WIRE_HOOKS - 1> kHooks = {{
    {WIRE_ON_ACTIVITY, "pgstat_report_activity", "queries"},
    {WIRE_ON_RUN, "PortalRun", "when a statement runs"},
    {WIRE_ON_COMPLETION, "EndCommand", "completions and rows"},
    {WIRE_ON_REPLICATION_DONE, "EndReplicationCommand", "completions of replication commands"},
    {WIRE_ON_ERROR, "EmitErrorReport", "errors"},
    {WIRE_ON_TITLE, "init_ps_display", "what processes are from their beginning"},
    {WIRE_ON_APPLICATION, "pgstat_report_appname", "application names"},
    {WIRE_ON_ROLE, "assign_role", "SET ROLE", false},
    {WIRE_ON_SESSION_USER, "assign_session_authorization", "SET SESSION AUTHORIZATION", false},
    {WIRE_ON_REPLICATION, "exec_replication_command", "what walsenders refuse"},
    {WIRE_ON_WORKER, "BecomeLockGroupMember", "the parallel workers of a process"},
}};

// Those on functions whose arguments have been the same since 9.2, or are not looked at where the
// version is not known.
constexpr wire_hook kOfAnyVersion[] = {WIRE_ON_ACTIVITY,   WIRE_ON_RUN,
                                       WIRE_ON_COMPLETION, WIRE_ON_REPLICATION_DONE,
                                       WIRE_ON_ERROR,      WIRE_ON_APPLICATION};

bool is_of(int major, wire_hook hook) {
  return major > 0 || std::find(std::begin(kOfAnyVersion), std::end(kOfAnyVersion), hook) !=
                          std::end(kOfAnyVersion);
}

// Before 9.2 pgstat_report_activity() had the text as its first argument.
bool reports_states(const std::string& version) {
  return major_version(version) == 0 || major_version(version) >= 10 ||
         (version.starts_with("9.") && !version.starts_with("9.0") && !version.starts_with("9.1"));
}

// enum BackendState of include/utils/backend_status.h (pgstat.h in 13).
void fill_in_numbers(int major, wire_server& server) {
  if (major == 0) return;
  server.in_transaction = major >= 18 ? 4 : 3;
  server.fastpath = major >= 18 ? 5 : 4;
}

// Those of include/tcop/cmdtaglist.h that return rows and are not told with a number of them.
void fill_in_tags(const std::vector<std::string>& tags, wire_server& server) {
  static constexpr std::array<std::string_view, WIRE_UNCOUNTED> kUncounted = {"CALL", "EXPLAIN",
                                                                              "SHOW"};
  for (std::size_t i = 0; i < kUncounted.size(); ++i) {
    const auto tag = std::find(tags.begin(), tags.end(), kUncounted[i]);
    if (tag != tags.end()) server.uncounted[i] = static_cast<std::uint32_t>(tag - tags.begin());
  }
}

std::uint64_t address_of(const ElfImage& image, const char* variable, std::uint64_t least_bytes,
                         std::uint64_t most_bytes) {
  const auto found = image.find_variable(variable);
  if (!found || found->bytes < least_bytes || found->bytes > most_bytes) return 0;
  return found->address;
}

// How often the code calls, or jumps to, the functions that hooks go on.
class Callers {
 public:
  Callers(const ElfImage& image, const Code& code) {
    for (const NamedHook& hook : kHooks) {
      for (const Symbol& function : image.find(hook.function))
        callers_.emplace(function.address, 0);
    }
    for (const CodeSegment& segment : code.segments) {
      for_each_far_branch(segment, [this](std::uint64_t, std::uint64_t to, bool) {
        const auto found = callers_.find(to);
        if (found != callers_.end()) ++found->second;
      });
    }
  }
  std::size_t of(std::uint64_t address) const {
    const auto found = callers_.find(address);
    return found == callers_.end() ? 0 : found->second;
  }

 private:
  std::map<std::uint64_t, std::size_t> callers_;
};

// Where each hook of `hooks` goes: bytes in the file, and where it has it in memory.
void place_sites(const ElfImage& image, const Code& code, ServerHooks& hooks) {
  std::vector<Extent> extents;
  for (const FoundHook& hook : hooks.found)
    extents.push_back({hook.function.address, hook.function.bytes});
  const auto inside = probe_points(extents, code, function_starts(image));
  for (std::size_t i = 0; i < extents.size(); ++i) {
    HookSite& site = hooks.found[i].site;
    site.offset = code.file_offset(extents[i].address).value_or(0) + inside[i];
    hooks.server.hooks[site.hook] = extents[i].address + inside[i];
  }
}

// Whether reports of idle are seen: PostgresMain() calls the activity function for them. A compiler
// that knows the whole program may do what that does with this state, and no text, in place of it.
bool sees_idle(const ElfImage& image, const Code& code, const ServerHooks& hooks) {
  const auto main = image.find("PostgresMain");
  if (hooks.server.in_transaction == 0 || main.empty()) return true;
  const auto starts = function_starts(image);
  const DataFlow flow =
      follow({main.front().address, main.front().bytes}, code, [&](std::uint64_t address) {
        return std::binary_search(starts.begin(), starts.end(), address);
      });
  const Value idle = Value::of_number(hooks.server.in_transaction - 2);
  return std::any_of(flow.calls.begin(), flow.calls.end(), [&](const DataFlow::Call& call) {
    return call.target == hooks.found.front().function.address && call.first == idle;
  });
}

// Whether changes of the application are seen: a process tells its name when it begins, and when
// that changes, and a compiler that knows the whole program may put one of the two calls into its
// caller.
bool sees_applications(const Callers& callers, const ServerHooks& hooks) {
  constexpr std::size_t kCalls = 2;
  return std::none_of(hooks.found.begin(), hooks.found.end(), [&](const FoundHook& hook) {
    return hook.site.hook == WIRE_ON_APPLICATION && callers.of(hook.function.address) < kCalls;
  });
}

// A compiler that knows the whole program puts EndCommand() into its callers, and leaves a copy
// that few of them call, or none. Each has called PortalRun() before, whose return tells as much.
// Whether there is a hook on that.
bool see_completions(const Callers& callers, ServerHooks& hooks) {
  std::size_t calls[WIRE_HOOKS] = {};
  std::optional<Symbol> run;
  for (const FoundHook& hook : hooks.found) {
    calls[hook.site.hook] = callers.of(hook.function.address);
    if (hook.site.hook == WIRE_ON_RUN) run = hook.function;
  }
  const bool all_call = calls[WIRE_ON_COMPLETION] >= calls[WIRE_ON_RUN];
  if (!run || (all_call && hooks.server.idle_unseen == 0)) return false;
  hooks.found.push_back({*run, {WIRE_ON_RUN_END, 0}});
  return true;
}

// Why there is no hook on this function; empty where there is one, which is added to `found`.
std::string find_hook(const NamedHook& named, const ElfImage& image, const Code& code,
                      const Callers& callers, std::vector<FoundHook>& found) {
  const auto symbols = image.find(named.function);
  if (symbols.empty()) return fmt::format("it has no {}", named.function);
  const Symbol& function = symbols.front();
  if (const char* why = why_unprobeable(code.at(function.address), running_kernel()))
    return fmt::format("{}: {}", named.function, why);
  // What is never called in a program that calls by name stands in its callers.
  if (named.is_called && callers.of(function.address) == 0 && !found.empty() &&
      callers.of(found.front().function.address) > 0)
    return fmt::format("{} is inlined into its callers", named.function);
  found.push_back({function, {named.hook, 0}});
  return "";
}

// Puts the hooks where they go. False where the server's queries are not seen.
bool place_hooks(const ElfImage& image, const Code& code, ServerHooks& hooks) {
  const Callers callers(image, code);
  for (const NamedHook& named : kHooks) {
    if (!is_of(hooks.major, named.hook)) continue;
    const std::string why = find_hook(named, image, code, callers, hooks.found);
    if (named.hook == WIRE_ON_ACTIVITY && !why.empty()) return false;
    if (named.hook == WIRE_ON_ACTIVITY && !sees_idle(image, code, hooks)) {
      hooks.server.idle_unseen = 1;
      hooks.missing.push_back(
          "commits in executions' durations, fast-path calls, and when a session is idle: reports "
          "of them are inlined into PostgresMain");
    }
    if (named.hook == WIRE_ON_COMPLETION && see_completions(callers, hooks)) continue;
    if (!why.empty()) hooks.missing.push_back(fmt::format("{}: {}", named.tells, why));
  }
  place_sites(image, code, hooks);
  hooks.server.application_unseen = sees_applications(callers, hooks) ? 0 : 1;
  return true;
}

void find_errors(const ElfImage& image, const Code& code, ServerHooks& hooks) {
  const ErrorReports reports = find_error_reports(image, code, hooks.major);
  wire_server& server = hooks.server;
  hooks.known.errors = false;
  if (server.hooks[WIRE_ON_ERROR] == 0) return;
  if (reports.by_level()) server.errors |= WIRE_ERRORS_BY_LEVEL;
  if (reports.by_caller()) server.errors |= WIRE_ERRORS_BY_CALLER;
  hooks.known.errors = server.errors != 0;
  if (!hooks.known.errors) {
    hooks.missing.push_back("errors: the build does not show which of its reports are errors");
    return;
  }
  server.error_depth = reports.depth;
  server.error_bytes = reports.bytes;
  server.sqlstates = reports.sqlstates;
  server.error_levels = reports.levels;
  server.least_error = reports.least_error;
  std::copy(reports.notices.begin(), reports.notices.end(), std::begin(server.notices));
  hooks.known.sqlstates = server.sqlstates != 0;
  if (!hooks.known.sqlstates)
    hooks.missing.push_back("SQLSTATEs: the build does not show where they are");
  if (!reports.by_level())
    hooks.missing.push_back("FATAL errors: the build does not show the levels of errors");
}

// What is read of structures that differ between versions.
void find_measures(const ElfImage& image, const Code& code, ServerHooks& hooks) {
  hooks.known.rows = hooks.major > 0;
  if (hooks.major == 0) return;
  fill_in_tags(image.command_tags, hooks.server);
  if (!find_identity_places(image, code, hooks.major, hooks.server))
    hooks.missing.push_back("who processes are, beyond their titles: the build does not show it");
  // Since PostgreSQL 13 what is read of them comes first in both.
  hooks.server.buffer_usage = address_of(image, "pgBufferUsage", 80, 512);
  hooks.server.wal_usage = address_of(image, "pgWalUsage", 24, 256);
  hooks.server.statements_at = find_portal_statements(image, code).value_or(0);
  hooks.known.query_ids = hooks.server.statements_at != 0;
  hooks.known.buffers = hooks.server.buffer_usage != 0;
  hooks.known.wal = hooks.server.wal_usage != 0;
  if (!hooks.known.query_ids)
    hooks.missing.push_back("query ids: the build does not show where they are");
  if (hooks.server.uncounted[0] == 0)
    hooks.missing.push_back("which rows are lines of EXPLAIN: the build does not show its tags");
  if (!hooks.known.buffers) hooks.missing.push_back("buffers: it has no pgBufferUsage");
  if (!hooks.known.wal) hooks.missing.push_back("WAL: it has no pgWalUsage");
}

}  // namespace

std::optional<std::uint32_t> find_portal_statements(const ElfImage& image, const Code& code) {
  constexpr std::int64_t kLeast = 32;
  constexpr std::int64_t kMost = 512;
  const auto found = image.find("PortalDefineQuery");
  if (found.empty()) return std::nullopt;
  const auto starts = function_starts(image);
  const DataFlow flow =
      follow({found.front().address, found.front().bytes}, code, [&](std::uint64_t address) {
        return std::binary_search(starts.begin(), starts.end(), address);
      });
  std::optional<std::uint32_t> place;
  for (const DataFlow::Access& access : flow.accesses) {
    if (!access.store || access.bytes != 8 || access.stored != Value::argument(4)) continue;
    const std::int64_t at = access.address.number;
    Value portal = access.address;
    portal.number = 0;
    if (portal != Value::argument(0) || at < kLeast || at > kMost || at % 8 != 0 ||
        place.value_or(at) != at)
      return std::nullopt;
    place = static_cast<std::uint32_t>(at);
  }
  return place;
}

std::vector<HookSite> ServerHooks::sites() const {
  std::vector<HookSite> all;
  for (const FoundHook& hook : found)
    all.push_back(hook.site);
  return all;
}

std::optional<ServerHooks> find_server_hooks(const ElfImage& image, const Code& code) {
  if (!reports_states(image.server_version)) return std::nullopt;
  ServerHooks hooks;
  hooks.major = known_version(image.server_version);
  fill_in_numbers(hooks.major, hooks.server);
  if (hooks.major == 0) {
    hooks.missing.push_back(fmt::format(
        "rows, query ids, buffers, WAL, transactions left open, what processes are from their "
        "beginning: {}; known are {}",
        image.server_version.empty() ? "the version of PostgreSQL is not known"
                                     : "it is PostgreSQL " + image.server_version,
        known_versions()));
  }
  if (!place_hooks(image, code, hooks)) return std::nullopt;
  hooks.server.client = address_of(image, "MyProcPort", 8, 8);
  find_errors(image, code, hooks);
  find_measures(image, code, hooks);
  if (hooks.server.application_unseen != 0 && hooks.server.application == 0) {
    hooks.server.application_unseen = 0;
    hooks.missing.push_back(
        "changes of application names: their report is inlined, and it is not known where they "
        "are");
  }
  return hooks;
}

}  // namespace pgrec
