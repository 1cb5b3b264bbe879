/*
 * A program with USDT probes, their notes written by hand as <sys/sdt.h> makes them:
 *
 *   test:step     two places and a semaphore; in its first the round, which is in memory, and -7;
 *                 in its second the round, which is in a register, and 7
 *   test:lonely   one place, no semaphore, no arguments
 *
 *   points ROUNDS HELD   says "in" and waits for a line if HELD is 1; reaches lonely once, and each
 *                        place of step once a round, while the semaphore is raised; says how high
 *                        the semaphore is, waits for another line if HELD is 1, and says it again
 */
#include <stdio.h>
#include <stdlib.h>

/* The counter that a tracer raises. */
__attribute__((section(".probes"), used)) volatile unsigned short step_semaphore;

/* As <sys/sdt.h> has it: tools find by it how far sections have moved. */
__asm__(
    ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
    ".weak _.stapsdt.base\n"
    ".hidden _.stapsdt.base\n"
    "_.stapsdt.base: .space 1\n"
    ".size _.stapsdt.base, 1\n"
    ".popsection\n");

#define PLACE(name, semaphore, arguments)      \
  "990: nop\n"                                 \
  ".pushsection .note.stapsdt,\"\",\"note\"\n" \
  ".balign 4\n"                                \
  ".4byte 992f-991f, 994f-993f, 3\n"           \
  "991: .asciz \"stapsdt\"\n"                  \
  "992: .balign 4\n"                           \
  "993: .8byte 990b\n"                         \
  ".8byte _.stapsdt.base\n"                    \
  ".8byte " semaphore                          \
  "\n"                                         \
  ".asciz \"test\"\n"                          \
  ".asciz \"" name                             \
  "\"\n"                                       \
  ".asciz \"" arguments                        \
  "\"\n"                                       \
  "994: .balign 4\n"                           \
  ".popsection\n"

__attribute__((noinline)) void lonely(void) {
  __asm__ volatile(PLACE("lonely", "0", ""));
}

__attribute__((noinline)) void first(volatile int* round) {
  __asm__ volatile(PLACE("step", "step_semaphore", "-4@(%0) -4@$-7") : : "r"(round) : "memory");
}

__attribute__((noinline)) void second(unsigned long round) {
  __asm__ volatile(PLACE("step", "step_semaphore", "4@%k0 -4@$7") : : "r"(round));
}

static void wait_for_line(const char* held, const char* say) {
  char line[16];

  printf("%s\n", say);
  fflush(stdout);
  if (atoi(held) && !fgets(line, sizeof line, stdin)) exit(1);
}

int main(int argc, char** argv) {
  volatile int round;
  char said[32];

  if (argc != 3) return 2;
  wait_for_line(argv[2], "in");
  lonely();
  for (round = 0; round < atoi(argv[1]); round++) {
    if (step_semaphore == 0) continue;
    first(&round);
    second((unsigned long)round);
  }
  snprintf(said, sizeof said, "semaphore %d", step_semaphore);
  wait_for_line(argv[2], said);
  snprintf(said, sizeof said, "semaphore %d", step_semaphore);
  wait_for_line("0", said);
  return 0;
}
