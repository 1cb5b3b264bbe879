#include "record/kernel/session.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <span>
#include <thread>
#include <utility>

#include "format/error.h"
#include "format/frame/file.h"
#include "record/host/clocks.h"
#include "record/host/process_tree.h"
#include "record/kernel/features.h"
#include "record/kernel/load_error.h"
#include "record/kernel/uprobe_multi.h"

namespace pgrec {
namespace {

// Every probe takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

constexpr int kNotSupported = 524;  // ENOTSUPP, which is the kernel's own and no errno

// Whether the kernel does not take one of several probes, and not for want of something that all
// need.
bool is_of_one(int error) {
  return error == kNotSupported || error == EINVAL || error == EIO || error == EOPNOTSUPP ||
         error == ENOEXEC || error == ENOENT || error == EFAULT;
}

// Why the kernel takes no probe in a function.
std::string refusal(int error) {
  if (error == kNotSupported) return "the kernel cannot probe its first instruction";
  return "the kernel refuses the probe: " + reason_of(error);
}

// The CPUs that are "online" or "possible", from a list such as "0-3,6".
std::vector<std::uint32_t> cpus_that_are(const std::string& state) {
  std::ifstream file("/sys/devices/system/cpu/" + state);
  std::vector<std::uint32_t> cpus;
  std::uint32_t first = 0;
  while (file >> first) {
    std::uint32_t last = first;
    if (file.peek() == '-') file.ignore() >> last;
    for (std::uint32_t cpu = first; cpu <= last; ++cpu)
      cpus.push_back(cpu);
    file.ignore();  // the comma
  }
  if (cpus.empty()) throw Error("cannot tell which CPUs are " + state, "is /sys mounted?");
  return cpus;
}

void check(int result) {
  if (result < 0) throw_load_error(-result);
}

Descriptor create_map(bpf_map_type type, const char* name, std::uint32_t value_bytes,
                      std::uint64_t entries, std::uint32_t flags) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
  Descriptor map(bpf_map_create(type, name, value_bytes > 0 ? 4 : 0, value_bytes,
                                static_cast<std::uint32_t>(entries), &options));
  if (!map.is_open()) throw_load_error(errno);
  return map;
}

// Their room is taken at once: programs on probes may not ask for memory before Linux 6.1.
constexpr std::uint32_t kMostTargets = 65536;
constexpr std::uint32_t kMostThreads = 16384;  // 26 MB
constexpr std::uint32_t kMostKnownTexts = 65536;

// Places of USDT probes, those of files that take the path later included; 200 bytes each.
constexpr std::uint32_t kMostPlaces = 4096;

// The cookies of probes or places, of that generation.
std::vector<std::uint64_t> cookies(const std::vector<std::uint64_t>& of, std::uint32_t generation) {
  std::vector<std::uint64_t> all = of;
  for (std::uint64_t& cookie : all)
    cookie |= std::uint64_t{generation} << 32;
  return all;
}

// How often who takes out the probes is asked whether to go on.
constexpr auto kDetachStep = std::chrono::milliseconds(100);

// Of this process, which has one thread that records.
std::uint32_t own_pid() {
  return static_cast<std::uint32_t>(::getpid());
}

// Has the kernel side number processes as this process sees them.
void use_own_pid_namespace(Skeleton& skeleton) {
  constexpr ino_t kInitial = 0xEFFFFFFC;  // PROC_PID_INIT_INO of include/linux/proc_ns.h
  struct stat own {};
  if (::stat("/proc/self/ns/pid", &own) != 0 || own.st_ino == kInitial) return;
  skeleton->rodata->pidns_inum = static_cast<std::uint32_t>(own.st_ino);
}

// Nobody can make two texts with one hash who does not know it.
void make_hash_key(Skeleton& skeleton) {
  auto& key = skeleton->rodata->hash_key;
  if (::getrandom(const_cast<__u64*>(key), sizeof key, 0) != sizeof key)
    throw Error("there are no random numbers: " + reason_of(errno));
}

// The programs for `hook`: when everything is told, and when only slow statements are.
std::array<bpf_program*, 2> programs_of(wire_hook hook, const Skeleton& skeleton) {
  const auto& programs = skeleton->progs;
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
    case WIRE_HOOKS:
      break;
  }
  return {};
}

}  // namespace

