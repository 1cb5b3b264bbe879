/*
 * A function that GCC takes apart at -O2: work() becomes a stub, which asks whether there is
 * something to do, and a body, work.part.0, which callers of this file jump to directly.
 *
 *   partial NEAR FAR IDLE   calls work() NEAR times from another function of this file, past the
 *                           stub, FAR times through a pointer, by the stub, and IDLE times when
 *                           there is nothing to do
 */
#include <stdio.h>
#include <stdlib.h>

volatile int enabled;
volatile long sink;

void work(long i) {
  long k;

  if (!enabled) return;
  for (k = 0; k < 3; k++) {
    sink += i * k;
    sink ^= k << 3;
    if (sink == -12345) puts("never");
  }
  sink += i % 7;
  sink ^= i / 11;
}

__attribute__((noinline)) void near(long i) {
  sink = i;
  work(i);
  sink = i;
}

int main(int argc, char** argv) {
  void (*volatile far)(long) = work;
  long i;

  if (argc != 4) return 2;
  enabled = 1;
  for (i = 0; i < atol(argv[1]); i++)
    near(i);
  for (i = 0; i < atol(argv[2]); i++)
    far(i);
  enabled = 0;
  for (i = 0; i < atol(argv[3]); i++)
    far(i);
  return 0;
}
