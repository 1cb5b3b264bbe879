// codec_speed TRACE [CALLS]: how fast the calls of a recorded trace are encoded, and decoded,
// matched and put into histograms, on one core; and what they take. Repeats the recording until it
// has CALLS (20 million) calls. Prints one line; the best of three passes, as everything else on
// the machine only slows a pass down.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "format/chunk/chunk_summary.h"
#include "format/error.h"
#include "format/postgres/roles_of_classes.h"
#include "tests/bench/recorded_events.h"

namespace {

using namespace pgrec;

constexpr std::uint32_t kChunkEvents = 128 * 1024;  // as record/recording/recorder.cc

double seconds() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

struct Written {
  int fd;
  double seconds;
  std::uint64_t calls;
  std::uint64_t bytes;
};

Written write(bench::RecordedEvents& events, std::uint64_t calls) {
  const int fd = ::memfd_create("trace", MFD_CLOEXEC);
  const int kept = ::dup(fd);
  TraceWriter writer(File(fd, "trace"));
  writer.write(events.classes());
  writer.sum_statements(execution_roles(events.classes()));
  Duration shift{};
  const double begin = seconds();
  while (writer.calls() < calls) {
    events.write(writer, shift, kChunkEvents);
    writer.cut();
    shift += events.span();
  }
  writer.close(Timestamp(shift));
  return {kept, seconds() - begin, writer.calls(), writer.size_bytes()};
}

// Decompresses every chunk, matches its calls and adds them to its functions' histograms.
double read(TraceReader& trace) {
  const double begin = seconds();
  ChunkSummary summary;  // of all chunks
  for (const ChunkRef& chunk : trace.chunks()) {
    if (!trace.decode_chunk_at(chunk, summary)) std::abort();
  }
  summary.take();
  return seconds() - begin;
}

void measure(const char* name, bench::RecordedEvents& events, std::uint64_t calls) {
  Written last{-1, 0, 0, 0};
  double writing = 1e9;
  for (int pass = 0; pass < 3; ++pass) {
    if (last.fd >= 0) ::close(last.fd);
    last = write(events, calls);
    writing = std::min(writing, last.seconds);
  }
  TraceReader trace(File(last.fd, "trace"));
  double reading = 1e9;
  for (int pass = 0; pass < 3; ++pass)
    reading = std::min(reading, read(trace));
  const auto all = static_cast<double>(last.calls);
  std::printf(
      "%-24s %11.0f calls %6.2f bytes a call  encode %5.1f ns a call  decode %6.1f million "
      "calls/s\n",
      name, all, static_cast<double>(last.bytes) / all, writing * 1e9 / all, all / reading / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "codec_speed TRACE [CALLS]\n");
    return 2;
  }
  const std::uint64_t calls = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'000'000;
  try {
    bench::RecordedEvents events(argv[1]);
    measure("as recorded", events, calls);
    events.add_noise(10);
    measure("with noise below 10 ns", events, calls);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
