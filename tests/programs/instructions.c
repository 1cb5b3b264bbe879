/*
 * Functions that begin with each opcode there is: what the kernel takes a probe on is looked at,
 * and most are never called. "hold" waits for a line, while the kernel can look at them. "run
 * TIMES" calls some, and says what they have done: a probe that the kernel gets wrong shows there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEX "0,1,2,3,4,5,6,7,8,9,a,b,c,d,e,f"

/* 256 functions of 16 bytes, called NAME_00 to NAME_ff: BEFORE, the opcode, BEHIND, zeros. */
#define WITH_EACH_OPCODE(NAME, BEFORE, BEHIND)                                             \
  __asm__(".irp h," HEX "\n.irp l," HEX                                                    \
          "\n"                                                                             \
          ".globl " NAME "_\\h\\l\n.type " NAME "_\\h\\l, @function\n.balign 16, 0\n" NAME \
          "_\\h\\l:\n" BEFORE ".byte 0x\\h\\l\n" BEHIND                                    \
          ".skip 4, 0\n.balign 16, 0\n"                                                    \
          ".size " NAME "_\\h\\l, 16\n.endr\n.endr\n")

__asm__(".text\n");
WITH_EACH_OPCODE("plain", "", ".byte 0x07\n");
WITH_EACH_OPCODE("plain_register", "", ".byte 0xd0\n");
WITH_EACH_OPCODE("size", ".byte 0x66\n", ".byte 0x07\n");
WITH_EACH_OPCODE("lock", ".byte 0xf0\n", ".byte 0x07\n");
WITH_EACH_OPCODE("fs", ".byte 0x64\n", ".byte 0x07\n");
WITH_EACH_OPCODE("ds", ".byte 0x3e\n", ".byte 0x07\n");
WITH_EACH_OPCODE("repeat", ".byte 0xf3\n", ".byte 0x07\n");
WITH_EACH_OPCODE("wide", ".byte 0x49\n", ".byte 0x07\n");
WITH_EACH_OPCODE("two", ".byte 0x0f\n", ".byte 0x07\n");
WITH_EACH_OPCODE("two_string", ".byte 0xf2, 0x0f\n", ".byte 0xc1\n");
WITH_EACH_OPCODE("two_size", ".byte 0x66, 0x0f\n", ".byte 0xc1\n");
WITH_EACH_OPCODE("three", ".byte 0x66, 0x0f, 0x38\n", ".byte 0xc1\n");
WITH_EACH_OPCODE("avx", ".byte 0xc5, 0xf9\n", ".byte 0xc1\n");
WITH_EACH_OPCODE("avx_memory", ".byte 0xc5, 0xfa\n", ".byte 0x07\n");
WITH_EACH_OPCODE("avx_two", ".byte 0xc4, 0xe2, 0x71\n", ".byte 0xd1\n");
WITH_EACH_OPCODE("avx_memory_two", ".byte 0xc4, 0xe2, 0x71\n", ".byte 0x17\n");
WITH_EACH_OPCODE("avx_three", ".byte 0xc4, 0xe3, 0x79\n", ".byte 0xc1\n");
WITH_EACH_OPCODE("avx512", ".byte 0x62, 0xf1, 0xfe, 0x48\n", ".byte 0x07\n");
WITH_EACH_OPCODE("avx512_two", ".byte 0x62, 0xf2, 0x7d, 0x48\n", ".byte 0xc1\n");

/* These are called. */
void increment(long* sum);
void load_of_own(long* sum);
void load_and_store(const void* from, void* to); /* by store */
void ordinary(long* sum);
void stepped(long* sum);
__asm__(
    ".macro begin_function name\n"
    ".globl \\name\n.type \\name, @function\n.balign 16\n\\name:\n.endm\n"
    "begin_function increment\nlock incq (%rdi)\nret\n.size increment, . - increment\n"
    "begin_function load_of_own\n.byte 0x3e\nmov (%rdi), %rax\nadd $1, %rax\nmov %rax, "
    "(%rdi)\nret\n"
    ".size load_of_own, . - load_of_own\n"
    "begin_function store\nvmovdqu %xmm0, (%rsi)\nret\n.size store, . - store\n"
    "begin_function load_and_store\nvmovdqu (%rdi), %xmm0\njmp store\n.size load_and_store, . - "
    "load_and_store\n"
    "begin_function ordinary\npush %rbx\nincq (%rdi)\npop %rbx\nret\n.size ordinary, . - ordinary\n"
    "begin_function stepped\nincq (%rdi)\nret\n.size stepped, . - stepped\n"
    ".section .note.GNU-stack,\"\",@progbits\n.text\n");

static void hold(void) {
  char line[16];

  puts("in");
  fflush(stdout);
  if (!fgets(line, sizeof(line), stdin)) exit(1);
}

/* Where there is no AVX, what is stored is so too. */
static void store_sevens(void* to) {
  static const char sevens[16] = {7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7};

  if (__builtin_cpu_supports("avx"))
    load_and_store(sevens, to);
  else
    memcpy(to, sevens, sizeof(sevens));
}

int main(int argc, char** argv) {
  long sums[4] = {0, 0, 0, 0};
  char stored[16] = {0};

  if (argc == 2 && strcmp(argv[1], "hold") == 0) {
    hold();
    return 0;
  }
  if (argc != 3 || strcmp(argv[1], "run") != 0) return 2;
  for (long i = atol(argv[2]); i > 0; i--) {
    increment(&sums[0]);
    load_of_own(&sums[1]);
    ordinary(&sums[2]);
    stepped(&sums[3]);
    store_sevens(stored);
  }
  printf("%ld %ld %ld %ld %d\n", sums[0], sums[1], sums[2], sums[3], stored[15]);
  return 0;
}