KernelSession::KernelSession(const SessionConfig& config, bool verbose)
    : slow_(config.slow.has_value()),
      pids_(config.pids),
      min_duration_(config.min_duration),
      filters_(!config.pids.empty() || config.min_duration > Duration{} || config.sample_every > 1),
      counted_(config.probes + 1),
      counts_missed_(counts_missed_hits()),
      possible_cpus_(cpus_that_are("possible")) {
  keep_libbpf_words(verbose);
  raise_descriptor_limit();

  // Loading probes the kernel's features in ways that hide the reason; this first call tells it.
  create_map(BPF_MAP_TYPE_ARRAY, "probe", 4, 1, 0);

  skeleton_.reset(pgrec_bpf__open());
  if (!skeleton_) throw_load_error(errno);
  const std::uint64_t slots = config.ring_bytes / sizeof(wire_hit);
  const auto min_duration_ns = static_cast<std::uint64_t>(config.min_duration.count());
  const std::uint32_t short_rows = LogHistogram::row_of(min_duration_ns) + 1;
  skeleton_->rodata->filter_by_pid = config.pids.empty() ? 0 : 1;
  skeleton_->rodata->activity_probe = config.probes;
  skeleton_->rodata->slot_mask = static_cast<std::uint32_t>(slots - 1);
  skeleton_->rodata->min_duration_ns = min_duration_ns;
  skeleton_->rodata->short_rows = short_rows;
  skeleton_->rodata->sample_every = config.sample_every;
  use_own_pid_namespace(skeleton_);
  const auto& maps = skeleton_->maps;
  const std::uint32_t cpus = possible_cpus_.back() + 1;
  check(bpf_map__set_max_entries(maps.event_rings, cpus));
  // What every ring has to be like: one of the same size lets the kernel inline the lookup.
  const Descriptor like =
      create_map(BPF_MAP_TYPE_ARRAY, "events", sizeof(wire_hit), slots, BPF_F_MMAPABLE);
  check(bpf_map__set_inner_map_fd(maps.event_rings, like.get()));
  check(bpf_map__set_max_entries(maps.positions, cpus));
  check(bpf_map__set_max_entries(maps.record_rings, cpus));
  check(bpf_map__set_max_entries(maps.counters, counted_ + 1));  // and that of a trial
  if (config.usdt) check(bpf_map__set_max_entries(maps.sites, kMostPlaces));
  if (!config.pids.empty()) check(bpf_map__set_max_entries(maps.targets, kMostTargets));
  if (min_duration_ns > 0 || config.sample_every > 1)
    check(bpf_map__set_max_entries(maps.threads, kMostThreads));
  if (min_duration_ns > 0) {
    check(bpf_map__set_max_entries(maps.short_calls, counted_ + 1));
    check(bpf_map__set_value_size(maps.short_calls, 8 * (WIRE_OCTAVES + short_rows)));
  }
  skeleton_->rodata->text_limit = config.text_limit_bytes;
  make_hash_key(skeleton_);
  if (config.queries) {
    check(bpf_map__set_max_entries(slow_ ? maps.slow_statements : maps.statements, kMostThreads));
    if (!slow_) check(bpf_map__set_max_entries(maps.known_texts, kMostKnownTexts));
  }
  if (config.slow) {
    skeleton_->rodata->tells_slow = 1;
    skeleton_->rodata->slow_ns = static_cast<std::uint64_t>(config.slow->threshold.count());
    skeleton_->rodata->tells_errors = config.slow->errors ? 1 : 0;
  }
  choose_programs(config);
  multi_ = config.attach != AttachMethod::kPerfEvent && has_uprobe_multi();
  if (config.attach == AttachMethod::kUprobeMulti && !multi_) {
    throw Error("this kernel has no uprobe_multi links",
                "it came with Linux 6.6; leave --attach out");
  }
  if (multi_) {
    for (bpf_program* program : probe_programs_) {
      bpf_program__set_expected_attach_type(program,
                                            static_cast<bpf_attach_type>(kUprobeMultiAttachType));
    }
  }
  check(pgrec_bpf__load(skeleton_.get()));
  make_rings(config);
  for (const std::uint32_t pid : pids_)
    add_target(pid);
}

