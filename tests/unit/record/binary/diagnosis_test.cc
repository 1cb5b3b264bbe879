// Covers record/binary/diagnosis.h: the word for a function, and why.
#include "record/binary/diagnosis.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

class Diagnoses : public testing::Test {
 protected:
  // A function of these bytes at the end of the code.
  void add(const std::string& name, const Bytes& bytes) {
    Bytes& all = code_.segments.front().bytes;
    image_.add({{name, 0x400 + all.size(), 0x1000 + all.size(), bytes.size()}});
    code_.pieces.push_back({0x1000 + all.size(), bytes.size()});
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  Diagnosis of(const std::string& name) {
    return diagnose(image_.find(name), image_, code_).front();
  }
  // "word: why".
  std::string said_of(const std::string& function) {
    const Diagnosis found = of(function);
    return std::string(name(found.verdict)) + ": " + found.why;
  }

  ElfImage image_;
  Code code_{{{0x1000, 0x400, {}}}, {}};
};

const Bytes kWhole = {0x55, 0x5d, 0xc3};  // push, pop, ret

TEST_F(Diagnoses, SayOk) {
  add("f", kWhole);
  EXPECT_EQ(said_of("f"), "ok: ");
}

TEST_F(Diagnoses, SayWhichFunctionABareJumpGoesTo) {
  add("g", kWhole);
  add("f", {0xe9, 0xf8, 0xff, 0xff, 0xff});
  EXPECT_EQ(said_of("f"), "wrapper: it ends by a jump to g at 0x400: both return at once");
}

TEST_F(Diagnoses, SayWhereTheBodyOfAStubIs) {
  add("f.part.0", kWhole);
  add("f", {0x85, 0xc0, 0x74, 0x05, 0xe9, 0xf4, 0xff, 0xff, 0xff, 0xc3});
  add("g", {0xe8, 0xee, 0xff, 0xff, 0xff, 0xc3});
  EXPECT_EQ(said_of("f"),
            "partial: it only asks whether there is work to do; 1 other function goes past it to "
            "the work, f.part.0 at 0x400, so that is where its probes are put");
  EXPECT_EQ(of("f").probed.address, 0x1000u);
}

TEST_F(Diagnoses, SayWhichCopiesThereAre) {
  add("f", kWhole);
  add("f.constprop.0", kWhole);
  add("f.constprop.0.cold", kWhole);
  add("f.isra.0", kWhole);
  EXPECT_EQ(said_of("f"),
            "copies: some callers use f.constprop.0, f.isra.0 in its place: probe those too");
  EXPECT_EQ(of("f").copies, (std::vector<std::string>{"f.constprop.0", "f.isra.0"}));
  EXPECT_EQ(said_of("f.isra.0"), "ok: ");
}

TEST_F(Diagnoses, SayThatANameIsUsedTwice) {
  add("init", kWhole);
  add("init", kWhole);
  EXPECT_EQ(said_of("init"), "copies: one of 2 functions of that name");
}

TEST_F(Diagnoses, SayWhichFunctionIsTheSameCode) {
  add("f", kWhole);
  image_.add({{"g", 0x400, 0x1000, kWhole.size()}});
  EXPECT_EQ(said_of("g"), "alias: it is the same code as f");
  EXPECT_EQ(said_of("f"), "ok: ");
}

TEST_F(Diagnoses, SayWhatCannotBeProbed) {
  add("setjmp", kWhole);
  add("f.cold", kWhole);
  add("halt", {0xf4, 0xc3});
  image_.add({{"data", 0x9000, 0x9000, 8}});
  EXPECT_EQ(said_of("setjmp"), "unprobeable: a return probe in it would break the program");
  EXPECT_EQ(said_of("f.cold"), "unprobeable: a return probe in it would break the program");
  EXPECT_EQ(said_of("halt"), "unprobeable: the kernel cannot probe its first instruction");
  EXPECT_EQ(said_of("data"), "unprobeable: there is no code where its symbol stands");
}

TEST_F(Diagnoses, SayWhatTheKernelRefusesOrMisreads) {
  add("increment", {0xf0, 0xff, 0x07, 0xc3});  // lock incl (%rdi)
  image_.add({{"same", 0x400, 0x1000, 4}});
  add("store", {0xc5, 0xfa, 0x7f, 0x07, 0xc3});         // vmovdqu %xmm0,(%rdi)
  add("behind", {0x55, 0xf0, 0xff, 0x07, 0x5d, 0xc3});  // push, lock incl
  EXPECT_EQ(said_of("increment"), "unprobeable: the kernel cannot probe its first instruction");
  EXPECT_EQ(said_of("same"), "unprobeable: the kernel cannot probe its first instruction");
  EXPECT_EQ(said_of("store"),
            "unprobeable: a probe would break the program: the kernel takes its first instruction "
            "for another");
  EXPECT_EQ(said_of("behind"), "ok: ");
}

// What counts is the code that the probes go to.
TEST_F(Diagnoses, SayThatABodyThatTheKernelRefusesCannotBeProbed) {
  add("f.part.0", {0xf0, 0xff, 0x07, 0x5d, 0xc3});
  add("f", {0x85, 0xc0, 0x74, 0x05, 0xe9, 0xf2, 0xff, 0xff, 0xff, 0xc3});
  add("g", {0xe8, 0xec, 0xff, 0xff, 0xff, 0xc3});
  EXPECT_EQ(said_of("f"), "unprobeable: the kernel cannot probe its first instruction");
  EXPECT_EQ(of("f").probed.address, 0x1000u);
}

}  // namespace
}  // namespace pgrec
