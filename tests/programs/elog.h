/*
 * Errors as PostgreSQL has them, as far as who looks at a server from outside sees of them. MAJOR
 * is the version whose structures these are, 10 or later; OPAQUE hides where the errors are, from 2
 * on also who reports them.
 */
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>

#ifndef MAJOR
#define MAJOR 15
#endif
#ifndef OPAQUE
#define OPAQUE 0
#endif

#define NOTICE 18
#if MAJOR >= 14
#define ERROR 21
#else
#define ERROR 20
#endif
#define FATAL (ERROR + 1)

#define ERRORS 5

typedef struct ErrorData {
  int elevel;
  bool output_to_server;
  bool output_to_client;
#if MAJOR < 14
  bool show_funcname;
#endif
  bool hide_stmt;
  bool hide_ctx;
  const char* filename;
  int lineno;
  const char* funcname;
  const char* domain;
  const char* context_domain;
  int sqlerrcode;
  char* message;
  const char* texts[11]; /* detail, hint, context and so on */
  int cursorpos;
  int internalpos;
  char* internalquery;
  int saved_errno;
  void* assoc_context;
} ErrorData;

extern sigjmp_buf* PG_exception_stack;

bool errstart(int elevel, const char* domain);
int errcode(int sqlerrcode);
int geterrcode(void);
int errmsg_internal(const char* text);
void errfinish(const char* filename, int lineno, const char* funcname);
void EmitErrorReport(void);
ErrorData* CopyErrorData(void);
void FlushErrorState(void);
__attribute__((noreturn)) void pg_re_throw(void);

#define ereport(elevel, ...)                                                                  \
  do {                                                                                        \
    if (errstart(elevel, NULL)) (void)(__VA_ARGS__), errfinish(__FILE__, __LINE__, __func__); \
    if (__builtin_constant_p(elevel) && (elevel) >= ERROR) __builtin_unreachable();           \
  } while (0)

/* Says where everything is, as the file has it. */
void print_places(void);
