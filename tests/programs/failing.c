/*
 * A server whose statements fail, as a program that does what it is told on stdin, a line each, and
 * says "ok" when it has:
 *
 *   query TEXT       reports that it begins to run TEXT, and runs it; its query id is 4242
 *   complete N       completes it with N rows
 *   idle             reports that it runs nothing
 *   application NAME  the client has this name from now on
 *   notice           reports a notice
 *   caught SQLSTATE  raises an error and catches it
 *   error SQLSTATE   raises an error that nothing catches, and goes on
 *   fatal SQLSTATE   raises a fatal error, which ends it
 *
 * It ends at the end of stdin. With the argument "places" it says where its errors are instead.
 *
 * With INLINED it is as a compiler makes it that knows the whole program: nobody calls EndCommand,
 * or pgstat_report_appname when a name changes, and with 2 idle is not reported by
 * pgstat_report_activity either. Then a statement runs until
 *
 *   complete N       it completes
 *   suspend          it is suspended
 *
 * and there is
 *
 *   again            runs another statement of the same text
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "elog.h"

#define PROBED __attribute__((noinline, noclone, used))
#define TEXT_OF(number) #number
#define VERSION(major) \
  "PostgreSQL " TEXT_OF(major) ".1 on x86_64-pc-linux-gnu, compiled by a compiler, 64-bit"

const char version[] = VERSION(MAJOR);
void* MyProcPort;
char* application_name = "first";
long pgBufferUsage[16];
long pgWalUsage[4];

#if MAJOR >= 18
enum { IDLE = 2, RUNNING = 3 };
#else
enum { IDLE = 1, RUNNING = 2 };
#endif
enum { TO_CLIENT = 2 };

/* The beginnings of PlannedStmt, List, PortalData and QueryCompletion. */
struct plan {
  int type, command;
  uint64_t query_id;
};
struct list {
  int type, length, room;
  struct plan** plans;
};
struct portal {
  const char* name;
  const char* statement;
  void* context;
  void* owner;
  void (*cleanup)(void);
  unsigned made, active;
  int level;
  const char* text;
  int tag;
  uint64_t completion[2];
  struct list* statements;
  void* plan;
  int status;
};
struct completion {
  int tag;
  uint64_t rows;
};

static volatile long sink;

void PortalDefineQuery(struct portal* portal, const char* statement, const char* text, int tag,
                       struct list* statements, void* plan) {
  portal->statement = statement;
  portal->text = text;
  portal->completion[0] = (uint64_t)tag;
  portal->completion[1] = 0;
  portal->tag = tag;
  portal->statements = statements;
  portal->plan = plan;
  portal->status = 1;
}

PROBED void pgstat_report_activity(int state, const char* text) {
  sink = state + (text ? text[0] : 0);
}

#ifdef INLINED
static bool run_lines(struct completion* done);

PROBED bool PortalRun(struct portal* portal, long count, bool top,
#if MAJOR < 18
                      bool once,
#endif
                      void* destination, void* other, struct completion* done) {
  sink = portal->status + count + top;
  return run_lines(done);
}

PROBED void PostgresMain(void) {
#if INLINED == 2
  sink = IDLE;
  if (sink != IDLE) pgstat_report_activity(RUNNING, "");
#else
  pgstat_report_activity(IDLE, NULL);
#endif
}
#define REPORT_IDLE() PostgresMain()
#else
PROBED bool PortalRun(struct portal* portal, long count) {
  sink = portal->status + count;
  return true;
}
#define REPORT_IDLE() pgstat_report_activity(IDLE, NULL)
#endif

#if MAJOR >= 13
PROBED void EndCommand(const struct completion* completion, int destination) {
  sink = (long)completion->rows + destination;
}
#else
PROBED void EndCommand(const char* tag, int destination) {
  sink = tag[0] + destination;
}
#endif

static struct portal portal;

static void run_portal(void) {
#ifdef INLINED
  struct completion done = {1, 0};
  PortalRun(&portal, 0, true,
#if MAJOR < 18
            true,
#endif
            NULL, NULL, &done);
  sink = (long)done.rows;
#else
  PortalRun(&portal, 0);
#endif
}

