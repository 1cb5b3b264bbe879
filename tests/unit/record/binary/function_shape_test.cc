// Covers record/binary/function_shape.h: stubs and wrappers by their bytes.
#include "record/binary/function_shape.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/record/binary/code_bytes.h"

namespace pgrec {
namespace {

constexpr std::uint64_t kBody = kText;
constexpr std::uint64_t kStub = kText + 0x100;
constexpr std::uint64_t kCaller = kText + 0x200;
constexpr std::uint64_t kOtherCaller = kText + 0x300;

const Bytes kTestEax = {0x85, 0xc0};  // test %eax,%eax

// Code in which a body, a stub and two callers stand at known places.
class FunctionShapes : public testing::Test {
 protected:
  FunctionShapes() {
    code_.segments.push_back({kText, 0, Bytes(0x400, 0x90)});
    for (const std::uint64_t address : {kBody, kStub, kCaller, kOtherCaller}) {
      code_.pieces.push_back({address, 0x40});
      put(address + 0x3f, kReturnBytes);
    }
    names_ = {{kStub, "stub"}, {kCaller, "caller"}, {kOtherCaller, "other_caller"}};
  }
  void put(std::uint64_t address, const Bytes& bytes) {
    std::copy(bytes.begin(), bytes.end(),
              code_.segments.front().bytes.begin() + static_cast<std::ptrdiff_t>(address - kText));
  }
  // e8 or e9 and the distance from `address` to `target`.
  static Bytes branch(std::uint8_t opcode, std::uint64_t address, std::uint64_t target) {
    Bytes bytes = {opcode};
    put_u32(bytes, static_cast<std::uint32_t>(target - (address + 5)));
    return bytes;
  }
  // test %eax,%eax; je to the end; `before`; jmp to the body; ret.
  void put_stub(const Bytes& before = {}) {
    const auto skipped = static_cast<std::uint8_t>(before.size() + 5);
    stub_ = kTestEax + Bytes{0x74, skipped} + before;
    stub_ = stub_ + branch(0xe9, kStub + stub_.size(), kBody) + kReturnBytes;
    put(kStub, stub_);
  }
  void put_call(std::uint64_t caller, std::uint64_t target) {
    put(caller + 8, branch(0xe8, caller + 8, target));
  }
  FunctionShape shape() {
    return function_shapes(std::vector<Extent>{{kStub, stub_.size()}}, code_, names_).front();
  }

  Code code_;
  NamesByAddress names_;
  Bytes stub_;
};

TEST_F(FunctionShapes, AStubWhoseBodyOthersCallIsPartial) {
  put_stub();
  put_call(kCaller, kBody);
  put_call(kOtherCaller, kBody);
  const FunctionShape found = shape();
  EXPECT_EQ(found.kind, FunctionShape::Kind::kPartial);
  EXPECT_EQ(found.other.address, kBody);
  EXPECT_EQ(found.other.bytes, 0x40u);
  EXPECT_EQ(found.bypassed_by, 2u);
}

TEST_F(FunctionShapes, TwoCallsOfOneFunctionGoPastItOnce) {
  put_stub();
  put_call(kCaller, kBody);
  put_call(kCaller + 8, kBody);
  EXPECT_EQ(shape().bypassed_by, 1u);
}

TEST_F(FunctionShapes, AStubThatNobodyGoesPastIsWhole) {
  put_stub();
  put_call(kCaller, kStub);
  put_call(kBody, kBody);  // it calls itself
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, WhatHandsOnToANamedFunctionIsWhole) {
  put_stub();
  put_call(kCaller, kBody);
  names_[kBody] = "helper";
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, APartOfItsNameIsItsBody) {
  put_stub({0x89, 0xf7});  // mov %esi,%edi: the compiler may give it other arguments
  put_call(kCaller, kBody);
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
  names_[kBody] = "stub.part.0";
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kPartial);
  names_[kBody] = "stubborn.part.0";
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, WhatGoesOnBehindACallOfNamelessCodeIsWhole) {
  stub_ = kTestEax + Bytes{0x74, 5} + branch(0xe8, kStub + 4, kBody) + kReturnBytes;
  put(kStub, stub_);
  put_call(kCaller, kBody);
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, ABodyOfTwoIsOfNeither) {
  put_stub();
  put_call(kCaller, kBody);
  const std::uint64_t second = kOtherCaller;
  const Bytes bytes = kTestEax + Bytes{0x74, 5} + branch(0xe9, second + 4, kBody) + kReturnBytes;
  put(second, bytes);
  const auto shapes = function_shapes(
      std::vector<Extent>{{kStub, stub_.size()}, {second, bytes.size()}}, code_, names_);
  EXPECT_EQ(shapes[0].kind, FunctionShape::Kind::kWhole);
  EXPECT_EQ(shapes[1].kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, AJumpAtTheEndMakesAWrapper) {
  stub_ = Bytes{0x31, 0xf6};  // xor %esi,%esi
  stub_ = stub_ + branch(0xe9, kStub + stub_.size(), kBody);
  put(kStub, stub_);
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWrapper);
  EXPECT_EQ(shape().other.address, kBody);
}

TEST_F(FunctionShapes, WhatWorksItselfIsWhole) {
  stub_ = branch(0xe8, kStub, kCaller) + branch(0xe8, kStub + 5, kOtherCaller) + kReturnBytes;
  put(kStub, stub_);
  EXPECT_EQ(shape().kind, FunctionShape::Kind::kWhole);
}

TEST_F(FunctionShapes, TakeAnyBytes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    put_stub();
    put_call(kCaller, kBody);
    for (int flips = 0; flips < 3; ++flips)
      put(kStub + random() % 16, {static_cast<std::uint8_t>(random())});
    stub_.resize(random() % 128);
    shape();
    const Extent anywhere{random(), random() % 200};
    function_shapes(std::vector<Extent>{anywhere}, code_, names_);
  }
}

}  // namespace
}  // namespace pgrec
