// Covers record/binary/machine_code.h: instructions by their bytes.
#include "record/binary/machine_code.h"

#include <gtest/gtest.h>

#include <random>

namespace pgrec {
namespace {

constexpr std::uint64_t kCodeAddress = 0x1000;

Instruction decode(const Bytes& bytes) {
  const auto instruction = decode_instruction(bytes, kCodeAddress);
  EXPECT_TRUE(instruction);
  return instruction.value_or(Instruction{});
}

TEST(MachineCode, TellsWhatAnInstructionIs) {
  EXPECT_EQ(decode({0xf3, 0x0f, 0x1e, 0xfa}).kind, Instruction::Kind::kEndbr64);
  EXPECT_EQ(decode({0x90}).kind, Instruction::Kind::kNop);
  EXPECT_EQ(decode({0x0f, 0x1f, 0x44, 0x00, 0x00}).kind, Instruction::Kind::kNop);
  EXPECT_EQ(decode({0x55}).kind, Instruction::Kind::kPush);         // push %rbp
  EXPECT_EQ(decode({0x41, 0x57}).kind, Instruction::Kind::kPush);   // push %r15
  EXPECT_EQ(decode({0x6a, 0x01}).kind, Instruction::Kind::kOther);  // push $1
  EXPECT_EQ(decode({0xe8, 0, 0, 0, 0}).kind, Instruction::Kind::kCall);
  EXPECT_EQ(decode({0xff, 0xd0}).kind, Instruction::Kind::kIndirectCall);  // call *%rax
  EXPECT_EQ(decode({0xeb, 0}).kind, Instruction::Kind::kJump);
  EXPECT_EQ(decode({0x74, 0}).kind, Instruction::Kind::kConditionalJump);
  EXPECT_EQ(decode({0xe2, 0}).kind, Instruction::Kind::kConditionalJump);  // loop
  EXPECT_EQ(decode({0xff, 0xe0}).kind, Instruction::Kind::kIndirectJump);  // jmp *%rax
  EXPECT_EQ(decode({0xc3}).kind, Instruction::Kind::kReturn);
  EXPECT_EQ(decode({0x0f, 0x0b}).kind, Instruction::Kind::kTrap);  // ud2
}

TEST(MachineCode, TellsWhereABranchGoes) {
  EXPECT_EQ(decode({0xe8, 0xfb, 0xff, 0xff, 0xff}).target, kCodeAddress);
  EXPECT_EQ(decode({0xeb, 0x10}).target, kCodeAddress + 2 + 0x10);
  EXPECT_EQ(decode({0x0f, 0x84, 0x00, 0x01, 0x00, 0x00}).target, kCodeAddress + 6 + 0x100);
  EXPECT_FALSE(decode({0xff, 0xe0}).target);
}

TEST(MachineCode, TellsAJumpThroughATableFromOneToAFunction) {
  EXPECT_TRUE(decode({0x3e, 0xff, 0xe0}).notrack);  // notrack jmp *%rax
  EXPECT_FALSE(decode({0xff, 0xe0}).notrack);
}

TEST(MachineCode, KnowsWhatTheKernelEmulates) {
  for (const Bytes& bytes :
       {Bytes{0x55}, Bytes{0x41, 0x57}, Bytes{0x90}, Bytes{0xe8, 0, 0, 0, 0},
        Bytes{0xe9, 0, 0, 0, 0}, Bytes{0xeb, 0}, Bytes{0x74, 0}, Bytes{0x0f, 0x84, 0, 0, 0, 0}}) {
    EXPECT_TRUE(decode(bytes).emulated) << testing::PrintToString(bytes);
  }
  for (const Bytes& bytes :
       {Bytes{0xf3, 0x0f, 0x1e, 0xfa}, Bytes{0x66, 0x90}, Bytes{0xc3}, Bytes{0x48, 0x89, 0xe5},
        Bytes{0x48, 0x83, 0xec, 0x08}, Bytes{0x0f, 0x1f, 0x44, 0x00, 0x00}, Bytes{0x6a, 0x01}}) {
    EXPECT_FALSE(decode(bytes).emulated) << testing::PrintToString(bytes);
  }
}

TEST(MachineCode, TellsWhichRegistersAreWritten) {
  const Instruction mov = decode({0x48, 0x89, 0xfb});  // mov %rdi,%rbx
  EXPECT_TRUE(mov.registers_only);
  EXPECT_EQ(mov.written, 1u << 3);
  EXPECT_EQ(decode({0x31, 0xc0}).written, 1u << 0);                // xor %eax,%eax
  EXPECT_EQ(decode({0x40, 0xb7, 0x01}).written, 1u << 7);          // mov $1,%dil
  EXPECT_EQ(decode({0x48, 0x85, 0xff}).written, 0u);               // test %rdi,%rdi
  const Instruction lea = decode({0x4c, 0x8d, 0x54, 0x24, 0x08});  // lea 8(%rsp),%r10
  EXPECT_TRUE(lea.registers_only);
  EXPECT_EQ(lea.written, 1u << 10);
}

TEST(MachineCode, TellsWhatIsNotOfRegistersOnly) {
  for (const Bytes& bytes : {Bytes{0x48, 0x8b, 0x07},        // mov (%rdi),%rax
                             Bytes{0x48, 0x89, 0x07},        // mov %rax,(%rdi)
                             Bytes{0x83, 0x3f, 0x00},        // cmpl $0,(%rdi)
                             Bytes{0x0f, 0x05},              // syscall
                             Bytes{0x0f, 0xa2},              // cpuid
                             Bytes{0xf4},                    // hlt
                             Bytes{0x66, 0x0f, 0xef, 0xc0},  // pxor %xmm0,%xmm0
                             Bytes{0x8e, 0xd8},              // mov %eax,%ds
                             Bytes{0x55}, Bytes{0xc3}, Bytes{0x74, 0x00}}) {
    EXPECT_FALSE(decode(bytes).registers_only) << testing::PrintToString(bytes);
  }
}

TEST(MachineCode, IsNothingWhereTheBytesEnd) {
  EXPECT_FALSE(decode_instruction({}, kCodeAddress));
  EXPECT_FALSE(decode_instruction(Bytes{0xe8, 0x00}, kCodeAddress));
  EXPECT_FALSE(decode_instruction(Bytes{0xf3, 0x0f, 0x1e}, kCodeAddress));
  EXPECT_FALSE(decode_instruction(Bytes(16, 0x66), kCodeAddress));
}

TEST(MachineCode, TakesAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 200'000; ++i) {
    Bytes bytes(random() % 17);
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(random());
    const auto instruction = decode_instruction(bytes, kCodeAddress);
    if (!instruction) continue;
    ASSERT_GT(instruction->length_bytes, 0);
    ASSERT_LE(instruction->length_bytes, bytes.size());
  }
}

}  // namespace
}  // namespace pgrec
