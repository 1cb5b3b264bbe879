#include "record/server/running_queries.h"

#include <algorithm>
#include <ctime>

#include "record/server/process_identity.h"
#include "record/server/process_memory.h"

namespace pgrec {
namespace {

constexpr std::size_t kApplicationBytes = 64;  // NAMEDATALEN

// The beginning of PgBackendStatus of include/utils/backend_status.h (pgstat.h in 13).
struct BackendStatus {
  std::int32_t change_count;
  std::int32_t pid;
  std::int32_t backend_type;
  std::int64_t process_began_us;  // since 2000, UTC, like the others
  std::int64_t transaction_began_us;
  std::int64_t activity_began_us;
  std::int64_t state_began_us;
};
// Its BackendState, in PostgreSQL 13 to 18.
constexpr std::uint64_t kStateAt = 232;

// BufferUsage and WalUsage of include/executor/instrument.h begin so.
struct BufferUsage {
  std::uint64_t shared[4], local[4], temp[2];
};
struct WalUsage {
  std::uint64_t records, fpi, bytes;
};

class Look {
 public:
  Look(std::uint32_t pid, const ElfImage& image, std::uint64_t bias)
      : memory_(pid), image_(image), bias_(bias) {}

  template <typename Value>
  std::optional<Value> at(std::uint64_t address) const {
    if (address == 0) return std::nullopt;
    return memory_.read<Value>(bias_ + address);
  }
  // What a global variable holds.
  template <typename Value>
  std::optional<Value> global(const char* name) const {
    const auto variable = image_.find_variable(name);
    if (!variable || variable->bytes != sizeof(Value)) return std::nullopt;
    return at<Value>(variable->address);
  }
  const ProcessMemory& memory() const { return memory_; }

 private:
  ProcessMemory memory_;
  const ElfImage& image_;
  std::uint64_t bias_;
};

struct Status {
  std::uint64_t address = 0;
  BackendStatus begins{};
};

std::optional<Status> status_of(const Look& look, std::uint32_t pid) {
  const auto entry = look.global<std::uint64_t>("MyBEEntry");
  if (!entry || *entry == 0) return std::nullopt;
  const auto status = look.memory().read<BackendStatus>(*entry);
  // In a namespace of its own the process has another number.
  if (!status || (status->pid != static_cast<std::int32_t>(pid) && status->pid <= 0))
    return std::nullopt;
  return Status{*entry, *status};
}

// How long ago it was `began_us`, where that can be.
std::optional<Duration> time_since(std::int64_t began_us, const BackendStatus& status) {
  constexpr std::int64_t kUnixToPostgresUs = 946'684'800'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const std::int64_t now_us = now.tv_sec * 1'000'000ll + now.tv_nsec / 1000 - kUnixToPostgresUs;
  if (began_us < status.process_began_us || began_us > now_us) return std::nullopt;
  return std::chrono::microseconds(now_us - began_us);
}

// Of BackendState, STATE_FASTPATH stands between the two.
void look_at_transaction(const Look& look, const ServerHooks& hooks, ServerProcess& process) {
  const std::uint32_t open = hooks.server.in_transaction;
  const auto status = open > 0 ? status_of(look, process.pid) : std::nullopt;
  if (!status) return;
  const auto state = look.memory().read<std::uint32_t>(status->address + kStateAt);
  if (!state || (*state != open && *state != open + 2)) return;
  process.in_transaction = true;
  process.in_failed_transaction = *state == open + 2;
  process.running = time_since(status->begins.state_began_us, status->begins);
}

std::optional<ServerProcess> look_at(std::uint32_t pid, const ElfImage& image,
                                     const ServerHooks& hooks, std::size_t most_bytes) {
  const auto bias = load_bias(pid, image);
  if (!bias) return std::nullopt;
  const Look look(pid, image, *bias);
  ServerProcess process;
  process.pid = pid;
  const auto client = look.at<std::uint64_t>(hooks.server.client);
  if (!client) return std::nullopt;
  process.client = *client != 0;
  process.identity = read_identity(pid, look.memory(), *bias, hooks.server);
  if (const auto name = look.global<std::uint64_t>("application_name"); name && *name != 0)
    process.application = look.memory().read_string(*name, kApplicationBytes).value_or("");
  if (const auto users = process.identity.users; users.user != users.session_user) {
    if (const auto name = look.global<std::uint64_t>("role_string"); name && *name != 0)
      process.role = look.memory().read_string(*name, kApplicationBytes).value_or("");
  }
  const auto query = look.global<std::uint64_t>("debug_query_string");
  if (!query) return process;
  if (*query == 0) {
    look_at_transaction(look, hooks, process);
    return process;
  }
  process.query = look.memory().read_string(*query, most_bytes + 1);
  if (!process.query) return process;
  process.cut = process.query->size() > most_bytes;
  process.query->resize(std::min(process.query->size(), most_bytes));
  const auto status = hooks.major > 0 ? status_of(look, pid) : std::nullopt;
  if (status) process.running = time_since(status->begins.activity_began_us, status->begins);
  if (const auto usage = look.at<BufferUsage>(hooks.server.buffer_usage)) {
    for (int i = 0; i < 4; ++i)
      process.usage[WIRE_SHARED_HIT + i] = usage->shared[i];
    process.usage[WIRE_TEMP_READ] = usage->temp[0];
    process.usage[WIRE_TEMP_WRITTEN] = usage->temp[1];
  }
  if (const auto usage = look.at<WalUsage>(hooks.server.wal_usage)) {
    process.usage[WIRE_WAL_RECORDS] = usage->records;
    process.usage[WIRE_WAL_FPI] = usage->fpi;
    process.usage[WIRE_WAL_BYTES] = usage->bytes;
  }
  return process;
}

}  // namespace

std::vector<ServerProcess> look_at_processes(const std::vector<std::uint32_t>& pids,
                                             const ElfImage& image, const ServerHooks& hooks,
                                             std::size_t most_bytes) {
  std::vector<ServerProcess> processes;
  for (const std::uint32_t pid : pids) {
    if (auto process = look_at(pid, image, hooks, most_bytes))
      processes.push_back(std::move(*process));
  }
  return processes;
}

}  // namespace pgrec
