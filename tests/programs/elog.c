/*
 * What elog.c of PostgreSQL is made of: a stack of errors that are being handled, functions that
 * write into the innermost, the one that throws it, and the one that reports it. Compiled in many
 * ways, so that what pgrec reads out of a server's code is tried on code of compilers that nobody
 * here has a server of.
 */
#include "elog.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

sigjmp_buf* PG_exception_stack;
void (*emit_log_hook)(ErrorData* edata);
int log_min_messages = NOTICE;

static ErrorData errordata[ERRORS];
static int errordata_stack_depth = -1;
static int recursion_depth = 0;
static unsigned long reported_to;

#if OPAQUE
static ErrorData* volatile places[ERRORS];
#define INNERMOST                                                         \
  (places[errordata_stack_depth] = &errordata[0] + errordata_stack_depth, \
   places[(unsigned)errordata_stack_depth % ERRORS])
#else
#define INNERMOST (&errordata[errordata_stack_depth])
#endif

#define CHECK_STACK_DEPTH()                                       \
  do {                                                            \
    if (errordata_stack_depth < 0) {                              \
      errordata_stack_depth = -1;                                 \
      ereport(ERROR, errmsg_internal("errstart was not called")); \
    }                                                             \
  } while (0)

bool errstart(int elevel, const char* domain) {
  ErrorData* edata;
  int i;

  if (elevel >= ERROR) {
    if (PG_exception_stack == NULL) elevel = FATAL;
    for (i = 0; i <= errordata_stack_depth; i++)
      elevel = elevel > errordata[i].elevel ? elevel : errordata[i].elevel;
  }
  if (elevel < log_min_messages) return false;
  if (recursion_depth++ > 0 && elevel >= ERROR) fputs("recursion\n", stderr);
  if (++errordata_stack_depth >= ERRORS) {
    errordata_stack_depth = -1;
    abort();
  }
  edata = INNERMOST;
  memset(edata, 0, sizeof(*edata));
  edata->elevel = elevel;
  edata->output_to_server = true;
  edata->output_to_client = elevel >= ERROR;
  edata->domain = domain ? domain : "postgres";
  edata->sqlerrcode = elevel >= ERROR ? 2600 : 0;
  recursion_depth--;
  return true;
}

int errcode(int sqlerrcode) {
  ErrorData* edata = INNERMOST;

  CHECK_STACK_DEPTH();
  edata->sqlerrcode = sqlerrcode;
  return 0;
}

int geterrcode(void) {
  ErrorData* edata = INNERMOST;

  CHECK_STACK_DEPTH();
  return edata->sqlerrcode;
}

int errmsg_internal(const char* text) {
  ErrorData* edata = INNERMOST;

  recursion_depth++;
  CHECK_STACK_DEPTH();
  edata->message = strdup(text);
  recursion_depth--;
  return 0;
}

void errfinish(const char* filename, int lineno, const char* funcname) {
  ErrorData* edata = INNERMOST;
#if OPAQUE > 1
  void (*volatile report)(void) = EmitErrorReport;
#else
#define report EmitErrorReport
#endif
  int elevel;

  recursion_depth++;
  CHECK_STACK_DEPTH();
  if (filename) {
    const char* slash = strrchr(filename, '/');
    if (slash) filename = slash + 1;
  }
  edata->filename = filename;
  edata->lineno = lineno;
  edata->funcname = funcname;
  elevel = edata->elevel;
  if (elevel == ERROR) {
    recursion_depth--;
    pg_re_throw();
  }
  report();
  if (edata->message) free(edata->message);
  errordata_stack_depth--;
  recursion_depth--;
  if (elevel == FATAL) {
    fflush(stdout);
    exit(1);
  }
  if (elevel > FATAL) abort();
}

static void send_message_to_server_log(ErrorData* edata) {
  fprintf(stderr, "%d: %s at %s:%d\n", edata->elevel,
          edata->message ? edata->message : "missing error text", edata->filename, edata->lineno);
  if (edata->cursorpos > 0) fprintf(stderr, "at character %d\n", edata->cursorpos);
}

static void send_message_to_frontend(ErrorData* edata) {
  char code[6];
  int i, packed = edata->sqlerrcode;

  for (i = 0; i < 5; i++, packed >>= 6)
    code[i] = (char)('0' + (packed & 0x3f));
  code[5] = 0;
  fprintf(stderr, "SQLSTATE %s\n", code);
}

void EmitErrorReport(void) {
  ErrorData* edata = INNERMOST;

  recursion_depth++;
  CHECK_STACK_DEPTH();
  reported_to = (unsigned long)__builtin_return_address(0);
  if (edata->output_to_server && emit_log_hook) emit_log_hook(edata);
  if (edata->output_to_server) send_message_to_server_log(edata);
  if (edata->output_to_client) send_message_to_frontend(edata);
  recursion_depth--;
}

ErrorData* CopyErrorData(void) {
  ErrorData* edata = INNERMOST;
  ErrorData* copy;

  CHECK_STACK_DEPTH();
  copy = malloc(sizeof(*copy));
  memcpy(copy, edata, sizeof(*copy));
  if (copy->message) copy->message = strdup(copy->message);
  return copy;
}

void FlushErrorState(void) {
  errordata_stack_depth = -1;
  recursion_depth = 0;
}

void pg_re_throw(void) {
  if (PG_exception_stack) siglongjmp(*PG_exception_stack, 1);
  INNERMOST->elevel = FATAL;
  errfinish(__FILE__, __LINE__, __func__);
  abort();
}

void print_places(void) {
#ifdef __PIE__
  extern char __executable_start;
  const unsigned long base = (unsigned long)&__executable_start;
#else
  const unsigned long base = 0;
#endif

  ereport(NOTICE, errmsg_internal("where does this return to?"));
  printf("%lu %zu %lu %lu %d %lu\n", (unsigned long)&errordata_stack_depth - base,
         sizeof(ErrorData), (unsigned long)&errordata[0].sqlerrcode - base,
         (unsigned long)&errordata[0].elevel - base, ERROR, reported_to - base);
}
