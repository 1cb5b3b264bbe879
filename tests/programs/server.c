/*
 * What pgrec looks at in a server, as a program that does what it is told on stdin, a line each,
 * and says "ok" when it has:
 *
 *   query TEXT   reports that it begins to run TEXT
 *   idle [TEXT]  reports that it runs nothing, and with TEXT what it ran
 *   work N       calls work() N times
 *   enter        calls nested(), which goes on to take lines
 *   leave        returns from nested()
 *
 * It ends at the end of stdin.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With SERVER_VERSION it says which one of PostgreSQL it is, whose states have these numbers. */
#ifdef SERVER_VERSION
__attribute__((used)) static const char version[] =
    "PostgreSQL " SERVER_VERSION " on x86_64-pc-linux-gnu, compiled by a test, 64-bit";
enum { IDLE = 1, RUNNING = 2 };
#else
enum { RUNNING = 1, IDLE = 2 };
#endif

#define PROBED __attribute__((noinline, noclone, used))

static volatile long sink;

PROBED void pgstat_report_activity(int state, const char* text) {
  sink = state + (text ? text[0] : 0);
}

PROBED void work(long i) {
  sink = i;
}

static int take_lines(void);

PROBED int nested(void) {
  int more = take_lines();

  sink = more;
  return more;
}

/* Until "leave", or 0 at the end of stdin. */
static int take_lines(void) {
  static char line[1 << 16];

  puts("ok");
  fflush(stdout);
  while (fgets(line, sizeof(line), stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (!strncmp(line, "query ", 6)) {
      pgstat_report_activity(RUNNING, line + 6);
    } else if (!strcmp(line, "idle")) {
      pgstat_report_activity(IDLE, NULL);
    } else if (!strncmp(line, "idle ", 5)) {
      pgstat_report_activity(IDLE, line + 5);
    } else if (!strncmp(line, "work ", 5)) {
      for (long i = atol(line + 5); i > 0; i--)
        work(i);
    } else if (!strcmp(line, "enter")) {
      if (!nested()) return 0;
    } else if (!strcmp(line, "leave")) {
      return 1;
    }
    puts("ok");
    fflush(stdout);
  }
  return 0;
}

int main(void) {
  take_lines();
  return 0;
}
