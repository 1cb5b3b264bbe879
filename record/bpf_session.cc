#include "record/bpf_session.h"

#include <bpf/bpf.h>
#include <sys/resource.h>

#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <fstream>
#include <numeric>

#include "format/error.h"
#include "format/file.h"
#include "record/bpf_uprobe_multi.h"

namespace pgrec {
namespace {

int print_nothing(libbpf_print_level /*level*/, const char* /*format*/, va_list /*arguments*/) {
  return 0;
}

int print_to_stderr(libbpf_print_level /*level*/, const char* format, va_list arguments) {
  return std::vfprintf(stderr, format, arguments);
}

[[noreturn]] void throw_load_error(int error) {
  switch (error) {
    case EPERM:
    case EACCES:
      throw Error("the kernel refuses BPF to this user",
                  "run pgrec record as root: sudo pgrec record …");
    case ENOSYS:
      throw Error(
          "this kernel has no BPF",
          "pgrec record needs Linux 5.15 or later with CONFIG_BPF_SYSCALL; analyze works anywhere");
    case ENOMEM:
      throw Error("there is not enough memory for the ring buffers", "ask for less with --buffer");
    default:
      throw Error("the kernel does not take pgrec's BPF programs: " + reason_of(error),
                  "pgrec record needs Linux 5.15 or later with CONFIG_UPROBE_EVENTS; -v shows the "
                  "kernel's words");
  }
}

// Every probe takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Why the kernel takes no probe in a function.
std::string refusal(int error) {
  constexpr int kNotSupported = 524;  // ENOTSUPP, which is the kernel's own and no errno
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

}  // namespace

BpfSession::BpfSession(const BpfConfig& config, bool verbose)
    : counted_(config.probes + 1), possible_cpus_(cpus_that_are("possible")) {
  libbpf_set_print(verbose ? print_to_stderr : print_nothing);
  raise_descriptor_limit();

  skeleton_.reset(pgrec_bpf__open());
  if (!skeleton_) throw_load_error(errno);
  skeleton_->rodata->filter_by_pid = config.pids.empty() ? 0 : 1;
  skeleton_->rodata->activity_probe = config.probes;
  check(bpf_map__set_max_entries(skeleton_->maps.rings, possible_cpus_.back() + 1));
  check(bpf_map__set_max_entries(skeleton_->maps.counters, counted_));
  // Loading probes the kernel's features in ways that hide the reason; this first call tells it.
  const int probe_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, nullptr, 4, 4, 1, nullptr);
  if (probe_fd < 0) throw_load_error(errno);
  const Descriptor probe(probe_fd);
  multi_ = config.attach != AttachMethod::kPerfEvent && has_uprobe_multi();
  if (config.attach == AttachMethod::kUprobeMulti && !multi_) {
    throw Error("this kernel has no uprobe_multi links",
                "it came with Linux 6.6; leave --attach out");
  }
  if (multi_) {
    for (bpf_program* program :
         {skeleton_->progs.on_enter, skeleton_->progs.on_exit, skeleton_->progs.on_activity}) {
      bpf_program__set_expected_attach_type(program,
                                            static_cast<bpf_attach_type>(kUprobeMultiAttachType));
    }
  }
  check(pgrec_bpf__load(skeleton_.get()));

  for (const std::uint32_t cpu : cpus_that_are("online")) {
    const Descriptor map(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ring", 0, 0,
                                        static_cast<std::uint32_t>(config.ring_bytes), nullptr));
    if (!map.is_open()) throw_load_error(errno);
    const int fd = map.get();
    check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.rings), &cpu, &fd, BPF_ANY));
    rings_.emplace_back(fd, config.ring_bytes);
  }
  for (const std::uint32_t pid : config.pids) {
    const std::uint8_t present = 1;
    check(bpf_map_update_elem(bpf_map__fd(skeleton_->maps.targets), &pid, &present, BPF_ANY));
  }
}

std::vector<std::optional<std::string>> BpfSession::attach_functions(
    const std::string& binary, const std::vector<std::uint64_t>& offsets) {
  std::vector<std::uint64_t> cookies(offsets.size());
  std::iota(cookies.begin(), cookies.end(), 0);
  return attach_functions(binary, offsets, cookies);
}