// What nobody needs in this recording is not loaded: the verifier takes its time for each program.
void KernelSession::choose_programs(const SessionConfig& config) {
  const auto& programs = skeleton_->progs;
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton_->obj) bpf_program__set_autoload(program, false);
  if (config.probes > 0) probe_programs_ = {programs.on_enter, programs.on_exit};
  if (config.usdt) probe_programs_.push_back(programs.on_point);
  for (int hook = 0; config.queries && hook < WIRE_HOOKS; ++hook)
    probe_programs_.push_back(program_of(static_cast<wire_hook>(hook)));
  for (bpf_program* needed : probe_programs_)
    bpf_program__set_autoload(needed, true);
  bpf_program__set_autoload(programs.on_thread_exit, true);
  bpf_program__set_autoload(programs.on_fork, !config.pids.empty());
}

void KernelSession::make_rings(const SessionConfig& config) {
  const auto& maps = skeleton_->maps;
  const std::uint64_t slots = config.ring_bytes / sizeof(wire_hit);
  const std::uint64_t record_bytes = std::max<std::uint64_t>(
      config.record_ring_bytes > 0 ? config.record_ring_bytes : config.ring_bytes / 4, 4096);
  rings_.positions = map_positions(bpf_map__fd(maps.positions), possible_cpus_.back() + 1);
  const auto put = [](const bpf_map* rings, std::uint32_t cpu, const Descriptor& ring) {
    const int fd = ring.get();
    check(bpf_map_update_elem(bpf_map__fd(rings), &cpu, &fd, BPF_ANY));
  };
  for (const std::uint32_t cpu : cpus_that_are("online")) {
    const Descriptor events =
        create_map(BPF_MAP_TYPE_ARRAY, "events", sizeof(wire_hit), slots, BPF_F_MMAPABLE);
    put(maps.event_rings, cpu, events);
    rings_.events.emplace_back(events.get(), slots, &rings_.positions.get()[cpu]);
    Descriptor records = create_map(BPF_MAP_TYPE_RINGBUF, "records", 0, record_bytes, 0);
    put(maps.record_rings, cpu, records);
    rings_.records.emplace_back(records.get(), record_bytes);
    if (!barrier_ring_.is_open()) {
      barrier_ring_ = std::move(records);
      barrier_cpu_ = cpu;
    }
  }
}

std::vector<std::optional<std::string>> KernelSession::attach_functions(
    const std::string& binary, const std::vector<std::uint64_t>& offsets) {
  std::vector<std::uint64_t> probes(offsets.size());
  std::iota(probes.begin(), probes.end(), 0);
  return attach_functions(binary, offsets, probes);
}

std::vector<std::optional<std::string>> KernelSession::attach_functions(
    const std::string& binary, const std::vector<std::uint64_t>& offsets,
    const std::vector<std::uint64_t>& probes) {
  const auto file = std::make_shared<Descriptor>(::open(binary.c_str(), O_RDONLY | O_CLOEXEC));
  return attach_file(binary, ProbedFile{file, offsets, probes});
}

std::vector<std::optional<std::string>> KernelSession::attach_sites(
    const std::string& binary, const std::vector<AttachSite>& sites) {
  const auto file = std::make_shared<Descriptor>(::open(binary.c_str(), O_RDONLY | O_CLOEXEC));
  ProbedFile all{file, {}, {}};
  for (const AttachSite& one : sites) {
    if (places_ == kMostPlaces)
      return {sites.size(), "there are more than " + std::to_string(kMostPlaces) + " places"};
    check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.sites), &places_, &one.site, BPF_ANY));
    all.offsets.push_back(one.offset);
    all.probes.push_back(one.site.probe);
    all.semaphores.push_back(one.semaphore_offset);
    all.places.push_back(places_++);
  }
  return attach_file(binary, all);
}

void KernelSession::Links::take(Links&& other) {
  std::move(other.single.begin(), other.single.end(), std::back_inserter(single));
  std::move(other.multi.begin(), other.multi.end(), std::back_inserter(multi));
}

