// Covers record/server/server_hooks.h: what a server's code shows of its structures, in the code of
// PostgreSQL and of tests/programs/failing.c by many compilers, and in code that shows something
// else.
#include "record/server/server_hooks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace pgrec {
namespace {

constexpr std::uint64_t kHookAddress = 0x500000;

std::optional<std::uint32_t> found_in(const Bytes& bytes) {
  ElfImage image;
  image.add({{"PortalDefineQuery", 0x1000, kHookAddress, bytes.size()}});
  return find_portal_statements(image,
                                {{{kHookAddress, 0x1000, bytes}}, {{kHookAddress, bytes.size()}}});
}

TEST(PortalStatements, AreWhereTheFifthArgumentIsStored) {
  EXPECT_EQ(found_in({
                0xf3, 0x0f, 0x1e, 0xfa,  // endbr64
                0x48, 0x89, 0x77, 0x08,  // mov %rsi,0x8(%rdi)
                0x48, 0x89, 0x57, 0x38,  // mov %rdx,0x38(%rdi)
                0x89, 0x4f, 0x48,        // mov %ecx,0x48(%rdi)
                0x4c, 0x89, 0x47, 0x58,  // mov %r8,0x58(%rdi)
                0x4c, 0x89, 0x4f, 0x60,  // mov %r9,0x60(%rdi)
                0xc3,
            }),
            0x58u);
}

TEST(PortalStatements, AreNotFoundBehindTheEnd) {
  EXPECT_EQ(found_in({0xc3, 0x4c, 0x89, 0x47, 0x58}), std::nullopt);
  EXPECT_EQ(found_in({}), std::nullopt);
  EXPECT_EQ(find_portal_statements({}, {}), std::nullopt);
}

TEST(PortalStatements, AreNotTakenForWhatIsOutOfReason) {
  EXPECT_EQ(found_in({0x4c, 0x89, 0x07, 0xc3}), std::nullopt);        // mov %r8,(%rdi)
  EXPECT_EQ(found_in({0x4c, 0x89, 0x47, 0x41, 0xc3}), std::nullopt);  // mov %r8,0x41(%rdi)
  EXPECT_EQ(found_in({0x44, 0x89, 0x47, 0x58, 0xc3}), std::nullopt);  // mov %r8d,0x58(%rdi)
  EXPECT_EQ(found_in({0x4c, 0x89, 0x46, 0x58, 0xc3}), std::nullopt);  // mov %r8,0x58(%rsi)
  EXPECT_EQ(found_in({0x4c, 0x89, 0x47, 0x58, 0x4c, 0x89, 0x47, 0x60, 0xc3}),
            std::nullopt);  // both mov %r8,0x58(%rdi) and mov %r8,0x60(%rdi)
}

std::optional<ServerHooks> hooks_of(const std::string& program) {
  const std::string path = std::string(PGREC_FAILING_PROGRAMS) + "/" + program;
  return find_server_hooks(read_elf(path), read_code(path));
}

std::string missing_of(const ServerHooks& hooks) {
  std::string all;
  for (const std::string& one : hooks.missing)
    all += one + "; ";
  return all;
}

TEST(ServerHooks, TellQueryIdsAndErrorsWhateverTheCompiler) {
  for (const std::string compiler : {"gcc", "clang"}) {
    for (const std::string level : {"O0", "O1", "O2", "O3", "Os"}) {
      for (const std::string kind : {"pie", "fixed", "named"}) {
        const std::string program = compiler + "-" + level + "-" + kind;
        const auto hooks = hooks_of(program);
        ASSERT_TRUE(hooks) << program;
        EXPECT_EQ(hooks->server.statements_at, 88u) << program;
        EXPECT_EQ(hooks->known, (KnownOfExecutions{true, true, true, true, true, true})) << program;
      }
    }
  }
}

// Of another version what its code shows is told, and nothing that only others are known to have.
TEST(ServerHooks, OfAnotherVersionTellWhatNeedsNoneOfItsStructures) {
  for (const std::string version : {"10", "19"}) {
    const auto hooks = hooks_of("version-" + version);
    ASSERT_TRUE(hooks) << version;
    EXPECT_EQ(hooks->major, 0);
    EXPECT_EQ(hooks->known, (KnownOfExecutions{false, false, false, true, true, false})) << version;
    EXPECT_EQ(hooks->server.statements_at, 0u);
    EXPECT_EQ(hooks->server.buffer_usage, 0u);
    EXPECT_EQ(hooks->server.in_transaction, 0u);
    EXPECT_EQ(hooks->server.hooks[WIRE_ON_TITLE], 0u);
    EXPECT_NE(missing_of(*hooks).find("rows, query ids, buffers, WAL, transactions left open, what "
                                      "processes are from their beginning: it is PostgreSQL " +
                                      version + ".1; known are 13 to 18; "),
              std::string::npos)
        << missing_of(*hooks);
  }
}

TEST(ServerHooks, DegradeStepByStep) {
  const auto opaque = hooks_of("opaque");
  ASSERT_TRUE(opaque);
  EXPECT_EQ(opaque->known, (KnownOfExecutions{true, true, true, false, true, true}));
  EXPECT_NE(missing_of(*opaque).find("SQLSTATEs: "), std::string::npos);
  const auto dark = hooks_of("dark");
  ASSERT_TRUE(dark);
  EXPECT_EQ(dark->known, (KnownOfExecutions{true, true, true, false, false, true}));
  EXPECT_NE(missing_of(*dark).find("errors: "), std::string::npos);
}

std::vector<std::string> functions_of(const ServerHooks& hooks) {
  std::vector<std::string> all;
  for (const FoundHook& hook : hooks.found)
    all.push_back(hook.function.name);
  return all;
}

// A compiler that knew the whole program left a copy that nobody calls.
TEST(ServerHooks, TellCompletionsByTheReturnOfTheRunWhereEndCommandIsInlined) {
  const auto called = hooks_of("gcc-O2-pie");
  ASSERT_TRUE(called);
  EXPECT_EQ(called->server.hooks[WIRE_ON_RUN_END], 0u);
  EXPECT_NE(called->server.hooks[WIRE_ON_COMPLETION], 0u);
  for (const std::string program :
       {"inlined-13", "inlined-18", "inlined-idle-13", "inlined-idle-18"}) {
    const auto hooks = hooks_of(program);
    ASSERT_TRUE(hooks) << program;
    EXPECT_EQ(hooks->server.hooks[WIRE_ON_RUN_END], hooks->server.hooks[WIRE_ON_RUN]) << program;
    EXPECT_EQ(hooks->server.hooks[WIRE_ON_COMPLETION], 0u) << program;
    const std::vector<std::string> functions = functions_of(*hooks);
    EXPECT_EQ(std::count(functions.begin(), functions.end(), "PortalRun"), 2) << program;
    EXPECT_EQ(missing_of(*hooks).find("completions and rows"), std::string::npos) << program;
  }
}

TEST(ServerHooks, TellThatChangesOfTheApplicationAreNotReported) {
  for (const auto& [program, unseen] : {std::pair{"gcc-O2-pie", 0u},
                                        {"clang-O3-fixed", 0u},
                                        {"inlined-13", 1u},
                                        {"inlined-idle-18", 1u}}) {
    const auto hooks = hooks_of(program);
    ASSERT_TRUE(hooks) << program;
    EXPECT_EQ(hooks->server.application_unseen, unseen) << program;
    EXPECT_NE(hooks->server.application, 0u) << program;
  }
}

TEST(ServerHooks, TellThatIdleIsNotReported) {
  for (const std::string program : {"gcc-O0-pie", "inlined-13", "inlined-18"}) {
    const auto hooks = hooks_of(program);
    ASSERT_TRUE(hooks) << program;
    EXPECT_EQ(hooks->server.idle_unseen, 0u) << program;
  }
  for (const std::string program : {"inlined-idle-13", "inlined-idle-18"}) {
    const auto hooks = hooks_of(program);
    ASSERT_TRUE(hooks) << program;
    EXPECT_EQ(hooks->server.idle_unseen, 1u) << program;
    EXPECT_NE(missing_of(*hooks).find("commits in executions' durations"), std::string::npos)
        << program;
  }
}

// It had the text as its first argument.
TEST(ServerHooks, AreNoneWhereNoStatesAreReported) {
  const std::string path = std::string(PGREC_FAILING_PROGRAMS) + "/version-10";
  ElfImage image = read_elf(path);
  for (const char* old : {"9.1.24", "9.0.23", "8.4.22"}) {
    image.server_version = old;
    EXPECT_FALSE(find_server_hooks(image, read_code(path))) << old;
  }
  image.server_version = "9.6.24";
  EXPECT_TRUE(find_server_hooks(image, read_code(path)));
}

TEST(ServerHooks, AreNotOnWhatTheKernelCannotProbe) {
  const Bytes whole = {0x55, 0x5d, 0xc3};
  const Bytes locked = {0xf0, 0xff, 0x07, 0xc3};  // lock incl (%rdi)
  ElfImage image;
  Code code{{{kHookAddress, 0x1000, {}}}, {}};
  const auto add = [&](const std::string& name, const Bytes& bytes) {
    Bytes& all = code.segments.front().bytes;
    image.add({{name, 0x1000 + all.size(), kHookAddress + all.size(), bytes.size()}});
    all.insert(all.end(), bytes.begin(), bytes.end());
  };
  image.server_version = "15.18";
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
