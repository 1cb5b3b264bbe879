#include "record/kernel/loading.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "bpf/pgrec.skel.h"
#include "format/error.h"
#include "format/frame/file.h"
#include "format/table/log_histogram.h"
#include "record/host/proc_path.h"
#include "record/kernel/load_error.h"
#include "record/kernel/uprobe_multi.h"

namespace pgrec {
namespace {

// Their room is taken at once: programs on probes may not ask for memory before Linux 6.1.
constexpr std::uint32_t kMostTargets = 65536;
constexpr std::uint32_t kMostThreads = 16384;  // 26 MB
constexpr std::uint32_t kMostKnownTexts = 65536;

// Every probe takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

Descriptor create_map(bpf_map_type type, const char* name, std::uint32_t value_bytes,
                      std::uint64_t entries, std::uint32_t flags) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
  Descriptor map(bpf_map_create(type, name, value_bytes > 0 ? 4 : 0, value_bytes,
                                static_cast<std::uint32_t>(entries), &options));
  if (!map.is_open()) throw_load_error(errno);
  return map;
}

// Has the kernel side number processes as this process sees them.
void use_own_pid_namespace(pgrec_bpf& skeleton) {
  constexpr std::uint64_t kInitial = 0xEFFFFFFC;  // PROC_PID_INIT_INO of include/linux/proc_ns.h
  const std::uint64_t own = own_pid_namespace().value_or(kInitial);
  if (own != kInitial) skeleton.rodata->pidns_inum = static_cast<std::uint32_t>(own);
}

// Nobody can make two texts with one hash who does not know it.
void make_hash_key(pgrec_bpf& skeleton) {
  auto& key = skeleton.rodata->hash_key;
  if (::getrandom(const_cast<__u64*>(key), sizeof key, 0) != sizeof key)
    throw Error("there are no random numbers: " + reason_of(errno));
}

// `like`: a ring of the size that all event rings have; knowing it, the kernel inlines the lookup.
// It stays open until the programs are loaded.
void make_room_for_rings(pgrec_bpf& skeleton, const SessionConfig& config, std::uint32_t cpus,
                         const Descriptor& like) {
  const auto& maps = skeleton.maps;
  skeleton.rodata->slot_mask = static_cast<std::uint32_t>(event_slots(config) - 1);
  throw_if_failed(bpf_map__set_max_entries(maps.event_rings, cpus));
  throw_if_failed(bpf_map__set_inner_map_fd(maps.event_rings, like.get()));
  throw_if_failed(bpf_map__set_max_entries(maps.positions, cpus));
  throw_if_failed(bpf_map__set_max_entries(maps.record_rings, cpus));
}

// The probes, what of their hits is filtered, and the counts.
void configure_probes(pgrec_bpf& skeleton, const SessionConfig& config) {
  const auto& maps = skeleton.maps;
  const auto min_duration_ns = static_cast<std::uint64_t>(config.min_duration.count());
  const std::uint32_t short_rows = LogHistogram::row_of(min_duration_ns) + 1;
  const std::uint32_t counted = config.probes + 2;  // with the hooks and a trial
  skeleton.rodata->filter_by_pid = config.pids.empty() ? 0 : 1;
  skeleton.rodata->hooks_probe = config.probes;
  skeleton.rodata->min_duration_ns = min_duration_ns;
  skeleton.rodata->short_rows = short_rows;
  skeleton.rodata->sample_every = config.sample_every;
  throw_if_failed(bpf_map__set_max_entries(maps.counters, counted));
  if (config.usdt) throw_if_failed(bpf_map__set_max_entries(maps.sites, kMostSites));
  if (!config.pids.empty()) {
    throw_if_failed(bpf_map__set_max_entries(maps.targets, kMostTargets));
    throw_if_failed(bpf_map__set_max_entries(maps.leaders, kMostTargets));
  }
  if (min_duration_ns > 0 || config.sample_every > 1)
    throw_if_failed(bpf_map__set_max_entries(maps.threads, kMostThreads));
  if (min_duration_ns > 0) {
    throw_if_failed(bpf_map__set_max_entries(maps.short_calls, counted));
    throw_if_failed(bpf_map__set_value_size(maps.short_calls, 8 * (WIRE_OCTAVES + short_rows)));
  }
}

void configure_queries(pgrec_bpf& skeleton, const SessionConfig& config) {
  const auto& maps = skeleton.maps;
  skeleton.rodata->text_limit = config.text_limit_bytes;
  skeleton.rodata->message_at = config.message_at;
  make_hash_key(skeleton);
  if (config.queries) {
    throw_if_failed(bpf_map__set_max_entries(config.slow ? maps.slow_statements : maps.statements,
                                             kMostThreads));
    if (!config.slow) throw_if_failed(bpf_map__set_max_entries(maps.known_texts, kMostKnownTexts));
  }
  if (config.slow) {
    skeleton.rodata->tells_slow = 1;
    skeleton.rodata->slow_ns = static_cast<std::uint64_t>(config.slow->threshold.count());
    skeleton.rodata->tells_errors = config.slow->errors ? 1 : 0;
  }
}

// What nobody needs in this recording is not loaded: the verifier takes its time for each program.
void choose_programs(LoadedPrograms& loaded, const SessionConfig& config) {
  const auto& programs = loaded.skeleton->progs;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, loaded.skeleton->obj)
      bpf_program__set_autoload(program, false);
  if (config.probes > 0) loaded.of_probes = {programs.on_enter, programs.on_exit};
  if (config.usdt) loaded.of_probes.push_back(programs.on_point);
  for (int hook = 0; config.queries && hook < WIRE_HOOKS; ++hook) {
    if (hook != WIRE_ON_WORKER || !config.pids.empty())
      loaded.of_probes.push_back(loaded.program_of(static_cast<wire_hook>(hook)));
  }
  for (bpf_program* needed : loaded.of_probes)
    bpf_program__set_autoload(needed, true);
  bpf_program__set_autoload(programs.on_thread_exit, true);
  bpf_program__set_autoload(programs.on_fork, !config.pids.empty());
}