void KernelSession::ProbedFile::add(const ProbedFile& other, std::size_t i) {
  offsets.push_back(other.offsets[i]);
  probes.push_back(other.probes[i]);
  if (!other.of_places()) return;
  semaphores.push_back(other.semaphores[i]);
  places.push_back(other.places[i]);
}

std::vector<std::optional<std::string>> KernelSession::attach_file(const std::string& binary,
                                                                   const ProbedFile& all) {
  std::vector<std::optional<std::string>> reasons(all.offsets.size());
  if (reasons.empty()) return reasons;
  ProbedFile taken{all.file, {}, {}};
  if (multi_) {
    Links links;
    attach_halves(links, binary, all, 0, reasons.size(), taken, reasons);
    if (!all.of_places() && !attach_enters(links, binary, taken, generation_)) {
      const std::string reason = refusal(errno);
      for (auto& one : reasons)
        one = one.value_or(reason);
      return reasons;
    }
    function_links_.take(std::move(links));
  } else {
    for (std::size_t i = 0; i < reasons.size(); ++i) {
      ProbedFile one{all.file, {}, {}};
      one.add(all, i);
      if (attach(function_links_, binary, one, generation_)) {
        taken.add(all, i);
      } else {
        reasons[i] = refusal(errno);
      }
    }
  }
  files_.push_back(std::move(taken));
  return reasons;
}

// The kernel refuses all of a link for one of them and does not say which, so halves are tried,
// where it is one of them that it does not take. What it does not let be probed at its return it
// does not let be probed at its entry.
void KernelSession::attach_halves(Links& links, const std::string& binary, const ProbedFile& all,
                                  std::size_t first, std::size_t last, ProbedFile& taken,
                                  std::vector<std::optional<std::string>>& reasons) {
  ProbedFile half{all.file, {}, {}};
  for (std::size_t i = first; i < last; ++i)
    half.add(all, i);
  if (attach_first(links, binary, half, generation_)) {
    for (std::size_t i = first; i < last; ++i)
      taken.add(all, i);
  } else if (last - first == 1 || !is_of_one(errno)) {
    std::fill(reasons.begin() + static_cast<std::ptrdiff_t>(first),
              reasons.begin() + static_cast<std::ptrdiff_t>(last), refusal(errno));
  } else {
    const std::size_t middle = first + (last - first) / 2;
    attach_halves(links, binary, all, first, middle, taken, reasons);
    attach_halves(links, binary, all, middle, last, taken, reasons);
  }
}

bool KernelSession::attach_first(Links& links, const std::string& binary, const ProbedFile& file,
                                 std::uint32_t generation) {
  if (file.of_places()) {
    return attach(links, skeleton_->progs.on_point, binary, file.offsets,
                  cookies(file.places, generation), false, file.semaphores);
  }
  return attach(links, skeleton_->progs.on_exit, binary, file.offsets,
                cookies(file.probes, generation), true);
}

bool KernelSession::attach_enters(Links& links, const std::string& binary, const ProbedFile& file,
                                  std::uint32_t generation) {
  return file.probes.empty() || attach(links, skeleton_->progs.on_enter, binary, file.offsets,
                                       cookies(file.probes, generation), false);
}

bool KernelSession::attach(Links& links, const std::string& binary, const ProbedFile& file,
                           std::uint32_t generation) {
  Links added;
  if (!attach_first(added, binary, file, generation) ||
      (!file.of_places() && !attach_enters(added, binary, file, generation))) {
    const int error = errno;
    added = {};
    errno = error;
    return false;
  }
  links.take(std::move(added));
  return true;
}

std::vector<std::optional<std::string>> KernelSession::attach_hooks(
    const std::string& binary, const wire_server& server, const std::vector<HookPlace>& places) {
  if (servers_ == WIRE_SERVERS)
    return {places.size(), "the server was replaced too often in this recording"};
  check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.servers), &servers_, &server, BPF_ANY));
  std::vector<std::optional<std::string>> reasons(places.size());
  for (std::size_t i = places.size(); i-- > 0;) {
    const HookPlace& place = places[i];
    if (!attach(other_links_, program_of(place.hook), binary, {place.offset}, {servers_}, false))
      reasons[i] = refusal(errno);
  }
  ++servers_;
  return reasons;
}

