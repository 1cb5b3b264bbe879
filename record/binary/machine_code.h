// Decodes machine code of x86-64, one instruction at a time: as much of each as it takes to place
// probes and to see what a function calls. The only user of Zydis.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "format/frame/bytes.h"

namespace pgrec {

struct Instruction {
  enum class Kind : std::uint8_t {
    kOther,
    kEndbr64,  // marks where indirect branches may arrive; does nothing
    kNop,      // of any length
    kPush,     // of a register
    kCall,
    kIndirectCall,
    kJump,
    kConditionalJump,  // of any kind: also loop, jrcxz and xbegin
    kIndirectJump,
    kReturn,
    kTrap,  // ud2, int3, hlt: nothing runs behind it
  };
  Kind kind = Kind::kOther;
  std::uint8_t length_bytes = 0;
  // Where a direct call or jump goes, as an address.
  std::optional<std::uint64_t> target;
  // An indirect jump that may arrive elsewhere than at an endbr64 (prefix notrack): compilers jump
  // through tables by it.
  bool notrack = false;
  // It computes in general registers: no memory, no stack, no jump, nothing of the system, and no
  // other registers than those and the flags.
  bool registers_only = false;
  // The general registers it writes: bit 0 rax, then rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 to r15.
  std::uint16_t written = 0;
  // Every kernel that can be recorded on emulates it at a probe; the others it lets the processor
  // execute out of line, which takes a second trap.
  bool emulated = false;

  bool is_direct_jump() const { return kind == Kind::kJump || kind == Kind::kConditionalJump; }
};

// One operand of an instruction that moves or computes. Registers are numbered rax, rcx, rdx, rbx,
// rsp, rbp, rsi, rdi, r8 to r15, whatever part of one is meant. Memory of the thread's own (fs, gs)
// is kOther.
struct Operand {
  enum class Kind : std::uint8_t { kOther, kRegister, kMemory, kImmediate };
  static constexpr int kNone = -1;
  Kind kind = Kind::kOther;
  unsigned bytes = 0;  // wide
  int base = kNone;    // the register, or that of an address in memory
  int index = kNone;
  unsigned scale = 0;      // of the index
  std::int64_t value = 0;  // immediate; displacement; of an address relative to rip, where it is
  bool relative = false;   // to rip: `value` is the address
  bool written = false;
};

struct Operation {
  enum class Kind : std::uint8_t {
    kOther,
    kMove,  // also of the lower half with its sign
    kLoadAddress,
    kMultiply,
    kShiftLeft,
    kAdd,
    kSubtract,
    kExclusiveOr,
    kExtend,  // of eax to rax, with its sign
    kPush,
    kPop,
    kLeave,
  };
  Kind kind = Kind::kOther;
  std::array<Operand, 3> operands;  // as they are written, what is written to first
};

// What the instruction at the beginning of `code` does with its operands. Nothing where
// decode_instruction() gives nothing.
std::optional<Operation> decode_operation(ByteView code, std::uint64_t address);

// The instruction at the beginning of `code`, which stands at `address`. Nothing where the bytes
// are none, or end within it.
std::optional<Instruction> decode_instruction(ByteView code, std::uint64_t address);

}  // namespace pgrec
