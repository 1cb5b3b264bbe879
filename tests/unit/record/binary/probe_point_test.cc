// Covers record/binary/probe_point.h: where probes go, by the bytes of functions and of what is
// around them.
#include "record/binary/probe_point.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/record/binary/code_bytes.h"

namespace pgrec {
namespace {

const Bytes kEndbr64 = {0xf3, 0x0f, 0x1e, 0xfa};
const Bytes kPushRbp = {0x55};
const Bytes kMovRdiRbx = {0x48, 0x89, 0xfb};     // mov %rdi,%rbx
const Bytes kMovRsiRdi = {0x48, 0x89, 0xf7};     // mov %rsi,%rdi
const Bytes kMovRdiMemory = {0x48, 0x89, 0x1f};  // mov %rbx,(%rdi)
const Bytes kTestRdi = {0x48, 0x85, 0xff};       // test %rdi,%rdi
const Bytes kSubRsp = {0x48, 0x83, 0xec, 0x08};  // sub $8,%rsp
const Bytes kLongNop = {0x0f, 0x1f, 0x44, 0x00, 0x00};
const Bytes kJumpRax = {0xff, 0xe0};
const Bytes kNotrackJumpRax = {0x3e, 0xff, 0xe0};

// Code laid out piece by piece.
class ProbePoints : public testing::Test {
 protected:
  ProbePoints() { code_.segments.push_back({kText, 0x400, {}}); }
  std::uint64_t end() { return kText + bytes().size(); }
  Bytes& bytes() { return code_.segments.front().bytes; }

  // Adds bytes that no function is known to have.
  void put(const Bytes& more) { bytes() = bytes() + more; }
  // Adds a jump or call (its opcode) by 32 bits to `target`.
  void put_far(const Bytes& opcode, std::uint64_t target) {
    const std::uint64_t behind = end() + opcode.size() + 4;
    put(opcode);
    put_u32(bytes(), static_cast<std::uint32_t>(target - behind));
  }
  // Adds a function that is known, not asked for.
  void put_function(const Bytes& body) {
    starts_.push_back(end());
    put(body);
  }
  // Adds the function in question.
  void put_asked(const Bytes& body) {
    asked_ = {end(), body.size()};
    put_function(body);
  }
  std::uint64_t point() {
    return probe_points(std::vector<Extent>{asked_}, code_, starts_).front();
  }
  // Where the probes of a function of these bytes go that nothing is around.
  std::uint64_t point(const Bytes& body) {
    put_asked(body);
    return point();
  }

