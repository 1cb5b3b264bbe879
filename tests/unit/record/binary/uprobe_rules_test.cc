// Covers record/binary/uprobe_rules.h: instructions that kernels take, refuse and misread, as seen
// on Linux 6.18 (tests/live/instruction_tests.sh tries two rows of opcodes on the running kernel,
// or with PGREC_ALL_OPCODES=1 all).
#include "record/binary/uprobe_rules.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgrec {
namespace {

constexpr KernelVersion kOld{6, 1};
constexpr KernelVersion kNew{6, 18};

void expect(UprobeFate fate, const std::vector<Bytes>& instructions) {
  for (const Bytes& bytes : instructions) {
    for (const KernelVersion kernel : {kOld, kNew})
      EXPECT_EQ(uprobe_fate(bytes, kernel), fate) << testing::PrintToString(bytes);
  }
}

TEST(UprobeRules, TakeWhatFunctionsBeginWith) {
  expect(UprobeFate::kTaken, {{0x55},                          // push %rbp
                              {0x41, 0x57},                    // push %r15
                              {0x66, 0x50},                    // push %ax
                              {0xf3, 0x0f, 0x1e, 0xfa},        // endbr64
                              {0x48, 0x83, 0xec, 0x08},        // sub $8,%rsp
                              {0x31, 0xc0},                    // xor %eax,%eax
                              {0xc3},                          // ret
                              {0xe9, 1, 0, 0, 0},              // jmp
                              {0x0f, 0x84, 1, 0, 0, 0},        // je
                              {0x90},                          // nop
                              {0xf3, 0x90},                    // pause
                              {0x66, 0x0f, 0x1f, 0x44, 0, 0},  // nopw
                              {0x0f, 0x0b},                    // ud2
                              {0x0f, 0x05},                    // syscall
                              {0x66, 0x0f, 0xef, 0xc0},        // pxor
                              {0xf3, 0x0f, 0x6f, 0x07}});      // movdqu
}

TEST(UprobeRules, RefuseLockAndFourOfTheSegmentsWhereverTheyStand) {
  expect(UprobeFate::kRefused, {{0xf0, 0xff, 0x07},                    // lock incl (%rdi)
                                {0x66, 0xf0, 0xff, 0x07},              // lock incw
                                {0xf0, 0x48, 0x0f, 0xb1, 0x37},        // lock cmpxchg
                                {0x26, 0x8b, 0x07},                    // es
                                {0x2e, 0x8b, 0x07},                    // cs
                                {0x36, 0x8b, 0x07},                    // ss
                                {0x3e, 0x8b, 0x07},                    // ds
                                {0x3e, 0xff, 0xe0},                    // notrack jmp
                                {0x66, 0x2e, 0x0f, 0x1f, 0x04, 0x00},  // cs nopw
                                {0x3e, 0xc5, 0xf8, 0x10, 0x07}});      // ds vmovups
  expect(UprobeFate::kTaken, {{0x64, 0x8b, 0x07},                      // fs
                              {0x65, 0x48, 0x8b, 0x07},                // gs
                              {0x67, 0x8b, 0x07},                      // by 32 bits
                              {0xf2, 0xe9, 1, 0, 0, 0},                // bnd jmp
                              {0xf3, 0xc3}});                          // rep ret
}

TEST(UprobeRules, RefuseOpcodesThatProgramsDoNotUse) {
  for (const int opcode : {0x6c, 0x6f, 0xcc, 0xcd, 0xcf, 0xe4, 0xed, 0xf1, 0xf4, 0xfa})
    expect(UprobeFate::kRefused, {{static_cast<std::uint8_t>(opcode), 0x00}});
  expect(UprobeFate::kRefused, {{0x8e, 0xd0}, {0x41, 0x8e, 0x10}});  // mov to ss
  expect(UprobeFate::kTaken, {{0x8e, 0xd8}, {0x8c, 0xd0}});          // mov to ds, from ss
}

TEST(UprobeRules, RefuseBranchesOf16Bits) {
  expect(UprobeFate::kRefused, {{0x66, 0xe8, 1, 0},
                                {0x66, 0xe9, 1, 0},
                                {0x66, 0xeb, 1},
                                {0x66, 0x74, 1},
                                {0x66, 0x0f, 0x84, 1, 0}});
}

TEST(UprobeRules, ReadANopByAllItsBytesSinceLinux618) {
  EXPECT_EQ(uprobe_fate(Bytes{0x66, 0x90}, kOld), UprobeFate::kRefused);
  EXPECT_EQ(uprobe_fate(Bytes{0x66, 0x90}, kNew), UprobeFate::kTaken);
  EXPECT_EQ(uprobe_fate(Bytes{0x41, 0x90}, kOld), UprobeFate::kMisread);  // xchg %r8d,%eax
  EXPECT_EQ(uprobe_fate(Bytes{0x41, 0x90}, kNew), UprobeFate::kTaken);
  EXPECT_EQ(uprobe_fate(Bytes{0x48, 0x90}, kOld), UprobeFate::kTaken);
}

TEST(UprobeRules, LookAvxUpByTheByteBehindItsPrefix) {
  expect(UprobeFate::kTaken, {{0xc5, 0xf8, 0x57, 0xc0},                  // vxorps
                              {0xc5, 0xfa, 0x10, 0x07},                  // vmovss
                              {0xc5, 0xf9, 0xfe, 0xc1},                  // vpaddd
                              {0xc4, 0xe2, 0x7d, 0x18, 0x07},            // vbroadcastss
                              {0x62, 0xf1, 0x7c, 0x48, 0x10, 0x07}});    // vmovups %zmm0
  expect(UprobeFate::kRefused, {{0xc5, 0xfa, 0x6f, 0x07},                // vmovdqu (load)
                                {0xc5, 0xf9, 0x6e, 0xc7},                // vmovd
                                {0xc5, 0xf9, 0xef, 0xc0},                // vpxor
                                {0xc4, 0xc1, 0x79, 0x6e, 0xc0},          // vmovd %r8d
                                {0x62, 0xf1, 0xfe, 0x48, 0x6f, 0x07},    // vmovdqu64 (load)
                                {0x62, 0xf1, 0x7d, 0x48, 0xef, 0xc0},    // vpxord
                                {0xc4, 0xe2, 0x71, 0x8e, 0x17}});        // vpmaskmovd of xmm2
  expect(UprobeFate::kMisread, {{0xc5, 0xfa, 0x7f, 0x07},                // vmovdqu (store): jg
                                {0xc5, 0xf8, 0x77},                      // vzeroupper: ja
                                {0xc5, 0xf9, 0x70, 0xc0, 0x1b},          // vpshufd: jo
                                {0xc5, 0xf9, 0x74, 0xc1},                // vpcmpeqb: je
                                {0xc5, 0xf9, 0xeb, 0xc1},                // vpor: jmp
                                {0xc5, 0xf9, 0xe8, 0xc1},                // vpsubsb: call
                                {0xc5, 0xf8, 0xc2, 0xc1, 0x00},          // vcmpps: ret
                                {0xc4, 0xe2, 0xf1, 0x9d, 0xc2},          // vfnmadd132sd: popf
                                {0x62, 0xf1, 0xfe, 0x48, 0x7f, 0x07},    // vmovdqu64 (store)
                                {0x62, 0xf1, 0x7d, 0x48, 0xeb, 0xc1}});  // vpord
}

TEST(UprobeRules, RefuseWhatOnlyProcessorsOfAmdHad) {
  expect(UprobeFate::kRefused, {{0xc4, 0xe3, 0x79, 0x69, 0xc1, 0x00},    // vfmaddpd
                                {0xc4, 0xe3, 0xf9, 0x7f, 0xc1, 0x00},    // vfnmsubsd
                                {0x66, 0x0f, 0x79, 0xc1},                // extrq
                                {0xf2, 0x0f, 0x78, 0xc1, 0x00, 0x00}});  // insertq
  expect(UprobeFate::kTaken, {{0xc4, 0xe3, 0x79, 0x0f, 0xc1, 0x00}});    // vpalignr
  expect(UprobeFate::kMisread, {{0xc4, 0xe2, 0x79, 0x78, 0xc1}});        // vpbroadcastb: js
}

TEST(UprobeRules, TakePopAndLeaForWhatTheyAre) {
  expect(UprobeFate::kTaken, {{0x8f, 0x07}, {0x8f, 0xc0}, {0x8d, 0x07}});
}

}  // namespace
}  // namespace pgrec
