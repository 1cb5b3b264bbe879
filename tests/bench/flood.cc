// How many events a second the recorder takes to disk without losing one, beside what a consumer
// that does nothing with them drains: a program in the kernel floods the event ring of one CPU
// while the recorder, or that consumer, runs on another. The rate is raised by a tenth until events
// are lost. Prints both rates and the recorder's CPU time for an event.
//
//   flood TRACE [SECONDS]     TRACE is written anew again and again; seconds of each rate: 1
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>

#include "flood.skel.h"
#include "format/error.h"
#include "record/host/clocks.h"
#include "record/kernel/session.h"
#include "record/recording/parts.h"
#include "record/recording/recorder.h"

namespace {

using namespace pgrec;

constexpr std::uint64_t kRingBytes = 8u << 20;
constexpr std::uint32_t kBurst = 1000;  // calls between looks at the clock

void run_on(int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  if (pthread_setaffinity_np(pthread_self(), sizeof cpus, &cpus) != 0) std::exit(1);
}

// The map of that name which was made last.
Descriptor newest_map(const std::string& name) {
  Descriptor found;
  for (std::uint32_t id = 0; bpf_map_get_next_id(id, &id) == 0;) {
    Descriptor map(bpf_map_get_fd_by_id(id));
    bpf_map_info info{};
    std::uint32_t bytes = sizeof info;
    if (map.is_open() && bpf_obj_get_info_by_fd(map.get(), &info, &bytes) == 0 && name == info.name)
      found = std::move(map);
  }
  if (!found.is_open()) std::exit(1);
  return found;
}

struct DestroyFlood {
  void operator()(flood_bpf* skeleton) const { flood_bpf__destroy(skeleton); }
};
using Flood = std::unique_ptr<flood_bpf, DestroyFlood>;

// The flood of the rings of the session that was made last.
Flood load() {
  Flood flood(flood_bpf__open());
  flood->rodata->slot_mask = kRingBytes / sizeof(wire_hit) - 1;
  flood->rodata->pid_tgid =
      static_cast<std::uint64_t>(::getpid()) << 32 | static_cast<std::uint32_t>(::getpid());
  flood->bss->calls = kBurst;
  for (bpf_map* map : {flood->maps.event_rings, flood->maps.positions, flood->maps.record_rings,
                       flood->maps.counters}) {
    const Descriptor fd = newest_map(bpf_map__name(map));
    if (bpf_map__reuse_fd(map, fd.get()) != 0) std::exit(1);
  }
  if (flood_bpf__load(flood.get()) != 0) std::exit(1);
  return flood;
}

struct Result {
  double events_a_second = 0;  // made
  std::uint64_t lost = 0;
  double cpu_ns = 0;  // of the consumer, for an event
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_THREAD, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Floods for so long while `consume` is called again and again on the other CPU.
template <typename Consume>
Result flood_while(flood_bpf* flood, double events_a_second, double seconds, Consume consume) {
  std::atomic<bool> done = false;
  Result result;
  std::thread producer([&] {
    run_on(0);
    const std::uint64_t start = monotonic_ns();
    std::uint64_t events = 0;
    for (;;) {
      const double elapsed = static_cast<double>(monotonic_ns() - start) / 1e9;
      if (elapsed >= seconds) break;
      if (static_cast<double>(events) > elapsed * events_a_second) continue;
      LIBBPF_OPTS(bpf_test_run_opts, options);
      if (bpf_prog_test_run_opts(bpf_program__fd(flood->progs.flood), &options) != 0) std::exit(1);
      events += 2 * kBurst;
    }
    result.events_a_second =
        static_cast<double>(events) / (static_cast<double>(monotonic_ns() - start) / 1e9);
    done = true;
  });
  run_on(1);
  const double before = cpu_seconds();
  while (!done) {
    consume();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  producer.join();
  result.lost = flood->bss->lost_events;
  result.cpu_ns = (cpu_seconds() - before) * 1e9 / (result.events_a_second * seconds);
  return result;
}

SessionConfig config() {
  SessionConfig one;
  one.probes = 1;
  one.ring_bytes = kRingBytes;
  return one;
}

Result drain(double events_a_second, double seconds) {
  KernelSession session(config(), false);
  const Flood flood = load();
  return flood_while(flood.get(), events_a_second, seconds, [&] {
    for (EventRing& ring : session.rings().events)
      ring.drain([](const wire_hit& /*hit*/) {});
  });
}

Result record(const std::string& trace, double events_a_second, double seconds) {
  KernelSession session(config(), false);
  const Flood flood = load();
  Parts parts(trace, true, Sync::kEverySecond, {});
  const Moment beginning = now_on_both();
  Function flooded;
  flooded.name = "flooded";
  const ProbeTable probes({flooded}, {}, {});
  parts.begin(beginning, [&](const Moment& /*moment*/) {
    return Parts::Preamble{{}, probes.rows(), {}};
  });
  Recorder recorder(session, parts, probes, beginning, std::nullopt, {});
  parts.put_in_place();
  const Result result =
      flood_while(flood.get(), events_a_second, seconds, [&] { recorder.round(); });
  recorder.finish("the flood's end");
  const std::uint64_t made = 2 * parts.totals().calls;
  if (result.lost == 0 && static_cast<double>(made) < result.events_a_second * seconds * 0.999) {
    std::printf("only %llu events are in the trace\n", static_cast<unsigned long long>(made));
    std::exit(1);
  }
  return result;
}

// The highest rate without a loss.
template <typename Try>
Result highest(const char* what, Try try_rate) {
  Result best;
  for (double rate = 2e6; rate < 1e9; rate *= 1.1) {
    const Result result = try_rate(rate);
    const bool slower = result.events_a_second < rate * 0.97;  // than the flood was to be
    if (result.lost == 0) best = result;
    if (result.lost > 0 || slower) {
      std::printf("%-16s %6.1f M events/s without a loss, %4.0f ns of CPU time each%s\n", what,
                  best.events_a_second / 1e6, best.cpu_ns,
                  result.lost == 0 ? "; the flood makes no more" : "");
      break;
    }
  }
  return best;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1;
  const std::string trace = argv[1];
  try {
    const Result empty =
        highest("empty consumer", [&](double rate) { return drain(rate, seconds); });
    const Result ours =
        highest("recorder", [&](double rate) { return record(trace, rate, seconds); });
    std::printf("recorder to empty consumer: %.2f\n", ours.events_a_second / empty.events_a_second);
  } catch (const Error& error) {
    std::printf("%s\n", error.what());
    return 1;
  }
  return 0;
}
