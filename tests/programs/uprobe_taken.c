/*
 * Asks the kernel where it takes a probe: for each line "NAME OFFSET" of stdin, of the file that is
 * its argument, it prints "NAME taken" or "NAME refused". The kernel looks at an instruction only
 * where a process has it mapped.
 */
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int type_of_uprobes(void) {
  int type = -1;
  FILE* file = fopen("/sys/bus/event_source/devices/uprobe/type", "r");

  if (!file || fscanf(file, "%d", &type) != 1) type = -1;
  if (file) fclose(file);
  return type;
}

int main(int argc, char** argv) {
  char name[64];
  unsigned long offset;
  struct perf_event_attr event;

  memset(&event, 0, sizeof(event));
  event.size = sizeof(event);
  event.type = (uint32_t)type_of_uprobes();
  if (argc != 2 || event.type == (uint32_t)-1) return 1;
  event.uprobe_path = (uintptr_t)argv[1];
  while (scanf("%63s %lx", name, &offset) == 2) {
    event.probe_offset = offset;
    const long fd = syscall(SYS_perf_event_open, &event, -1, 0, -1, 0);
    printf("%s %s\n", name, fd < 0 ? "refused" : "taken");
    if (fd >= 0) close((int)fd);
  }
  return 0;
}
