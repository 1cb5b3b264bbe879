// grow_trace TRACE OUT BYTES [unclosed]: a trace of about BYTES with the calls of a recorded one,
// again and again, each time later; closed, or as a recorder that was killed leaves it.
#include <fcntl.h>

#include <cstdio>
#include <cstdlib>

#include "format/error.h"
#include "format/postgres/roles_of_classes.h"
#include "tests/bench/recorded_events.h"

int main(int argc, char** argv) {
  using namespace pgrec;
  if (argc < 4) {
    std::fprintf(stderr, "grow_trace TRACE OUT BYTES [unclosed]\n");
    return 2;
  }
  const std::uint64_t bytes = std::strtoull(argv[3], nullptr, 10);
  try {
    bench::RecordedEvents events(argv[1]);
    const TraceReader trace{std::string(argv[1])};
    TraceWriter writer(
        File(::open(argv[2], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), argv[2]));
    writer.write(trace.metadata());
    writer.write(trace.functions());
    writer.write(events.classes());
    writer.sum_statements(execution_roles(events.classes()));
    writer.write(trace.processes());
    Duration shift{};
    while (writer.size_bytes() < bytes) {
      events.write(writer, shift, 128 * 1024);
      writer.cut();
      shift += events.span();
    }
    if (argc == 4) writer.close(Timestamp(shift));
    std::printf("%s: %llu calls\n", argv[2], static_cast<unsigned long long>(writer.calls()));
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
