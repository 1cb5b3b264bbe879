// Covers record/server/identity_places.h: the variable that a function returns, in the code of
// several compilers.
#include "record/server/identity_places.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::uint64_t kAddress = 0x500000;

TEST(ReturnedVariable, IsWhatTheFunctionLoads) {
  const Bytes plain = {0x8b, 0x05, 0x00, 0x10, 0x00, 0x00, 0xc3};  // mov 0x1000(%rip),%eax; ret
  EXPECT_EQ(find_returned_variable(plain, kAddress), kAddress + 6 + 0x1000);
  const Bytes marked = {0xf3, 0x0f, 0x1e, 0xfa, 0x8b, 0x05, 0x00, 0x10, 0x00, 0x00, 0xc3};
  EXPECT_EQ(find_returned_variable(marked, kAddress), kAddress + 10 + 0x1000);
}

TEST(ReturnedVariable, IsFoundInCodeThatWasNotOptimized) {
  const Bytes code = {
      0x55,                                // push %rbp
      0x48, 0x89, 0xe5,                    // mov %rsp,%rbp
      0x8b, 0x05, 0x00, 0x10, 0x00, 0x00,  // mov 0x1000(%rip),%eax
      0x5d,                                // pop %rbp
      0xc3,
  };
  EXPECT_EQ(find_returned_variable(code, kAddress), kAddress + 10 + 0x1000);
}

TEST(ReturnedVariable, IsFoundBehindAnAssertion) {
  const Bytes code = {
      0x8b, 0x05, 0x00, 0x10, 0x00, 0x00,  // mov 0x1000(%rip),%eax
      0x85, 0xc0,                          // test %eax,%eax
      0x74, 0x01,                          // je, behind the return
      0xc3, 0x55,
  };
  EXPECT_EQ(find_returned_variable(code, kAddress), kAddress + 6 + 0x1000);
}

TEST(ReturnedVariable, IsNoneInOtherCode) {
  // mov %edi,%eax; ret
  EXPECT_EQ(find_returned_variable(Bytes{0x89, 0xf8, 0xc3}, kAddress), std::nullopt);
  // mov 0x1000(%rip),%rax: of 64 bits
  EXPECT_EQ(find_returned_variable(Bytes{0x48, 0x8b, 0x05, 0, 0x10, 0, 0, 0xc3}, kAddress),
            std::nullopt);
  // mov 0x1000(%rip),%eax; jmp
  EXPECT_EQ(find_returned_variable(Bytes{0x8b, 0x05, 0, 0x10, 0, 0, 0xeb, 0x10}, kAddress),
            std::nullopt);
  // It goes on behind what is known of it.
  EXPECT_EQ(find_returned_variable(Bytes{0x8b, 0x05, 0, 0x10, 0, 0}, kAddress), std::nullopt);
  EXPECT_EQ(find_returned_variable({}, kAddress), std::nullopt);
}

}  // namespace
}  // namespace pgrec
