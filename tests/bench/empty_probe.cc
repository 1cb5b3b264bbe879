// Puts an empty BPF program on the entry and the return of a function, with uprobe_multi links
// at the byte where pgrec puts its own, and waits: the floor of its cost. Prints "ready" when they
// are in place; SIGINT or SIGTERM ends it.
//
//   empty_probe BINARY FUNCTION

#include <csignal>
#include <cstdio>

#include "record/binary/elf_image.h"
#include "record/kernel/uprobe_multi.h"
#include "record/recording/recording_plan.h"

int main(int argc, char** argv) {
  using namespace pgrec;
  if (argc != 3) return 2;
  const ElfImage image = read_elf(argv[1]);
  const auto found = image.find(argv[2]);
  if (found.empty()) return 1;
  const auto point = attach_offsets({found.front()}, image, read_code(argv[1])).front();
  if (!point) return 1;
  const std::uint64_t offset = *point;
  const Descriptor program = load_empty_program();
  const Descriptor exit = attach_uprobe_multi(program.get(), argv[1], {offset}, {0}, true);
  const Descriptor enter = attach_uprobe_multi(program.get(), argv[1], {offset}, {0}, false);
  if (!exit.is_open() || !enter.is_open()) return 1;
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  std::puts("ready");
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}
