// What the kernel makes of a probe on an instruction: it looks at the instruction when a process
// has it mapped, and where it takes no probe then, nobody is told. So what it will do is worked out
// here, by the rules of arch/x86/kernel/uprobes.c (uprobe_init_insn, branch_setup_xol_ops,
// arch_uprobe_analyze_insn), from Linux 5.15 to 7.0.
//
// It refuses an instruction
// - with a prefix lock, es, cs, ss or ds (also as notrack); fs and gs it takes;
// - that it does not know (FMA4, extrq, insertq);
// - that loads ss, or with an opcode that programs do not use or that is not in its table. It
//   knows the table of one-byte opcodes only, and looks an AVX instruction up there by the byte
//   behind its prefix: vmovdqu as a load has 6f, which is outs without the prefix, and is refused,
//   like vpxor and many others;
// - that is a jump or call with the prefix 66; before Linux 6.18 also a nop with it.
//
// By the same byte it takes some AVX instructions for others, and emulates these in their place: a
// store by vmovdqu (7f) for jg, vpor (eb) for jmp, vzeroupper (77) for ja. The program then goes on
// without what the instruction does, or elsewhere. A probe there must not be.
#pragma once

#include "format/frame/bytes.h"
#include "record/host/kernel_version.h"

namespace pgrec {

enum class UprobeFate {
  kTaken,
  kRefused,
  kMisread,  // taken, and then the program does not do what it should
};

// For the instruction of x86-64 at the beginning of `code`, which decode_instruction() can decode.
UprobeFate uprobe_fate(ByteView code, KernelVersion kernel);

// The same in words. Null where the kernel takes a probe.
const char* why_unprobeable(ByteView code, KernelVersion kernel);

}  // namespace pgrec