bool KernelSession::seed(const wire_statement& statement) {
  const auto tid = static_cast<std::uint32_t>(statement.pid_tgid);
  return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.statements), &tid, &statement,
                             BPF_NOEXIST) == 0;
}

bool KernelSession::seed(const wire_slow_statement& statement) {
  const auto tid = static_cast<std::uint32_t>(statement.pid_tgid);
  return bpf_map_update_elem(bpf_map__fd(skeleton_->maps.slow_statements), &tid, &statement,
                             BPF_NOEXIST) == 0;
}

bpf_program* KernelSession::program_of(wire_hook hook) const {
  return programs_of(hook, skeleton_)[slow_ ? 1 : 0];
}

bool KernelSession::attach(Links& links, bpf_program* program, const std::string& binary,
                           const std::vector<std::uint64_t>& offsets,
                           const std::vector<std::uint64_t>& cookies, bool at_return,
                           const std::vector<std::uint64_t>& semaphores) {
  if (multi_) {
    Descriptor link = attach_uprobe_multi(bpf_program__fd(program), binary, offsets, cookies,
                                          at_return, semaphores);
    if (!link.is_open()) return false;
    links.multi.push_back(std::move(link));
    return true;
  }
  const std::size_t before = links.single.size();
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    LIBBPF_OPTS(bpf_uprobe_opts, options, .ref_ctr_offset = semaphores.empty() ? 0 : semaphores[i],
                .bpf_cookie = cookies[i], .retprobe = at_return);
    Link link(bpf_program__attach_uprobe_opts(program, -1, binary.c_str(), offsets[i], &options));
    if (!link) {
      const int error = errno;
      links.single.resize(before);
      errno = error;
      return false;
    }
    links.single.push_back(std::move(link));
  }
  return true;
}

// A link for many probes cannot give up one of them. So the others get links anew, and for a moment
// hits of both sets count: the matcher drops one of the two that an event then makes. Calls that
// are open meanwhile return by the new links.
bool KernelSession::take_off(const std::vector<std::size_t>& off) {
  const auto is_off = [&](std::uint64_t probe) {
    return std::find(off.begin(), off.end(), probe) != off.end();
  };
  std::vector<ProbedFile> left;
  Links links;
  for (const ProbedFile& file : files_) {
    ProbedFile rest{file.file, {}, {}};
    for (std::size_t i = 0; i < file.probes.size(); ++i) {
      if (!is_off(file.probes[i])) rest.add(file, i);
    }
    if (rest.probes.empty()) continue;
    const std::string path = "/proc/self/fd/" + std::to_string(file.file->get());
    if (!attach(links, path, rest, generation_ + 1)) return false;
    left.push_back(std::move(rest));
  }
  // Long enough for every program that runs when one begins to count to have ended before the other
  // does not any more.
  constexpr auto kBoth = std::chrono::milliseconds(10);
  const std::uint64_t old_one = generation_++;
  skeleton_->bss->generations = std::uint64_t{generation_} << 32 | old_one;
  std::this_thread::sleep_for(kBoth);
  skeleton_->bss->generations = std::uint64_t{generation_} << 32 | generation_;
  files_ = std::move(left);
  auto old = std::make_shared<Links>(std::exchange(function_links_, std::move(links)));
  retiring_ = std::async(std::launch::async, [old = std::move(old)]() mutable { old.reset(); });
  return true;
}

std::optional<std::string> KernelSession::attach_processes() {
  const auto attach_raw = [this](bpf_program* program, const char* tracepoint) {
    Link link(bpf_program__attach_raw_tracepoint(program, tracepoint));
    if (!link) return false;
    other_links_.single.push_back(std::move(link));
    return true;
  };
  if (!attach_raw(skeleton_->progs.on_thread_exit, "sched_process_exit")) return refusal(errno);
  if (pids_.empty()) return std::nullopt;
  if (!attach_raw(skeleton_->progs.on_fork, "sched_process_fork")) return refusal(errno);
  follow(pids_);
  follows_ = true;
  return std::nullopt;
}