std::vector<std::optional<std::string>> BpfSession::attach_functions(
    const std::string& binary, const std::vector<std::uint64_t>& offsets,
    const std::vector<std::uint64_t>& cookies) {
  std::vector<std::optional<std::string>> reasons(offsets.size());
  const auto links = static_cast<std::ptrdiff_t>(links_.size());
  const auto multi_links = static_cast<std::ptrdiff_t>(multi_links_.size());
  if (attach(skeleton_->progs.on_exit, binary, offsets, cookies, true) &&
      attach(skeleton_->progs.on_enter, binary, offsets, cookies, false)) {
    return reasons;
  }
  // The kernel refuses one of them and does not say which.
  links_.erase(links_.begin() + links, links_.end());
  multi_links_.erase(multi_links_.begin() + multi_links, multi_links_.end());
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    // First the enter: a refused exit then leaves a probe whose events nobody needs, at worst.
    if (!attach(skeleton_->progs.on_enter, binary, {offsets[i]}, {cookies[i]}, false)) {
      reasons[i] = refusal(errno);
    } else if (!attach(skeleton_->progs.on_exit, binary, {offsets[i]}, {cookies[i]}, true)) {
      reasons[i] = refusal(errno);
      (multi_ ? multi_links_.pop_back() : links_.pop_back());
    }
  }
  return reasons;
}

std::optional<std::string> BpfSession::attach_activity(const std::string& binary,
                                                       std::uint64_t offset) {
  if (attach(skeleton_->progs.on_activity, binary, {offset}, {0}, false)) return std::nullopt;
  return refusal(errno);
}

bool BpfSession::attach(bpf_program* program, const std::string& binary,
                        const std::vector<std::uint64_t>& offsets,
                        const std::vector<std::uint64_t>& cookies, bool at_return) {
  if (multi_) {
    Descriptor link =
        attach_uprobe_multi(bpf_program__fd(program), binary, offsets, cookies, at_return);
    if (!link.is_open()) return false;
    multi_links_.push_back(std::move(link));
    return true;
  }
  const std::size_t before = links_.size();
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    LIBBPF_OPTS(bpf_uprobe_opts, options, .bpf_cookie = cookies[i], .retprobe = at_return);
    Link link(bpf_program__attach_uprobe_opts(program, -1, binary.c_str(), offsets[i], &options));
    if (!link) {
      const int error = errno;
      links_.resize(before);
      errno = error;
      return false;
    }
    links_.push_back(std::move(link));
  }
  return true;
}

std::optional<std::string> BpfSession::attach_thread_exit() {
  Link link(
      bpf_program__attach_raw_tracepoint(skeleton_->progs.on_thread_exit, "sched_process_exit"));
  if (!link) return refusal(errno);
  links_.push_back(std::move(link));
  return std::nullopt;
}

std::uint64_t BpfSession::lost_thread_ends() const {
  return __atomic_load_n(&skeleton_->bss->lost_thread_ends, __ATOMIC_RELAXED);
}

std::uint64_t BpfSession::lost_events() const {
  return __atomic_load_n(&skeleton_->bss->lost_events, __ATOMIC_RELAXED);
}

std::vector<ProbeCounts> BpfSession::counts() const {
  constexpr std::size_t kWords = sizeof(wire_counts) / sizeof(std::uint64_t);
  std::vector<wire_counts> per_cpu(possible_cpus_.size());
  std::vector<ProbeCounts> all(counted_);
  for (std::uint32_t probe = 0; probe < counted_; ++probe) {
    check(bpf_map_lookup_elem(bpf_map__fd(skeleton_->maps.counters), &probe, per_cpu.data()));
    auto* sum = reinterpret_cast<std::uint64_t*>(&all[probe].sum);
    for (std::size_t i = 0; i < per_cpu.size(); ++i) {
      const auto* words = reinterpret_cast<const std::uint64_t*>(&per_cpu[i]);
      for (std::size_t word = 0; word < kWords; ++word)
        sum[word] += words[word];
      std::array<std::uint64_t, WIRE_LOSSES> lost{};
      for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
        for (const std::uint64_t of_kind : per_cpu[i].lost[cause])
          lost[cause] += of_kind;
      }
      if (lost != decltype(lost){}) all[probe].lost_on.emplace(possible_cpus_[i], lost);
    }
  }
  return all;
}

}  // namespace pgrec