  Code code_;
  std::vector<std::uint64_t> starts_;
  Extent asked_;
};

TEST_F(ProbePoints, StayOnAPush) {
  EXPECT_EQ(point(kPushRbp + kReturnBytes), 0u);
}

TEST_F(ProbePoints, PassAnEndbr64) {
  EXPECT_EQ(point(kEndbr64 + kPushRbp + kReturnBytes), 4u);
}

TEST_F(ProbePoints, PassWhatComputesInOtherRegisters) {
  EXPECT_EQ(point(kMovRdiRbx + kPushRbp + kReturnBytes), 3u);
}

TEST_F(ProbePoints, PassBothAnEndbr64AndThat) {
  EXPECT_EQ(point(kEndbr64 + kMovRdiRbx + kPushRbp + kReturnBytes), 7u);
}

TEST_F(ProbePoints, PassATestToItsJump) {
  EXPECT_EQ(point(kTestRdi + Bytes{0x74, 0x01} + kPushRbp + kReturnBytes), 3u);
}

TEST_F(ProbePoints, PassLongNops) {
  EXPECT_EQ(point(kEndbr64 + kLongNop + kPushRbp + kReturnBytes), 9u);
}

TEST_F(ProbePoints, StayBeforeAnArgumentIsWritten) {
  EXPECT_EQ(point(kMovRsiRdi + kPushRbp + kReturnBytes), 0u);
}

TEST_F(ProbePoints, StayBeforeTheStackPointerIsWritten) {
  EXPECT_EQ(point(kEndbr64 + kSubRsp + kPushRbp + kReturnBytes), 0u);
}

TEST_F(ProbePoints, StayBeforeMemoryIsTouched) {
  EXPECT_EQ(point(kMovRdiMemory + kPushRbp + kReturnBytes), 0u);
}

TEST_F(ProbePoints, StayWhereNothingEmulatedFollows) {
  EXPECT_EQ(point(kEndbr64 + kMovRdiRbx + kReturnBytes), 0u);
}

TEST_F(ProbePoints, PassFourInstructionsAtMost) {
  const Bytes four = kTestRdi + kTestRdi + kTestRdi + kTestRdi;
  EXPECT_EQ(point(four + kPushRbp + kReturnBytes), 12u);
  EXPECT_EQ(point(four + kTestRdi + kPushRbp + kReturnBytes), 0u);
}

TEST_F(ProbePoints, StayInTheFunction) {
  EXPECT_EQ(point(kEndbr64), 0u);
  put_asked(kEndbr64);
  put(kPushRbp + kReturnBytes);  // of the next one
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, PassAnEndbr64OfAFunctionOfUnknownSizeToAPushOnly) {
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  asked_.bytes = 0;
  EXPECT_EQ(point(), 4u);
  put_asked(kEndbr64 + kTestRdi + Bytes{0x74, 0x01} + kPushRbp + kReturnBytes);
  asked_.bytes = 0;
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, StayWhereALoopBeginsBehindTheEndbr64) {
  // endbr64; 4: je 10; …; 8: jmp 4
  EXPECT_EQ(point(kEndbr64 + Bytes{0x74, 0x04, 0x90, 0x90, 0xeb, 0xfa} + kReturnBytes), 0u);
}

TEST_F(ProbePoints, StayWhereALoopBeginsAtTheJump) {
  // 0: test; 3: je 7; 5: jmp 3; 7: ret
  EXPECT_EQ(point(kTestRdi + Bytes{0x74, 0x02, 0xeb, 0xfc} + kReturnBytes), 0u);
}

TEST_F(ProbePoints, PassWhereALoopBeginsAtTheFirstByte) {
  // 0: test; 3: je 7; 5: jmp 0; 7: ret
  EXPECT_EQ(point(kTestRdi + Bytes{0x74, 0x02, 0xeb, 0xf9} + kReturnBytes), 3u);
}

TEST_F(ProbePoints, StayWhereAFarJumpGetsIn) {
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  put(Bytes(1000, 0xcc));
  put_far({0x0f, 0x84}, asked_.address + 4);
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, StayWhereAFarJumpBetweenInstructionsGetsIn) {
  put_asked(kMovRdiRbx + kPushRbp + kReturnBytes);
  put(Bytes(1000, 0xcc));
  put({0x48, 0xb8});  // a decoder that comes this way sees a mov of 8 bytes
  put_far({0xe9}, asked_.address + 3);
  put(Bytes(8, 0x90));
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, PassTheEndbr64ThatADirectCallSkips) {
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  put(Bytes(1000, 0xcc));
  put_far({0xe8}, asked_.address + 4);
  EXPECT_EQ(point(), 4u);
}

TEST_F(ProbePoints, StayWhereACallSkipsMoreThanTheEndbr64) {
  put_asked(kEndbr64 + kMovRdiRbx + kPushRbp + kReturnBytes);
  put(Bytes(1000, 0xcc));
  put_far({0xe8}, asked_.address + 7);
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, PassWhereOthersCallAndJumpToTheFirstByte) {
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  put_far({0xe8}, asked_.address);
  put_far({0xe9}, asked_.address);
  EXPECT_EQ(point(), 4u);
}

TEST_F(ProbePoints, StayWhereAShortJumpFromBeforeGetsIn) {
  put_function(Bytes(200, 0x90) + Bytes{0xeb, 0x04 + 1} + kReturnBytes);
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, PassWhereBytesBeforeOnlyLookLikeAShortJump) {
  // mov $0x05eb…,%eax: its bytes hold eb 05.
  put_function(Bytes(200, 0x90) + Bytes{0xb8, 0x00, 0x00, 0xeb, 0x05} + kReturnBytes);
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  EXPECT_EQ(point(), 4u);
  // Nor, without a function that is known to begin before it, can that be told.
  starts_ = {asked_.address};
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, StayWhereAShortJumpFromBehindGetsIn) {
  put_asked(kEndbr64 + kPushRbp + kReturnBytes);
  put({0xeb, 0xfc});  // from 6 to 4
  EXPECT_EQ(point(), 0u);
}

TEST_F(ProbePoints, StayWhereAJumpThroughATableCouldGetIn) {
  EXPECT_EQ(point(kTestRdi + Bytes{0x74, 0x02} + kJumpRax + kReturnBytes), 0u);
  EXPECT_EQ(point(kEndbr64 + Bytes{0x74, 0x03} + kNotrackJumpRax + kReturnBytes), 0u);
}

TEST_F(ProbePoints, PassWhereAnIndirectJumpArrivesAtAnEndbr64) {
  EXPECT_EQ(point(kEndbr64 + Bytes{0x74, 0x02} + kJumpRax + kReturnBytes), 4u);
}

TEST_F(ProbePoints, PassAnEndbr64BeforeAPushWhateverTheFunctionJumpsThrough) {
  EXPECT_EQ(point(kEndbr64 + kPushRbp + kNotrackJumpRax + kReturnBytes), 4u);
}

TEST_F(ProbePoints, StayWhereAPartThatStandsElsewhereCouldGetIn) {
  put_function(Bytes(100, 0x90) + kReturnBytes);
  const std::uint64_t known = kText;
  put_asked(kTestRdi + Bytes{0x74, 0x00} + kReturnBytes);
  EXPECT_EQ(point(), 3u);
  for (const std::uint64_t target : {known, known + 50}) {
    put_asked(kTestRdi);
    put_far({0x0f, 0x84}, target);
    put(kReturnBytes);
    asked_.bytes = end() - asked_.address;
    EXPECT_EQ(point(), target == known ? 3u : 0u);
  }
}

TEST_F(ProbePoints, PassBeforeAJumpToAnotherFunctionThatHasNoName) {
  put(Bytes(100, 0x90));
  put_asked(kEndbr64);
  put_far({0xe9}, kText + 50);
  asked_.bytes = end() - asked_.address;
  EXPECT_EQ(point(), 4u);
}

TEST_F(ProbePoints, AreOfEachFunctionInItsOrder) {
  const Extent second{end(), 6};
  put_function(kEndbr64 + kPushRbp + kReturnBytes);
  const Extent first{end(), 2};
  put_function(kPushRbp + kReturnBytes);
  EXPECT_EQ(probe_points(std::vector<Extent>{first, second, second}, code_, starts_),
            (std::vector<std::uint64_t>{0, 4, 4}));
}

TEST_F(ProbePoints, TakeAStepWhereNothingIsEmulated) {
  put(kPushRbp + kSubRsp + kEndbr64 + kLongNop + kMovRsiRdi + kReturnBytes);
  EXPECT_FALSE(is_stepped(kText, code_));
  EXPECT_TRUE(is_stepped(kText + 1, code_));
  EXPECT_TRUE(is_stepped(kText + 5, code_));
  EXPECT_TRUE(is_stepped(kText + 14, code_));
  EXPECT_TRUE(is_stepped(end(), code_));  // there is none
}

TEST_F(ProbePoints, StayWhereThereIsNoCode) {
  EXPECT_EQ(probe_points(std::vector<Extent>{{0, 10}, {kText, 10}, {~0ull, ~0ull}}, code_, {}),
            (std::vector<std::uint64_t>{0, 0, 0}));
}

TEST_F(ProbePoints, TakeAnyBytesAndExtents) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    bytes().clear();
    for (std::size_t i = random() % 64; i > 0; --i)
      put(random() % 4 == 0 ? kEndbr64 + kPushRbp : Bytes{static_cast<std::uint8_t>(random())});
    if (round % 2 == 0) code_.segments.front().address = ~0ull - random() % 80;
    std::vector<Extent> functions;
    for (int i = 0; i < 8; ++i) {
      const std::uint64_t size = i % 4 == 0 ? random() : random() % 64;
      functions.push_back({code_.segments.front().address + random() % 64, size});
    }
    const auto points = probe_points(functions, code_, {});
    for (std::size_t i = 0; i < points.size(); ++i)
      ASSERT_LE(points[i], 20u);
  }
}

}  // namespace
}  // namespace pgrec