// A child that is born while the list is made has a parent that is not a target yet, and is in the
// next list.
void KernelSession::follow(const std::vector<std::uint32_t>& pids) {
  std::set<std::uint32_t> added;
  for (std::size_t before = SIZE_MAX; added.size() != before;) {
    before = added.size();
    for (const std::uint32_t pid : with_descendants(pids)) {
      if (added.insert(pid).second) add_target(pid);
    }
  }
}

// The kernel side takes out who ends, but cannot know of one that ended while it was put in.
bool KernelSession::has_followed() const {
  if (!follows_) return false;
  std::set<std::uint32_t> left_out;
  for (std::uint32_t pid = own_pid(); pid > 0 && left_out.insert(pid).second;)
    pid = parent_of(pid);
  const int targets = bpf_map__fd(skeleton_->maps.targets);
  std::uint32_t pid = 0;
  for (bool more = bpf_map_get_next_key(targets, nullptr, &pid) == 0; more;
       more = bpf_map_get_next_key(targets, &pid, &pid) == 0) {
    if (!left_out.contains(pid) && is_running(pid)) return true;
  }
  return false;
}

void KernelSession::add_target(std::uint32_t pid) {
  const std::uint8_t present = 1;
  check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.targets), &pid, &present, BPF_ANY));
}

bool KernelSession::begin_trial(const std::string& binary, std::uint64_t offset) {
  if (counted_ == 1) return false;
  if (!pids_.empty()) add_target(own_pid());
  if (skeleton_->rodata->sample_every > 1) {
    wire_thread own{};
    own.pid_tgid = std::uint64_t{own_pid()} << 32 | own_pid();
    own.boundary_sp = UINT64_MAX;
    own.sampled = 1;
    const std::uint32_t tid = own_pid();
    check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.threads), &tid, &own, BPF_ANY));
  }
  if (attach(trial_links_, binary, ProbedFile{nullptr, {offset}, {counted_}}, generation_))
    return true;
  end_trial();
  return false;
}

// Another pgrec that measures meanwhile calls the same function of the same file, and leaves events
// and threads here too.
wire_counts KernelSession::end_trial() {
  while (trial_links_.size() > 0)
    take_out_one(trial_links_);
  for (EventRing& ring : rings_.events)
    ring.drain([](const wire_hit&) {});
  const std::uint32_t own = own_pid();
  bpf_map_delete_elem(bpf_map__fd(skeleton_->maps.targets), &own);
  const int threads = bpf_map__fd(skeleton_->maps.threads);
  std::uint32_t tid = 0;
  while (bpf_map_get_next_key(threads, nullptr, &tid) == 0)
    bpf_map_delete_elem(threads, &tid);
  return counts_of(counted_).sum;
}

// Where a map holds maps, the kernel waits after an update until every program has ended that may
// have seen what was there (maybe_wait_bpf_programs() of kernel/bpf/syscall.c). So the same ring is
// put in again. That holds for programs that may not sleep, as all of these. A trace is not left
// open because the kernel has no memory for it: then a pause has to do, which is long for a
// program.
void KernelSession::stop() {
  pause();
  const int ring = barrier_ring_.get();
  if (bpf_map_update_elem(bpf_map__fd(skeleton_->maps.record_rings), &barrier_cpu_, &ring,
                          BPF_ANY) != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void KernelSession::pause() {
  skeleton_->bss->recording = 0;
  skeleton_->bss->rehearsing = 0;
}

std::size_t KernelSession::links() const {
  return function_links_.size() + other_links_.size();
}

void KernelSession::take_out_one(Links& from) {
  const std::uint64_t begin = monotonic_ns();
  if (!from.single.empty()) {
    from.single.pop_back();
  } else {
    from.multi.pop_back();
  }
  detach_of_one_ = std::max(detach_of_one_, Duration(monotonic_ns() - begin));
}

bool KernelSession::detach(const DetachStep& goes_on) {
  const std::size_t all = links();
  while (retiring_.valid() && retiring_.wait_for(kDetachStep) != std::future_status::ready) {
    if (goes_on && !goes_on(0, all)) return false;
  }
  for (Links* of_kind : {&function_links_, &other_links_}) {
    while (of_kind->size() > 0) {
      take_out_one(*of_kind);
      if (goes_on && !goes_on(all - links(), all)) return false;
    }
  }
  return true;
}

std::uint64_t KernelSession::lost_children() const {
  return __atomic_load_n(&skeleton_->bss->lost_children, __ATOMIC_RELAXED);
}

std::optional<std::uint64_t> KernelSession::missed_hits() const {
  if (!counts_missed_) return std::nullopt;
  std::uint64_t all = 0;
  for (const bpf_program* program : probe_programs_) {
    bpf_prog_info info{};
    std::uint32_t bytes = sizeof info;
    if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &bytes) == 0)
      all += info.recursion_misses;
  }
  return all;
}