void choose_attach_method(LoadedPrograms& loaded, AttachMethod asked) {
  loaded.uprobe_multi = asked != AttachMethod::kPerfEvent && has_uprobe_multi();
  if (asked == AttachMethod::kUprobeMulti && !loaded.uprobe_multi) {
    throw Error("this kernel has no uprobe_multi links",
                "it came with Linux 6.6; leave --attach out");
  }
  if (!loaded.uprobe_multi) return;
  for (bpf_program* program : loaded.of_probes) {
    bpf_program__set_expected_attach_type(program,
                                          static_cast<bpf_attach_type>(kUprobeMultiAttachType));
  }
}

// The programs for `hook`: of a recording, and of a slow-query log.
std::array<bpf_program*, 2> programs_of(wire_hook hook, const pgrec_bpf& skeleton) {
  const auto& programs = skeleton.progs;
  switch (hook) {
    case WIRE_ON_ACTIVITY:
      return {programs.on_activity, programs.slow_on_activity};
    case WIRE_ON_RUN:
      return {programs.on_run, programs.slow_on_run};
    case WIRE_ON_COMPLETION:
      return {programs.on_completion, programs.slow_on_completion};
    case WIRE_ON_REPLICATION_DONE:
      return {programs.on_replication_done, programs.slow_on_replication_done};
    case WIRE_ON_ERROR:
      return {programs.on_error, programs.slow_on_error};
    case WIRE_ON_TITLE:
      return {programs.on_title, programs.on_title};
    case WIRE_ON_APPLICATION:
      return {programs.on_application, programs.on_application};
    case WIRE_ON_ROLE:
      return {programs.on_role, programs.on_role};
    case WIRE_ON_SESSION_USER:
      return {programs.on_session_user, programs.on_session_user};
    case WIRE_ON_REPLICATION:
      return {programs.on_replication, programs.slow_on_replication};
    case WIRE_ON_WORKER:
      return {programs.on_worker, programs.on_worker};
    case WIRE_ON_RUN_END:
      return {programs.on_run_end, programs.slow_on_run_end};
    case WIRE_HOOKS:
      break;
  }
  return {};
}

}  // namespace

bpf_program* LoadedPrograms::program_of(wire_hook hook) const {
  return programs_of(hook, *skeleton)[slow ? 1 : 0];
}

std::uint64_t event_slots(const SessionConfig& config) {
  return config.ring_bytes / sizeof(wire_hit);
}

std::uint64_t record_bytes(const SessionConfig& config) {
  return std::max<std::uint64_t>(
      config.record_ring_bytes > 0 ? config.record_ring_bytes : config.ring_bytes / 4, 4096);
}

Descriptor make_event_map(const SessionConfig& config) {
  return create_map(BPF_MAP_TYPE_ARRAY, "events", sizeof(wire_hit), event_slots(config),
                    BPF_F_MMAPABLE);
}

Descriptor make_record_map(const SessionConfig& config) {
  return create_map(BPF_MAP_TYPE_RINGBUF, "records", 0, record_bytes(config), 0);
}

LoadedPrograms load_programs(const SessionConfig& config, std::uint32_t cpus, bool verbose) {
  keep_libbpf_words(verbose);
  raise_descriptor_limit();
  // Loading probes the kernel's features in ways that hide the reason; this first call tells it.
  create_map(BPF_MAP_TYPE_ARRAY, "probe", 4, 1, 0);

  LoadedPrograms loaded;
  loaded.slow = config.slow.has_value();
  loaded.skeleton.reset(pgrec_bpf__open());
  if (!loaded.skeleton) throw_load_error(errno);
  use_own_pid_namespace(*loaded.skeleton);
  const Descriptor like = make_event_map(config);
  make_room_for_rings(*loaded.skeleton, config, cpus, like);
  configure_probes(*loaded.skeleton, config);
  configure_queries(*loaded.skeleton, config);
  choose_programs(loaded, config);
  choose_attach_method(loaded, config.attach);
  throw_if_failed(pgrec_bpf__load(loaded.skeleton.get()));
  return loaded;
}

}  // namespace pgrec
