#include "record/server/process_identity.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "format/postgres/process_title.h"
#include "record/host/descriptor.h"
#include "record/host/proc_path.h"

namespace pgrec {
namespace {

constexpr std::string_view kClient = "client backend";
constexpr std::string_view kWalsender = "walsender";
constexpr std::string_view kWorker = "background worker";
constexpr std::string_view kAutovacuum = "autovacuum worker";

// So much of a title that was cut is no accident.
constexpr std::size_t kLeastOfCut = 32;

// BackendType of miscadmin.h, in the words of its GetBackendTypeDesc(); from 0 on.
using Types = std::array<const char*, 18>;
constexpr Types kTypes13 = {nullptr,
                            "autovacuum launcher",
                            "autovacuum worker",
                            "client backend",
                            "background worker",
                            "background writer",
                            "checkpointer",
                            "startup",
                            "walreceiver",
                            "walsender",
                            "walwriter",
                            "archiver",
                            "stats collector",
                            "logger"};
constexpr Types kTypes15 = {nullptr,
                            "autovacuum launcher",
                            "autovacuum worker",
                            "client backend",
                            "background worker",
                            "background writer",
                            "checkpointer",
                            "startup",
                            "walreceiver",
                            "walsender",
                            "walwriter",
                            "archiver",
                            "logger"};
constexpr Types kTypes16 = {nullptr,
                            "archiver",
                            "autovacuum launcher",
                            "autovacuum worker",
                            "client backend",
                            "background worker",
                            "background writer",
                            "checkpointer",
                            "logger",
                            "standalone backend",
                            "startup",
                            "walreceiver",
                            "walsender",
                            "walwriter"};
constexpr Types kTypes17 = {nullptr,
                            "client backend",
                            "autovacuum launcher",
                            "autovacuum worker",
                            "background worker",
                            "walsender",
                            "slotsync worker",
                            "standalone backend",
                            "archiver",
                            "background writer",
                            "checkpointer",
                            "startup",
                            "walreceiver",
                            "walsummarizer",
                            "walwriter",
                            "logger"};
constexpr Types kTypes18 = {nullptr,
                            "client backend",
                            "dead-end client backend",
                            "autovacuum launcher",
                            "autovacuum worker",
                            "background worker",
                            "walsender",
                            "slotsync worker",
                            "standalone backend",
                            "archiver",
                            "background writer",
                            "checkpointer",
                            "io worker",
                            "startup",
                            "walreceiver",
                            "walsummarizer",
                            "walwriter",
                            "logger"};

const Types* types_of(std::uint32_t major) {
  switch (major) {
    case 13:
    case 14:
      return &kTypes13;
    case 15:
      return &kTypes15;
    case 16:
      return &kTypes16;
    case 17:
      return &kTypes17;
    case 18:
      return &kTypes18;
    default:
      return nullptr;
  }
}

template <std::size_t kBytes>
std::string_view text(const char (&bytes)[kBytes]) {
  return {bytes, ::strnlen(bytes, kBytes)};
}

// What stands behind `part` in the title, where it begins so: init_ps_display() of ps_status.c puts
// the cluster's name before it, where it has one, and a blank behind it. The room for titles is
// that of the server's command line and environment: where it ends within `part`, nothing is behind
// it.
std::optional<std::string_view> behind(std::string_view title, const std::string& part) {
  if (!title.starts_with(kTitleStart)) return std::nullopt;
  for (std::size_t at = kTitleStart.size();;) {
    const std::string_view rest = title.substr(at);
    if (rest.starts_with(part) && (rest.size() == part.size() || rest[part.size()] == ' '))
      return rest.substr(std::min(part.size() + 1, rest.size()));
    if (rest.size() >= kLeastOfCut && part.starts_with(rest)) return std::string_view();
    const std::size_t colon = title.find(": ", at);
    if (colon == title.npos) return std::nullopt;
    at = colon + 2;
  }
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

// BackendInitialize() of postmaster.c, since 18 of backend_startup.c, makes their titles. Before 18
// that of a walsender leaves its database out.
std::optional<ProcessWho> identify_client(const wire_identity& identity, std::string_view type,
                                          std::string_view title) {
  const std::string user(text(identity.user_name));
  const std::string database(text(identity.database_name));
  if (user.empty()) return std::nullopt;
  const std::string start = type == kWalsender ? std::string(kWalsender) + " " : "";
  auto rest = database.empty() ? std::nullopt : behind(title, start + user + " " + database);
  if (!rest && type == kWalsender) rest = behind(title, start + user);
  if (!rest) return std::nullopt;
  return ProcessWho{std::string(type), database, user, std::string(first_word(*rest))};
}

}  // namespace

std::optional<ProcessWho> identify(const wire_identity& identity) {
  const Types* const types = types_of(identity.major);
  if (!types || identity.backend_type >= types->size()) return std::nullopt;
  const char* const type = (*types)[identity.backend_type];
  if (!type) return std::nullopt;
  const std::string_view title = text(identity.title);
  if (type == kClient || type == kWalsender) {
    if (identity.has_client == 0) return std::nullopt;
    return identify_client(identity, type, title);
  }
  ProcessWho who;
  who.backend_type = type;
  if (type == kWorker) {
    const std::string name(text(identity.worker_name));
    if (name.empty() || !behind(title, name)) return std::nullopt;
    // pg_stat_activity shows this of them; the server puts bgw_name there where it is empty.
    if (const auto worker = text(identity.worker_type); !worker.empty()) who.backend_type = worker;
    return who;
  }
  const auto rest = behind(title, type);
  if (!rest) return std::nullopt;
  // AutoVacWorkerMain() of autovacuum.c: once it is connected, all that follows; but one that waits
  // for a lock says so behind it.
  if (type == kAutovacuum && !rest->ends_with(" waiting")) who.database = *rest;
  return who;
}

wire_identity read_identity(std::uint32_t pid, const ProcessMemory& memory, std::uint64_t bias,
                            const wire_server& server) {
  wire_identity identity{};
  const auto number = [&](std::uint64_t variable) {
    return variable ? memory.read<std::uint32_t>(bias + variable).value_or(0) : 0;
  };
  const auto pointer = [&](std::uint64_t place) {
    return place ? memory.read<std::uint64_t>(place).value_or(0) : 0;
  };
  const auto fill = [&](auto& name, std::uint64_t from) {
    if (from) {
      const std::string found = memory.read_string(from, sizeof name - 1).value_or("");
      std::copy(found.begin(), found.end(), std::begin(name));
    }
  };
  identity.major = server.major;
  identity.backend_type = number(server.backend_type);
  identity.database = number(server.database);
  identity.login = number(server.login);
  identity.users = {number(server.session_user), number(server.user)};
  const std::uint64_t port = server.client ? pointer(bias + server.client) : 0;
  identity.has_client = port != 0;
  if (port && server.user_name_at) {
    fill(identity.user_name, pointer(port + server.user_name_at));
    fill(identity.database_name, pointer(port + server.database_name_at));
  }
  if (server.application) fill(identity.application, pointer(bias + server.application));
  const std::uint64_t worker = !port && server.worker ? pointer(bias + server.worker) : 0;
  fill(identity.worker_name, worker);
  if (worker) fill(identity.worker_type, worker + WIRE_WORKER_BYTES);
  const Descriptor file(::open(proc_path(pid, "cmdline").c_str(), O_RDONLY | O_CLOEXEC));
  if (file.is_open() && ::read(file.get(), identity.title, sizeof identity.title - 1) < 0)
    identity.title[0] = '\0';
  return identity;
}

ProcessWho client_with_title(std::string_view title) {
  const ProcessIdentity said = parse_process_title(title);
  ProcessWho who;
  if (said.backend_type == kClient || said.backend_type == kWalsender) {
    who = {*said.backend_type, said.database.value_or(""), said.user.value_or(""),
           said.client.value_or("")};
  } else {
    who.backend_type = kClient;
  }
  return who;
}

}  // namespace pgrec
