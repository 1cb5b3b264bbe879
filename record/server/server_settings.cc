#include "record/server/server_settings.h"

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>

#include "record/host/proc_path.h"
#include "record/server/control_file.h"
#include "record/server/database_encodings.h"
#include "record/server/known_version.h"
#include "record/server/postmaster.h"
#include "record/server/process_memory.h"

namespace pgrec {
namespace {

// What a variable holds.
enum class Kind {
  kBool,    // bool
  kInt,     // int
  kReal,    // double
  kEnum,    // int: the place of a name in Setting::names
  kString,  // char*
  kZone,    // pg_tz*, which begins with the name of the time zone
};

// What a kInt counts.
enum class Unit {
  kNone,
  kBytes,
  kKilobytes,
  kMegabytes,
  kBlocks,
  kWalBlocks,
  kMilliseconds,
  kSeconds,
};

struct Setting {
  const char* name;
  const char* symbol;
  Kind kind;
  Unit unit = Unit::kNone;
  std::array<const char*, 5> names{};
};

// From guc.c (guc_tables.c since PostgreSQL 16) and the headers of the enums. Where a variable's
// name or type differs between versions, a setting has a row for each, and the one that fits is
// taken.
constexpr Setting kSettings[] = {
    {"autovacuum", "autovacuum_start_daemon", Kind::kBool},
    {"autovacuum_max_workers", "autovacuum_max_workers", Kind::kInt},
    {"autovacuum_naptime", "autovacuum_naptime", Kind::kInt, Unit::kSeconds},
    {"autovacuum_vacuum_scale_factor", "autovacuum_vac_scale", Kind::kReal},
    {"autovacuum_work_mem", "autovacuum_work_mem", Kind::kInt, Unit::kKilobytes},
    {"bgwriter_delay", "BgWriterDelay", Kind::kInt, Unit::kMilliseconds},
    {"bgwriter_lru_maxpages", "bgwriter_lru_maxpages", Kind::kInt},
    {"checkpoint_completion_target", "CheckPointCompletionTarget", Kind::kReal},
    {"checkpoint_timeout", "CheckPointTimeout", Kind::kInt, Unit::kSeconds},
    {"commit_delay", "CommitDelay", Kind::kInt},
    {"compute_query_id",
     "compute_query_id",
     Kind::kEnum,
     Unit::kNone,
     {"off", "on", "auto", "regress"}},
    {"cpu_index_tuple_cost", "cpu_index_tuple_cost", Kind::kReal},
    {"cpu_operator_cost", "cpu_operator_cost", Kind::kReal},
    {"cpu_tuple_cost", "cpu_tuple_cost", Kind::kReal},
    {"data_directory", "DataDir", Kind::kString},
    {"default_statistics_target", "default_statistics_target", Kind::kInt},
    {"effective_cache_size", "effective_cache_size", Kind::kInt, Unit::kBlocks},
    {"effective_io_concurrency", "effective_io_concurrency", Kind::kInt},
    {"fsync", "enableFsync", Kind::kBool},
    {"full_page_writes", "fullPageWrites", Kind::kBool},
    {"hash_mem_multiplier", "hash_mem_multiplier", Kind::kReal},
    {"huge_pages", "huge_pages", Kind::kEnum, Unit::kNone, {"off", "on", "try"}},
    {"jit", "jit_enabled", Kind::kBool},
    {"jit_above_cost", "jit_above_cost", Kind::kReal},
    {"log_min_duration_statement", "log_min_duration_statement", Kind::kInt, Unit::kMilliseconds},
    {"log_statement", "log_statement", Kind::kEnum, Unit::kNone, {"none", "ddl", "mod", "all"}},
    {"log_timezone", "log_timezone", Kind::kZone},
    {"maintenance_io_concurrency", "maintenance_io_concurrency", Kind::kInt},
    {"maintenance_work_mem", "maintenance_work_mem", Kind::kInt, Unit::kKilobytes},
    {"max_connections", "MaxConnections", Kind::kInt},
    {"max_parallel_maintenance_workers", "max_parallel_maintenance_workers", Kind::kInt},
    {"max_parallel_workers", "max_parallel_workers", Kind::kInt},
    {"max_parallel_workers_per_gather", "max_parallel_workers_per_gather", Kind::kInt},
    {"max_wal_size", "max_wal_size_mb", Kind::kInt, Unit::kMegabytes},
    {"max_worker_processes", "max_worker_processes", Kind::kInt},
    {"min_wal_size", "min_wal_size_mb", Kind::kInt, Unit::kMegabytes},
    {"plan_cache_mode",
     "plan_cache_mode",
     Kind::kEnum,
     Unit::kNone,
     {"auto", "force_generic_plan", "force_custom_plan"}},
    {"port", "PostPortNumber", Kind::kInt},
    {"random_page_cost", "random_page_cost", Kind::kReal},
    {"seq_page_cost", "seq_page_cost", Kind::kReal},
    {"session_preload_libraries", "session_preload_libraries_string", Kind::kString},
    {"shared_buffers", "NBuffers", Kind::kInt, Unit::kBlocks},
    {"shared_preload_libraries", "shared_preload_libraries_string", Kind::kString},
    {"synchronous_commit",
     "synchronous_commit",
     Kind::kEnum,
     Unit::kNone,
     {"off", "local", "remote_write", "on", "remote_apply"}},
    {"synchronous_standby_names", "SyncRepStandbyNames", Kind::kString},
    {"temp_buffers", "num_temp_buffers", Kind::kInt, Unit::kBlocks},
    {"TimeZone", "session_timezone", Kind::kZone},
    {"track_activities", "pgstat_track_activities", Kind::kBool},
    {"track_activity_query_size", "pgstat_track_activity_query_size", Kind::kInt, Unit::kBytes},
    {"track_functions", "pgstat_track_functions", Kind::kEnum, Unit::kNone, {"none", "pl", "all"}},
    {"track_io_timing", "track_io_timing", Kind::kBool},
    {"track_wal_io_timing", "track_wal_io_timing", Kind::kBool},
    {"wal_buffers", "XLOGbuffers", Kind::kInt, Unit::kWalBlocks},
    {"wal_compression", "wal_compression", Kind::kBool},  // up to PostgreSQL 14
    {"wal_compression",
     "wal_compression",
     Kind::kEnum,
     Unit::kNone,
     {"off", "pglz", "lz4", "zstd"}},
    {"wal_level", "wal_level", Kind::kEnum, Unit::kNone, {"minimal", "replica", "logical"}},
    {"wal_sync_method",
     "sync_method",
     Kind::kEnum,
     Unit::kNone,  // up to PostgreSQL 15
     {"fsync", "fdatasync", "open_sync", "fsync_writethrough", "open_datasync"}},
    {"wal_sync_method",
     "wal_sync_method",
     Kind::kEnum,
     Unit::kNone,
     {"fsync", "fdatasync", "open_sync", "fsync_writethrough", "open_datasync"}},
    {"work_mem", "work_mem", Kind::kInt, Unit::kKilobytes},
};

constexpr std::size_t kMostStringBytes = 1024;
constexpr std::size_t kMostZoneBytes = 256;  // TZ_STRLEN_MAX of pgtime.h, and its end

struct NamedUnit {
  const char* name;
  std::int64_t count;  // of the least of its kind
};
constexpr std::array<NamedUnit, 5> kMemoryUnits = {
    {{"TB", 1ll << 40}, {"GB", 1ll << 30}, {"MB", 1ll << 20}, {"kB", 1ll << 10}, {"B", 1}}};
constexpr std::array<NamedUnit, 5> kTimeUnits = {
    {{"d", 86'400'000}, {"h", 3'600'000}, {"min", 60'000}, {"s", 1000}, {"ms", 1}}};

// In the greatest unit that it is a whole number of, as convert_int_from_base_unit() in guc.c
// chooses: 16384 kB are 16MB, 90 s are 90s. Nothing for what the unit does not tell of itself.
std::optional<std::string> with_unit(std::int64_t number, Unit unit,
                                     const std::optional<ControlFile>& control) {
  std::int64_t count = 1;
  switch (unit) {
    case Unit::kNone:
    case Unit::kBytes:
    case Unit::kMilliseconds:
      break;
    case Unit::kKilobytes:
      count = 1 << 10;
      break;
    case Unit::kMegabytes:
      count = 1 << 20;
      break;
    case Unit::kSeconds:
      count = 1000;
      break;
    case Unit::kBlocks:
    case Unit::kWalBlocks:
      if (!control) return std::nullopt;
      count = unit == Unit::kBlocks ? control->block_bytes : control->wal_block_bytes;
      break;
  }
  // Zero and -1 are no amounts but words, such as "off" and "chosen by the server".
  if (unit == Unit::kNone || number <= 0) return std::to_string(number);
  const bool is_time = unit == Unit::kMilliseconds || unit == Unit::kSeconds;
  for (const NamedUnit& named : is_time ? kTimeUnits : kMemoryUnits) {
    if (number * count % named.count == 0)
      return std::to_string(number * count / named.count) + named.name;
  }
  return std::nullopt;
}

std::uint64_t bytes_of(Kind kind) {
  switch (kind) {
    case Kind::kBool:
      return sizeof(bool);
    case Kind::kInt:
    case Kind::kEnum:
      return sizeof(std::int32_t);
    case Kind::kReal:
      return sizeof(double);
    case Kind::kString:
    case Kind::kZone:
      return sizeof(char*);
  }
  return 0;
}

std::optional<std::string> read_setting(const Setting& setting, const ProcessMemory& memory,
                                        std::uint64_t address,
                                        const std::optional<ControlFile>& control) {
  switch (setting.kind) {
    case Kind::kBool: {
      const auto value = memory.read<std::uint8_t>(address);
      if (!value || *value > 1) return std::nullopt;
      return *value ? "on" : "off";
    }
    case Kind::kInt: {
      const auto value = memory.read<std::int32_t>(address);
      if (!value) return std::nullopt;
      return with_unit(*value, setting.unit, control);
    }
    case Kind::kReal: {
      const auto value = memory.read<double>(address);
      if (!value) return std::nullopt;
      std::array<char, 32> text{};
      std::snprintf(text.data(), text.size(), "%g", *value);
      return text.data();
    }
    case Kind::kEnum: {
      const auto value = memory.read<std::uint32_t>(address);
      if (!value || *value >= setting.names.size() || !setting.names[*value]) return std::nullopt;
      return setting.names[*value];
    }
    case Kind::kString: {
      const auto pointer = memory.read<std::uint64_t>(address);
      if (!pointer) return std::nullopt;
      if (*pointer == 0) return "";
      auto text = memory.read_string(*pointer, kMostStringBytes);
      if (text && text->size() == kMostStringBytes) text.reset();
      return text;
    }
    case Kind::kZone: {
      const auto pointer = memory.read<std::uint64_t>(address);
      if (!pointer || *pointer == 0) return std::nullopt;
      auto name = memory.read_string(*pointer, kMostZoneBytes);
      if (name && (name->empty() || name->size() == kMostZoneBytes)) name.reset();
      return name;
    }
  }
  return std::nullopt;
}

void add(const std::string& name, std::string text, Metadata& facts) {
  facts.emplace_back("server.setting." + name, std::move(text));
}

}  // namespace

Metadata read_server_settings(std::uint32_t pid, const ElfImage& image) {
  const auto bias = load_bias(pid, image);
  if (!bias) return {};
  const ProcessMemory memory(pid);
  const auto control = read_control_file(pid);
  const bool known = known_version(image.server_version) > 0;
  Metadata facts;
  for (const Setting& setting : kSettings) {
    if (setting.kind == Kind::kEnum && !known) continue;
    const auto variable = image.find_variable(setting.symbol);
    if (!variable || variable->bytes != bytes_of(setting.kind)) continue;
    auto text = read_setting(setting, memory, *bias + variable->address, control);
    if (text) add(setting.name, std::move(*text), facts);
  }
  if (facts.empty()) return facts;
  const auto space = pid_namespace(pid);
  if (space) facts.emplace_back("server.pid_namespace", std::to_string(*space));
  if (!control) return facts;
  facts.emplace_back("server.system_identifier", std::to_string(control->system_identifier));
  if (known) {
    for (auto& fact : read_database_encodings(pid, control->block_bytes))
      facts.push_back(std::move(fact));
  }
  add("block_size", std::to_string(control->block_bytes), facts);
  if (control->checksum_version <= 1)
    add("data_checksums", control->checksum_version == 1 ? "on" : "off", facts);
  add("wal_segment_size", *with_unit(control->wal_segment_bytes, Unit::kBytes, control), facts);
  return facts;
}

Metadata read_server_settings(const std::string& binary, const ElfImage& image,
                              const std::vector<std::uint32_t>& pids) {
  const auto postmaster = find_postmaster(binary, pids);
  return postmaster ? read_server_settings(*postmaster, image) : Metadata{};
}

}  // namespace pgrec