/* A server keeps the text of what it runs. */
static void run(const char* line) {
  static char text[1 << 16];
  static struct plan plan = {1, 1, 4242};
  static struct plan* plans[] = {&plan};
  static struct list list = {1, 1, 1, plans};

  strcpy(text, line);
  pgstat_report_activity(RUNNING, text);
  PortalDefineQuery(&portal, NULL, text, 1, &list, NULL);
  run_portal();
}

static void complete(long rows) {
#ifdef INLINED
  sink = rows;
#elif MAJOR >= 13
  const struct completion done = {1, (uint64_t)rows};
  EndCommand(&done, TO_CLIENT);
#else
  char tag[64];
  snprintf(tag, sizeof(tag), "SELECT %ld", rows);
  EndCommand(tag, TO_CLIENT);
#endif
}

static int packed(const char* sqlstate) {
  int code = 0;

  for (int i = 0; i < 5 && sqlstate[i]; i++)
    code |= ((sqlstate[i] - '0') & 0x3f) << (6 * i);
  return code;
}

static void raise_and_catch(const char* sqlstate) {
  sigjmp_buf* outer = PG_exception_stack;
  sigjmp_buf here;

  PG_exception_stack = &here;
  if (sigsetjmp(here, 0) == 0) {
    ereport(ERROR, (errcode(packed(sqlstate)), errmsg_internal("caught")));
  } else {
    ErrorData* copy = CopyErrorData();
    FlushErrorState();
    sink = copy->sqlerrcode;
    free(copy->message);
    free(copy);
  }
  PG_exception_stack = outer;
}

PROBED void pgstat_report_appname(const char* name) {
  sink = name[0];
}

static void set_application(const char* name) {
  application_name = strdup(name);
#ifndef INLINED
  pgstat_report_appname(application_name);
#endif
}

static void do_line(char* line) {
  long rows;

  if (!strncmp(line, "query ", 6)) {
    run(line + 6);
  } else if (sscanf(line, "complete %ld", &rows) == 1) {
    complete(rows);
  } else if (!strcmp(line, "idle")) {
    REPORT_IDLE();
#ifdef INLINED
  } else if (!strcmp(line, "again")) {
    run_portal();
#endif
  } else if (!strncmp(line, "application ", 12)) {
    set_application(line + 12);
  } else if (!strcmp(line, "notice")) {
    ereport(NOTICE, (errcode(packed("00000")), errmsg_internal("a notice")));
  } else if (!strncmp(line, "caught ", 7)) {
    raise_and_catch(line + 7);
  } else if (!strncmp(line, "error ", 6)) {
    ereport(ERROR, (errcode(packed(line + 6)), errmsg_internal("an error")));
  } else if (!strncmp(line, "fatal ", 6)) {
    ereport(FATAL, (errcode(packed(line + 6)), errmsg_internal("a fatal error")));
  }
}

#ifdef INLINED
static bool run_lines(struct completion* done) {
  static char line[1 << 16];
  long rows;

  for (;;) {
    puts("ok");
    fflush(stdout);
    if (!fgets(line, sizeof(line), stdin)) exit(0);
    line[strcspn(line, "\n")] = 0;
    if (!strcmp(line, "suspend")) return false;
    if (sscanf(line, "complete %ld", &rows) == 1) {
      done->rows = (uint64_t)rows;
      return true;
    }
    do_line(line);
  }
}
#endif

int main(int argc, char** argv) {
  static char line[1 << 16];
  static sigjmp_buf top;

  if (argc > 1 && !strcmp(argv[1], "places")) {
    print_places();
    return puts(version) < 0;
  }
  MyProcPort = &top;
  pgstat_report_appname(application_name);
  puts("ok");
  fflush(stdout);
  if (sigsetjmp(top, 0) != 0) {
    EmitErrorReport();
    FlushErrorState();
    REPORT_IDLE();
    puts("ok");
    fflush(stdout);
  }
  PG_exception_stack = &top;
  while (fgets(line, sizeof(line), stdin)) {
    line[strcspn(line, "\n")] = 0;
    do_line(line);
    puts("ok");
    fflush(stdout);
  }
  return 0;
}