std::uint64_t KernelSession::lost_thread_ends() const {
  return __atomic_load_n(&skeleton_->bss->lost_thread_ends, __ATOMIC_RELAXED);
}

std::uint64_t KernelSession::lost_events() const {
  return __atomic_load_n(&skeleton_->bss->lost_events, __ATOMIC_RELAXED);
}

ProbeCounts KernelSession::counts_of(std::uint32_t probe) const {
  constexpr std::size_t kWords = sizeof(wire_counts) / sizeof(std::uint64_t);
  std::vector<wire_counts> per_cpu(possible_cpus_.size());
  check(bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.counters), &probe, per_cpu.data()));
  ProbeCounts counts;
  auto* sum = reinterpret_cast<std::uint64_t*>(&counts.sum);
  for (std::size_t i = 0; i < per_cpu.size(); ++i) {
    const auto* words = reinterpret_cast<const std::uint64_t*>(&per_cpu[i]);
    for (std::size_t word = 0; word < kWords; ++word)
      sum[word] += words[word];
    std::array<std::uint64_t, WIRE_LOSSES> lost{};
    for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
      for (const std::uint64_t of_kind : per_cpu[i].lost[cause])
        lost[cause] += of_kind;
    }
    if (lost != decltype(lost){}) counts.lost_on.emplace(possible_cpus_[i], lost);
  }
  return counts;
}

std::vector<ProbeCounts> KernelSession::counts() const {
  std::vector<ProbeCounts> all;
  for (std::uint32_t probe = 0; probe < counted_; ++probe)
    all.push_back(counts_of(probe));
  return all;
}

std::vector<LogHistogram> KernelSession::short_calls() const {
  const std::uint32_t rows = skeleton_->rodata->short_rows;
  const std::size_t words = WIRE_OCTAVES + rows;
  std::vector<LogHistogram> all(counted_);
  if (skeleton_->rodata->min_duration_ns == 0) return all;
  std::vector<std::uint64_t> per_cpu(words * possible_cpus_.size());
  for (std::uint32_t probe = 0; probe < counted_; ++probe) {
    check(bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.short_calls), &probe, per_cpu.data()));
    for (std::size_t cpu = 0; cpu < possible_cpus_.size(); ++cpu) {
      const auto of_cpu = std::span(per_cpu).subspan(cpu * words, words);
      for (unsigned octave = LogHistogram::kFirstSummedOctave; octave < LogHistogram::kOctaves;
           ++octave) {
        if (of_cpu[octave] > 0) all[probe].add_total(octave, of_cpu[octave]);
      }
      for (std::uint32_t row = 0; row < rows; ++row) {
        if (of_cpu[WIRE_OCTAVES + row] > 0) all[probe].add_row(row, of_cpu[WIRE_OCTAVES + row]);
      }
    }
  }
  return all;
}

std::vector<wire_thread> KernelSession::waiting() const {
  const int map = bpf_map__fd(skeleton_->maps.threads);
  std::vector<wire_thread> all;
  std::uint32_t tid = 0;
  for (bool more = bpf_map_get_next_key(map, nullptr, &tid) == 0; more;
       more = bpf_map_get_next_key(map, &tid, &tid) == 0) {
    wire_thread thread{};
    if (bpf_map_lookup_elem(map, &tid, &thread) == 0 && thread.first != thread.end)
      all.push_back(thread);
  }
  return all;
}

}  // namespace pgrec
