// Covers record/server/server_hooks.h: what a server's code shows of its structures, in the code of
// PostgreSQL 13 and 18, and code that shows something else.
#include "record/server/server_hooks.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::uint64_t kAddress = 0x500000;

TEST(PortalStatements, AreWhereTheFifthArgumentIsStored) {
  const Bytes code = {
      0xf3, 0x0f, 0x1e, 0xfa,  // endbr64
      0x48, 0x89, 0x77, 0x08,  // mov %rsi,0x8(%rdi)
      0x48, 0x89, 0x57, 0x38,  // mov %rdx,0x38(%rdi)
      0x89, 0x4f, 0x48,        // mov %ecx,0x48(%rdi)
      0x4c, 0x89, 0x47, 0x58,  // mov %r8,0x58(%rdi)
      0x4c, 0x89, 0x4f, 0x60,  // mov %r9,0x60(%rdi)
      0xc3,
  };
  EXPECT_EQ(find_portal_statements(code, kAddress), 0x58u);
}

TEST(PortalStatements, AreNotFoundBehindTheEnd) {
  const Bytes code = {0xc3, 0x4c, 0x89, 0x47, 0x58};
  EXPECT_EQ(find_portal_statements(code, kAddress), std::nullopt);
  EXPECT_EQ(find_portal_statements({}, kAddress), std::nullopt);
}

TEST(PortalStatements, AreNotTakenForWhatIsOutOfReason) {
  // mov %r8,(%rdi); mov %r8,0x41(%rdi); mov %r8d,0x58(%rdi); mov %r8,0x58(%rsi)
  const Bytes code = {0x4c, 0x89, 0x07, 0x4c, 0x89, 0x47, 0x41, 0x44,
                      0x89, 0x47, 0x58, 0x4c, 0x89, 0x46, 0x58, 0xc3};
  EXPECT_EQ(find_portal_statements(code, kAddress), std::nullopt);
}

// errcode() of PostgreSQL 18; `stride`: of imul.
Bytes errcode(std::uint8_t stride) {
  return {
      0xf3, 0x0f, 0x1e, 0xfa,                      // endbr64
      0x8b, 0x05, 0x00, 0x10,   0x00, 0x00,        // mov 0x1000(%rip),%eax
      0x85, 0xc0,                                  // test %eax,%eax
      0x0f, 0x88, 0x00, 0x00,   0x10, 0x00,        // js
      0x48, 0x69, 0xc0, stride, 0x00, 0x00, 0x00,  // imul $stride,%rax,%rax
      0x48, 0x8d, 0x15, 0x00,   0x20, 0x00, 0x00,  // lea 0x2000(%rip),%rdx
      0x89, 0x7c, 0x02, 0x30,                      // mov %edi,0x30(%rdx,%rax,1)
      0x31, 0xc0, 0xc3,
  };
}

TEST(ErrorStack, IsWhereErrcodeWrites) {
  const ErrorStack expected{kAddress + 10 + 0x1000, kAddress + 32 + 0x2000, 0xb8, 0x30};
  EXPECT_EQ(find_error_stack(errcode(0xb8), kAddress), expected);
}

TEST(ErrorStack, OfA192ByteErrorIsReckonedByAddingAndShifting) {
  const Bytes code = {
      0x55,                                      // push %rbp
      0x48, 0x63, 0x05, 0x00, 0x10, 0x00, 0x00,  // movslq 0x1000(%rip),%rax
      0x48, 0x89, 0xe5,                          // mov %rsp,%rbp
      0x85, 0xc0,                                // test %eax,%eax
      0x0f, 0x88, 0x00, 0x00, 0x10, 0x00,        // js
      0x48, 0x8d, 0x04, 0x40,                    // lea (%rax,%rax,2),%rax
      0x48, 0x8d, 0x15, 0x00, 0x20, 0x00, 0x00,  // lea 0x2000(%rip),%rdx
      0x48, 0xc1, 0xe0, 0x06,                    // shl $0x6,%rax
      0x89, 0x7c, 0x02, 0x38,                    // mov %edi,0x38(%rdx,%rax,1)
      0xc3,
  };
  const ErrorStack expected{kAddress + 8 + 0x1000, kAddress + 30 + 0x2000, 192, 0x38};
  EXPECT_EQ(find_error_stack(code, kAddress), expected);
}

TEST(ErrorStack, IsNotTakenForWhatIsOutOfReason) {
  EXPECT_EQ(find_error_stack(errcode(0x20), kAddress), std::nullopt);  // the code behind its end
  EXPECT_EQ(find_error_stack(errcode(0xb9), kAddress), std::nullopt);
  EXPECT_EQ(find_error_stack(ByteView(errcode(0xb8)).first(32), kAddress), std::nullopt);
  EXPECT_EQ(find_error_stack({}, kAddress), std::nullopt);
}

TEST(ServerHooks, AreNotOnWhatTheKernelCannotProbe) {
  const Bytes whole = {0x55, 0x5d, 0xc3};
  const Bytes locked = {0xf0, 0xff, 0x07, 0xc3};  // lock incl (%rdi)
  ElfImage image;
  Code code{{{kAddress, 0x1000, {}}}, {}};
  const auto add = [&](const std::string& name, const Bytes& bytes) {
    Bytes& all = code.segments.front().bytes;
    image.add({{name, 0x1000 + all.size(), kAddress + all.size(), bytes.size()}});
    all.insert(all.end(), bytes.begin(), bytes.end());
  };
  add("pgstat_report_activity", whole);
  add("PortalRun", whole);
  add("EndCommand", locked);
  const auto hooks = find_server_hooks(image, code);
  ASSERT_TRUE(hooks);
  ASSERT_EQ(hooks->found.size(), 2u);
  EXPECT_EQ(hooks->found[1].function.name, "PortalRun");
  EXPECT_EQ(hooks->found[1].site.offset, 0x1003u);
  EXPECT_EQ(hooks->missing.front(),
            "completions and rows: EndCommand: the kernel cannot probe its first instruction");
}

}  // namespace
}  // namespace pgrec
