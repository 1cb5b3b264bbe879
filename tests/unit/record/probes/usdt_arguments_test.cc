// Covers record/probes/usdt_arguments.h: arguments as compilers note them.
#include "record/probes/usdt_arguments.h"

#include <gtest/gtest.h>
#include <linux/ptrace.h>

#include <cstddef>
#include <string>

namespace pgrec {
namespace {

constexpr std::uint64_t kSite = 0x1000;

class UsdtArgument : public testing::Test {
 protected:
  UsdtArgument() { image_.variables = {{"NBuffers", 0x5000, 4}}; }
  std::optional<wire_argument> parse(const std::string& text) const {
    return parse_usdt_argument(text, image_, kSite);
  }
  void expect_register(const std::string& text, std::size_t offset) const {
    const auto argument = parse(text);
    ASSERT_TRUE(argument) << text;
    EXPECT_EQ(argument->operand, WIRE_REGISTER) << text;
    EXPECT_EQ(argument->base, offset) << text;
  }
  void expect_memory(const std::string& text, std::uint16_t base, std::int64_t value) const {
    const auto argument = parse(text);
    ASSERT_TRUE(argument) << text;
    EXPECT_EQ(argument->operand, WIRE_MEMORY) << text;
    EXPECT_EQ(argument->base, base) << text;
    EXPECT_EQ(argument->value, value) << text;
  }

  ElfImage image_;
};

TEST_F(UsdtArgument, HasASizeAndASign) {
  EXPECT_EQ(parse("8@%rax")->bytes, 8);
  EXPECT_EQ(parse("8@%rax")->is_signed, 0);
  EXPECT_EQ(parse("-4@%eax")->bytes, 4);
  EXPECT_EQ(parse("-4@%eax")->is_signed, 1);
}

TEST_F(UsdtArgument, MayBeAConstant) {
  EXPECT_EQ(parse("-4@$-9")->operand, WIRE_CONSTANT);
  EXPECT_EQ(parse("-4@$-9")->value, -9);
  EXPECT_EQ(parse("4@$0x10")->value, 16);
}

TEST_F(UsdtArgument, MayBeInARegisterOfAnySize) {
  for (const char* name : {"rax", "eax", "ax", "al"})
    expect_register(std::string("8@%") + name, offsetof(pt_regs, rax));
  expect_register("1@%bh", offsetof(pt_regs, rbx) + 1);
  for (const char* name : {"rsi", "esi", "si", "sil"})
    expect_register(std::string("8@%") + name, offsetof(pt_regs, rsi));
  expect_register("8@%rbp", offsetof(pt_regs, rbp));
  expect_register("2@%dx", offsetof(pt_regs, rdx));
  for (const char* name : {"r9", "r9d", "r9w", "r9b"})
    expect_register(std::string("8@%") + name, offsetof(pt_regs, r9));
  expect_register("4@%r15d", offsetof(pt_regs, r15));
}

TEST_F(UsdtArgument, MayBeInMemory) {
  expect_memory("4@(%r12)", offsetof(pt_regs, r12), 0);
  expect_memory("-4@12(%rbx)", offsetof(pt_regs, rbx), 12);
  expect_memory("8@-16(%rbp)", offsetof(pt_regs, rbp), -16);
  expect_memory("8@8+16(%rsp)", offsetof(pt_regs, rsp), 24);
  const auto indexed = parse("8@4(%rax,%rcx,8)");
  ASSERT_TRUE(indexed);
  EXPECT_EQ(indexed->index, offsetof(pt_regs, rcx));
  EXPECT_EQ(indexed->shift, 3);
  EXPECT_EQ(parse("8@(%rax,%rcx)")->shift, 0);
  EXPECT_EQ(parse("8@(,%rcx,2)")->base, WIRE_NO_REGISTER);
}

TEST_F(UsdtArgument, MayBeAVariableAtADistanceFromTheSite) {
  expect_memory("-4@NBuffers(%rip)", offsetof(pt_regs, rip), 0x4000);
  expect_memory("-4@40+NBuffers(%rip)", offsetof(pt_regs, rip), 0x4000 + 40);
  expect_memory("-4@NBuffers-4(%rip)", offsetof(pt_regs, rip), 0x4000 - 4);
}

TEST_F(UsdtArgument, IsRefusedWhereItIsNotUnderstood) {
  for (const char* text : {"",
                           "8@",
                           "@%rax",
                           "3@%rax",
                           "8f@%xmm0",
                           "8@%xmm0",
                           "8@%fs:16",
                           "8@rax",
                           "8@%rzx",
                           "8@%r16",
                           "-4@NoSuch(%rip)",
                           "-4@NBuffers(%rax)",
                           "8@(%rax,%rcx,3)",
                           "8@12",
                           "8@$",
                           "8@(%rax",
                           "8@foo",
                           "4@%",
                           "8@-NBuffers(%rip)",
                           "4@8(%rip)"}) {
    EXPECT_FALSE(parse(text)) << text;
  }
}

TEST_F(UsdtArgument, IsRefusedWhereItIsAsLongAsNone) {
  EXPECT_FALSE(parse("8@" + std::string(1'000'000, '1') + "(%rax)"));
  EXPECT_TRUE(parse("8@18446744073709551615+9223372036854775807+1(%rax)"));
}

class UsdtArgumentsOf : public testing::Test {
 protected:
  void add_site(const std::string& arguments) {
    probe_.sites.push_back({probe_.provider, short_name_, 0, 0, 0, arguments});
  }
  void name(const std::string& provider, const std::string& name) {
    probe_.provider = provider;
    short_name_ = name;
  }
  // "a signed, b": the names and kinds.
  std::string types() const {
    std::string all;
    for (const ArgumentType& type : usdt_arguments(probe_, {}).types) {
      all += (all.empty() ? "" : ", ") + type.name;
      if (type.kind == ArgumentType::Kind::kSigned) all += " signed";
      if (type.kind == ArgumentType::Kind::kString) all += " string";
    }
    return all;
  }

