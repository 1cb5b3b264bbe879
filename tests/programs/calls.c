/*
 * Makes a known number of calls of functions with known names, for the live tests:
 *
 *   calls nested N          outer() N times, each of which calls inner() three times
 *   calls recursion D       recurse() to depth D, once
 *   calls mutual D          even() and odd(), which call each other to depth D, once
 *   calls longjmp N         jump_out() N times: it enters landing() and longjmps back past both
 *   calls tail N            tail_from() N times, which ends in a jump to tail_to()
 *   calls threads T N       inner() N times in each of T threads
 *   calls forks P N         inner() N times in each of P child processes
 *   calls forked D E        fork_in() to depth D, once; there it forks, the child enters even()
 *                           to depth E, and both return from all
 *   calls vforked D E       the same with vfork(), whose child ends instead of returning from
 *                           fork_in()
 *   calls sibling N         first() N times, which longjmps back to where second() is called then
 *   calls hold              enters hold(), says "in", and stays until a line comes on stdin
 *   calls endless           inner() until it is killed
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROBED __attribute__((noinline, noclone, used))

static volatile long sink;
static jmp_buf back;

PROBED void inner(long i) {
  sink = i;
}

PROBED void outer(long i) {
  inner(i);
  inner(i + 1);
  inner(i + 2);
  sink = i;
}

PROBED void recurse(long depth) {
  if (depth > 1) recurse(depth - 1);
  sink = depth; /* keeps the call from being a jump */
}

PROBED void odd(long depth);

PROBED void even(long depth) {
  if (depth > 1) odd(depth - 1);
  sink = depth;
}

PROBED void odd(long depth) {
  if (depth > 1) even(depth - 1);
  sink = depth;
}

static int by_vfork;

/* Keeps its own frame of the stack, which the child of vfork() shares, as it is. */
static __attribute__((noinline)) void call_in_child(long below) {
  pid_t child = by_vfork ? vfork() : fork();

  if (child == 0) {
    even(below);
    if (by_vfork) _exit(0);
  } else {
    waitpid(child, NULL, 0);
  }
}

PROBED void fork_in(long depth, long below) {
  if (depth > 1)
    fork_in(depth - 1, below);
  else
    call_in_child(below);
  sink = depth;
}

PROBED void landing(long i) {
  sink = i;
  longjmp(back, 1);
}

PROBED void jump_out(long i) {
  landing(i);
  sink = i;
}

PROBED long tail_to(long i) {
  sink = i;
  return i + 1;
}

/* Ends in a jump to tail_to() whatever the optimization level. */
PROBED long tail_from(long i);
__asm__(
    ".globl tail_from\n"
    ".type tail_from, @function\n"
    "tail_from:\n"
    "	nop\n"
    "	jmp tail_to\n"
    ".size tail_from, . - tail_from\n");

PROBED void first(void) {
  longjmp(back, 1);
}

PROBED void second(long i) {
  sink = i;
}

/* Calls both with the same stack pointer. */
PROBED void siblings(long i) {
  if (setjmp(back) == 0) first();
  second(i);
  sink = i;
}

/* Begins with an instruction that the kernel does not let a probe replace. Never called. */
__asm__(
    ".globl unprobeable\n"
    ".type unprobeable, @function\n"
    "unprobeable:\n"
    "	hlt\n"
    "	ret\n"
    ".size unprobeable, . - unprobeable\n");

PROBED void hold(void) {
  char line[16];

  puts("in");
  fflush(stdout);
  if (fgets(line, sizeof(line), stdin)) sink = line[0];
}

static void* call_inner(void* times) {
  for (long i = 0; i < *(long*)times; i++)
    inner(i);
  return NULL;
}

static void in_threads(long threads, long times) {
  pthread_t ids[64];

  for (long t = 0; t < threads; t++)
    pthread_create(&ids[t], NULL, call_inner, &times);
  for (long t = 0; t < threads; t++)
    pthread_join(ids[t], NULL);
}

static void in_children(long children, long times) {
  for (long c = 0; c < children; c++) {
    if (fork() == 0) {
      call_inner(&times);
      _exit(0);
    }
  }
  while (wait(NULL) > 0)
    ;
}

int main(int argc, char** argv) {
  const char* what = argc > 1 ? argv[1] : "";
  long n = argc > 2 ? atol(argv[2]) : 0;
  long m = argc > 3 ? atol(argv[3]) : 0;
  long i;

  if (!strcmp(what, "nested")) {
    for (i = 0; i < n; i++)
      outer(i);
  } else if (!strcmp(what, "recursion")) {
    recurse(n);
  } else if (!strcmp(what, "mutual")) {
    even(n);
  } else if (!strcmp(what, "longjmp")) {
    for (volatile long j = 0; j < n; j++) {
      if (setjmp(back) == 0) jump_out(j);
    }
  } else if (!strcmp(what, "tail")) {
    for (i = 0; i < n; i++)
      sink = tail_from(i);
  } else if (!strcmp(what, "threads")) {
    in_threads(n, m);
  } else if (!strcmp(what, "forks")) {
    in_children(n, m);
  } else if (!strcmp(what, "forked") || !strcmp(what, "vforked")) {
    by_vfork = what[0] == 'v';
    fork_in(n, m);
  } else if (!strcmp(what, "sibling")) {
    for (i = 0; i < n; i++)
      siblings(i);
  } else if (!strcmp(what, "hold")) {
    hold();
  } else if (!strcmp(what, "endless")) {
    for (i = 0;; i++)
      inner(i);
  } else {
    return 2;
  }
  return 0;
}
