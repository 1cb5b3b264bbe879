#include "record/server/server_hooks.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "record/binary/machine_code.h"
#include "record/binary/probe_point.h"
#include "record/binary/uprobe_rules.h"
#include "record/host/kernel_version.h"

namespace pgrec {
namespace {

// Numbers of the registers that arguments come in.
constexpr int kFirstArgument = 7;  // rdi
constexpr int kFifthArgument = 8;  // r8

struct NamedHook {
  wire_hook hook;
  const char* function;
  const char* tells;  // what is not known without it
};
constexpr std::array<NamedHook, WIRE_HOOKS> kHooks = {{
    {WIRE_ON_ACTIVITY, "pgstat_report_activity", "queries"},
    {WIRE_ON_RUN, "PortalRun", "when a statement runs"},
    {WIRE_ON_COMPLETION, "EndCommand", "completions and rows"},
    {WIRE_ON_REPLICATION_DONE, "EndReplicationCommand", "completions of replication commands"},
    {WIRE_ON_ERROR, "EmitErrorReport", "errors"},
    {WIRE_ON_TITLE, "init_ps_display", "what processes are from their beginning"},
    {WIRE_ON_APPLICATION, "pgstat_report_appname", "application names"},
    {WIRE_ON_REPLICATION, "exec_replication_command", "what walsenders refuse"},
    {WIRE_ON_WORKER, "BecomeLockGroupMember", "the parallel workers of a process"},
}};

// The versions whose numbers of BackendState and of error levels are known.
constexpr int kOldest = 13;
constexpr int kNewest = 18;

// The major version in `version`; 0 where its numbers are not known.
int known_version(const std::string& version) {
  const int major = major_version(version);
  return major >= kOldest && major <= kNewest ? major : 0;
}

// enum BackendState of include/utils/backend_status.h (pgstat.h in 13), and ERROR of
// include/utils/elog.h.
void fill_in_numbers(int major, wire_server& server) {
  if (major == 0) return;
  server.in_transaction = major >= 18 ? 4 : 3;
  server.fastpath = major >= 18 ? 5 : 4;
  server.least_error = major >= 14 ? 21 : 20;
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

// What one function's code says.
template <typename Find>
auto look_into(const char* function, const ElfImage& image, const Code& code, Find find)
    -> decltype(find(ByteView{}, 0)) {
  const auto found = image.find(function);
  if (found.empty()) return std::nullopt;
  const ByteView bytes = code.at(found.front().address);
  return find(bytes.first(std::min<std::size_t>(bytes.size(), found.front().bytes)),
              found.front().address);
}

// Calls visit(operation) for the instructions up to the first that may go elsewhere, until it
// returns false. A jump to an error's end, which is not taken, is passed over.
template <typename Visit>
void walk(ByteView code, std::uint64_t address, Visit visit) {
  while (const auto instruction = decode_instruction(code, address)) {
    using Kind = Instruction::Kind;
    if (instruction->kind == Kind::kReturn || instruction->kind == Kind::kJump ||
        instruction->kind == Kind::kCall || instruction->kind == Kind::kIndirectCall ||
        instruction->kind == Kind::kIndirectJump || instruction->kind == Kind::kTrap) {
      return;
    }
    if (const auto operation = decode_operation(code, address); operation && !visit(*operation))
      return;
    code = code.subspan(instruction->length_bytes);
    address += instruction->length_bytes;
  }
}

}  // namespace

std::optional<std::uint32_t> find_portal_statements(ByteView code, std::uint64_t address) {
  constexpr std::int64_t kLeast = 32;
  constexpr std::int64_t kMost = 512;
  std::optional<std::uint32_t> found;
  walk(code, address, [&](const Operation& operation) {
    const Operand& to = operation.operands[0];
    const Operand& from = operation.operands[1];
    const bool stores = operation.kind == Operation::Kind::kMove &&
                        to.kind == Operand::Kind::kMemory && to.base == kFirstArgument &&
                        to.index == Operand::kNone && to.bytes == 8 &&
                        from.kind == Operand::Kind::kRegister && from.base == kFifthArgument;
    if (!stores || to.value < kLeast || to.value > kMost || to.value % 8 != 0) return true;
    found = static_cast<std::uint32_t>(to.value);
    return false;
  });
  return found;
}

// As PostgreSQL 13 and 15 to 18 are compiled:
//     movslq depth(%rip), %rax;  test, js
//     imul   $184, %rax, %rax    or: lea (%rax,%rax,2), %rax; shl $6, %rax
//     lea    errors(%rip), %rdx
//     mov    %edi, 48(%rdx,%rax)
std::optional<ErrorStack> find_error_stack(ByteView code, std::uint64_t address) {
  constexpr std::int64_t kLeastBytes = 64;
  constexpr std::int64_t kMostBytes = 1024;
  ErrorStack stack;
  std::int64_t factor = 1;
  bool complete = false;
  walk(code, address, [&](const Operation& operation) {
    using Kind = Operation::Kind;
    const auto& [to, from, by] = operation.operands;
    switch (operation.kind) {
      case Kind::kMove:
        if (from.kind == Operand::Kind::kMemory && from.relative && from.bytes == 4)
          stack.depth = static_cast<std::uint64_t>(from.value);
        if (to.kind == Operand::Kind::kMemory && to.bytes == 4 &&
            from.kind == Operand::Kind::kRegister && from.base == kFirstArgument &&
            to.index != Operand::kNone && to.scale == 1) {
          stack.sqlstate = static_cast<std::uint32_t>(to.value);
          complete = true;
        }
        return !complete;
      case Kind::kLoadAddress:
        if (from.relative) {
          stack.errors = static_cast<std::uint64_t>(from.value);
        } else if (from.base == from.index && from.value == 0) {
          factor *= 1 + from.scale;
        }
        return true;
      case Kind::kMultiply:
        if (by.kind == Operand::Kind::kImmediate) factor *= by.value;
        return true;
      case Kind::kShiftLeft:
        if (from.kind == Operand::Kind::kImmediate && from.value < 16) factor <<= from.value;
        return true;
      case Kind::kOther:
        return true;
    }
    return true;
  });
  if (!complete || stack.depth == 0 || stack.errors == 0 || factor < kLeastBytes ||
      factor > kMostBytes || factor % 8 != 0 || stack.sqlstate % 4 != 0 ||
      stack.sqlstate >= static_cast<std::uint64_t>(factor)) {
    return std::nullopt;
  }
  stack.bytes = static_cast<std::uint32_t>(factor);
  return stack;
}

std::vector<HookSite> ServerHooks::sites() const {
  std::vector<HookSite> all;
  for (const FoundHook& hook : found)
    all.push_back(hook.site);
  return all;
}

std::optional<ServerHooks> find_server_hooks(const ElfImage& image, const Code& code) {
  ServerHooks hooks;
  std::vector<Extent> extents;
  for (const NamedHook& named : kHooks) {
    const auto found = image.find(named.function);
    if (found.empty()) {
      if (named.hook == WIRE_ON_ACTIVITY) return std::nullopt;
      hooks.missing.push_back(std::string(named.tells) + ": it has no " + named.function);
      continue;
    }
    if (const char* why = why_unprobeable(code.at(found.front().address), running_kernel())) {
      if (named.hook == WIRE_ON_ACTIVITY) return std::nullopt;
      hooks.missing.push_back(fmt::format("{}: {}: {}", named.tells, named.function, why));
      continue;
    }
    hooks.found.push_back({found.front(), {named.hook, 0}});
    extents.push_back({found.front().address, found.front().bytes});
  }
  const auto inside = probe_points(extents, code, function_starts(image));
  for (std::size_t i = 0; i < extents.size(); ++i) {
    HookSite& site = hooks.found[i].site;
    site.offset = code.file_offset(extents[i].address).value_or(0) + inside[i];
    hooks.server.hooks[site.hook] = extents[i].address + inside[i];
  }

  hooks.major = known_version(image.server_version);
  fill_in_numbers(hooks.major, hooks.server);
  fill_in_tags(image.command_tags, hooks.server);
  hooks.server.client = address_of(image, "MyProcPort", 8, 8);
  hooks.server.worker = address_of(image, "MyBgworkerEntry", 8, 8);
  // Since PostgreSQL 13 what is read of them comes first in both.
  hooks.server.buffer_usage = address_of(image, "pgBufferUsage", 80, 512);
  hooks.server.wal_usage = address_of(image, "pgWalUsage", 24, 256);
  const auto statements = look_into("PortalDefineQuery", image, code, find_portal_statements);
  hooks.server.statements_at = statements.value_or(0);
  const auto errors = look_into("errcode", image, code, find_error_stack);
  if (errors && hooks.major > 0) {
    hooks.server.error_depth = errors->depth;
    hooks.server.errors = errors->errors;
    hooks.server.error_bytes = errors->bytes;
    hooks.server.sqlstate_at = errors->sqlstate;
  }
  hooks.known.query_ids = hooks.server.statements_at != 0;
  hooks.known.buffers = hooks.server.buffer_usage != 0;
  hooks.known.wal = hooks.server.wal_usage != 0;
  hooks.known.sqlstates = hooks.server.errors != 0 && hooks.server.hooks[WIRE_ON_ERROR] != 0;
  if (!hooks.known.sqlstates)
    hooks.missing.push_back("errors: the build does not show where they are");
  if (!hooks.known.query_ids)
    hooks.missing.push_back("query ids: the build does not show where they are");
  if (hooks.major > 0 && hooks.server.uncounted[0] == 0)
    hooks.missing.push_back("which rows are lines of EXPLAIN: the build does not show its tags");
  if (!hooks.known.buffers) hooks.missing.push_back("buffers: it has no pgBufferUsage");
  if (!hooks.known.wal) hooks.missing.push_back("WAL: it has no pgWalUsage");
  return hooks;
}

}  // namespace pgrec