  UsdtProbe probe_;
  std::string short_name_ = "step";
};

TEST_F(UsdtArgumentsOf, AreNumberedWhereTheirNamesAreNotKnown) {
  add_site("8@%rax -4@%ebx");
  EXPECT_EQ(types(), "arg1, arg2 signed");
}

TEST_F(UsdtArgumentsOf, MayBeNone) {
  add_site("");
  EXPECT_EQ(types(), "");
}

TEST_F(UsdtArgumentsOf, AreThoseThatEverySiteHas) {
  add_site("8@%rax -4@%ebx 4@%ecx");
  add_site("8@%rbx 8f@%xmm0 4@%edx");
  add_site("8@%rbx 8@%rsi 4@%edx 4@$1");
  EXPECT_EQ(types(), "arg1, arg3");
  EXPECT_EQ(usdt_arguments(probe_, {}).sites[1].arguments, 2);
}

TEST_F(UsdtArgumentsOf, AreSignedWhereOneSiteSaysSo) {
  add_site("4@%eax");
  add_site("-4@$-1");
  EXPECT_EQ(types(), "arg1 signed");
}

TEST_F(UsdtArgumentsOf, SayWhatCouldNotBeReadWhereTheyAreInMemory) {
  add_site("4@(%rax)");
  EXPECT_EQ(types(), "arg1, unreadable");
}

TEST_F(UsdtArgumentsOf, OfPostgresqlHaveItsNames) {
  name("postgresql", "lwlock__wait__start");
  add_site("8@%rdx 4@%r14d");
  EXPECT_EQ(types(), "tranche string, mode, unreadable");
  EXPECT_EQ(usdt_arguments(probe_, {}).sites[0].has_name, 1);
}

TEST_F(UsdtArgumentsOf, OfPostgresqlAreNumberedWhereTheirNumberIsAnother) {
  name("postgresql", "lwlock__wait__start");
  add_site("8@%rdx 4@%r14d 4@%ecx");
  EXPECT_EQ(types(), "arg1, arg2, arg3");
}

TEST_F(UsdtArgumentsOf, HaveNoPointersToTexts) {
  name("postgresql", "query__start");
  add_site("8@%rbx");
  EXPECT_EQ(types(), "");
}

TEST_F(UsdtArgumentsOf, AreAtMostTwelve) {
  std::string many;
  for (int i = 0; i < 20; ++i)
    many += "4@$1 ";
  add_site(many);
  EXPECT_EQ(usdt_arguments(probe_, {}).types.size(), 12u);
}

}  // namespace
}  // namespace pgrec
