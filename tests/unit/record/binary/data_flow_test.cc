// Covers record/binary/data_flow.h: what small pieces of code do, and that none is followed for
// ever.
#include "record/binary/data_flow.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace pgrec {
namespace {

constexpr std::uint64_t kAddress = 0x500000;

// Of a function that has these bytes, and of what stands behind it.
DataFlow flow_of(const Bytes& bytes, const Bytes& behind = {}) {
  Code code{{{kAddress, 0x1000, bytes}}, {{kAddress, bytes.size()}}};
  if (!behind.empty()) code.pieces.push_back({kAddress + bytes.size(), behind.size()});
  Bytes& all = code.segments.front().bytes;
  all.insert(all.end(), behind.begin(), behind.end());
  return follow({kAddress, bytes.size()}, code,
                [](std::uint64_t address) { return address == kAddress; });
}

bool stores(const DataFlow& flow, const Value& address, const Value& value, unsigned bytes = 4) {
  return std::any_of(flow.accesses.begin(), flow.accesses.end(), [&](const auto& access) {
    return access.store && access.bytes == bytes && access.address == address &&
           access.stored == value;
  });
}

// of_variable(0x1000, 0x2000, 184): 0x2000 + 184 x the variable, both behind the function's
// beginning.
Value of_variable(std::uint64_t variable, std::uint64_t number, std::int64_t factor) {
  return {Value::Of::kVariable, kAddress + variable, factor,
          static_cast<std::int64_t>(kAddress + number)};
}

TEST(DataFlow, FollowsAMemberOfAnElement) {
  const DataFlow flow = flow_of({
      0xf3, 0x0f, 0x1e, 0xfa,                    // endbr64
      0x48, 0x63, 0x05, 0x00, 0x10, 0x00, 0x00,  // movslq 0x1000(%rip),%rax
      0x85, 0xc0,                                // test %eax,%eax
      0x48, 0x69, 0xc0, 0xb8, 0x00, 0x00, 0x00,  // imul $184,%rax,%rax
      0x48, 0x8d, 0x15, 0x00, 0x20, 0x00, 0x00,  // lea 0x2000(%rip),%rdx
      0x89, 0x7c, 0x02, 0x30,                    // mov %edi,48(%rdx,%rax)
      0xc3,
  });
  EXPECT_TRUE(stores(flow, of_variable(11 + 0x1000, 27 + 0x2000 + 48, 184), Value::argument(0)));
  EXPECT_TRUE(flow.complete);
}

TEST(DataFlow, AddsShiftsAndSubtracts) {
  const DataFlow flow = flow_of({
      0x8b, 0x05, 0x00, 0x10, 0x00, 0x00,  // mov 0x1000(%rip),%eax
      0x48, 0x98,                          // cltq
      0x48, 0x8d, 0x04, 0x40,              // lea (%rax,%rax,2),%rax
      0x48, 0xc1, 0xe0, 0x03,              // shl $3,%rax
      0x48, 0x89, 0xc2,                    // mov %rax,%rdx
      0x48, 0x01, 0xd0,                    // add %rdx,%rax
      0x48, 0x83, 0xe8, 0x08,              // sub $8,%rax
      0x89, 0xb0, 0x00, 0x20, 0x40, 0x00,  // mov %esi,0x402000(%rax)
      0xc3,
  });
  const Value place{Value::Of::kVariable, kAddress + 6 + 0x1000, 48, 0x402000 - 8};
  EXPECT_TRUE(stores(flow, place, Value::argument(1)));
}

TEST(DataFlow, FollowsWhatIsKeptOnTheStack) {
  const DataFlow flow = flow_of({
      0x55,                                      // push %rbp
      0x48, 0x89, 0xe5,                          // mov %rsp,%rbp
      0x48, 0x83, 0xec, 0x20,                    // sub $32,%rsp
      0x89, 0x7d, 0xec,                          // mov %edi,-20(%rbp)
      0x48, 0x8d, 0x05, 0x00, 0x10, 0x00, 0x00,  // lea 0x1000(%rip),%rax
      0x48, 0x89, 0x45, 0xf8,                    // mov %rax,-8(%rbp)
      0xe8, 0x00, 0x00, 0x01, 0x00,              // call
      0x48, 0x8b, 0x45, 0xf8,                    // mov -8(%rbp),%rax
      0x8b, 0x55, 0xec,                          // mov -20(%rbp),%edx
      0x89, 0x50, 0x30,                          // mov %edx,48(%rax)
      0xc9, 0xc3,                                // leave; ret
  });
  EXPECT_TRUE(stores(flow, Value::of_number(kAddress + 18 + 0x1000 + 48), Value::argument(0)));
  EXPECT_EQ(flow.accesses.size(), 1u);  // none of the stack
  ASSERT_EQ(flow.calls.size(), 1u);
  EXPECT_EQ(flow.calls[0].target, kAddress + 27 + 0x10000);
  EXPECT_EQ(flow.calls[0].returns_to, kAddress + 27);
  EXPECT_EQ(flow.calls[0].first, Value::argument(0));
}

TEST(DataFlow, KnowsNothingOfWhatACallMayChange) {
  const DataFlow flow = flow_of({
      0xe8,
      0x00,
      0x00,
      0x01,
      0x00,  // call
      0x89,
      0x3d,
      0x00,
      0x10,
      0x00,
      0x00,  // mov %edi,0x1000(%rip)
      0xc3,
  });
  EXPECT_TRUE(stores(flow, Value::of_number(kAddress + 11 + 0x1000), Value{}));
}

// js to a piece that stands elsewhere, and back; a jump that is not taken falls through.
TEST(DataFlow, FollowsBothWaysOfABranchAndIntoOtherPieces) {
  const Bytes function = {
      0x85, 0xff,                          // test %edi,%edi
      0x78, 0x07,                          // js behind the function
      0x89, 0x35, 0x00, 0x10, 0x00, 0x00,  // mov %esi,0x1000(%rip)
      0xc3,
  };
  const Bytes behind = {
      0x89, 0x15, 0x00, 0x10, 0x00, 0x00,  // mov %edx,0x1000(%rip)
      0xeb, 0xf1,                          // jmp to the store above
  };
  const DataFlow flow = flow_of(function, behind);
  EXPECT_TRUE(stores(flow, Value::of_number(kAddress + 10 + 0x1000), Value::argument(1)));
  EXPECT_TRUE(stores(flow, Value::of_number(kAddress + 17 + 0x1000), Value::argument(2)));
  EXPECT_TRUE(flow.complete);
}

TEST(DataFlow, TakesAJumpToAFunctionForACall) {
  const DataFlow flow = flow_of({0xbf, 0x15, 0x00, 0x00, 0x00,  // mov $21,%edi
                                 0xeb, 0x00},                   // jmp
                                {0xc3});
  EXPECT_TRUE(flow.calls.empty());  // no function begins there
  const DataFlow itself = flow_of({0xbf, 0x15, 0x00, 0x00, 0x00, 0xe9, 0xf6, 0xff, 0xff, 0xff});
  EXPECT_TRUE(itself.calls.empty());  // nor does a jump inside it lead out
  Code code{{{kAddress, 0x1000, {0xbf, 0x15, 0x00, 0x00, 0x00, 0xeb, 0x00, 0xc3}}},
            {{kAddress, 7}, {kAddress + 7, 1}}};
  const DataFlow to_other = follow({kAddress, 7}, code, [](std::uint64_t) { return true; });
  ASSERT_EQ(to_other.calls.size(), 1u);
  EXPECT_EQ(to_other.calls[0].target, kAddress + 7);
  EXPECT_EQ(to_other.calls[0].returns_to, 0u);
  EXPECT_EQ(to_other.calls[0].first, Value::of_number(21));
}

TEST(DataFlow, IsNotCompleteWhereAWayIsNotFollowed) {
  EXPECT_FALSE(flow_of({0xff, 0xe0}).complete);                    // jmp *%rax
  EXPECT_FALSE(flow_of({0xe9, 0x00, 0x00, 0x01}).complete);        // the code ends in it
  EXPECT_FALSE(flow_of({0xe9, 0x00, 0x00, 0x01, 0x00}).complete);  // to where there is no code
  EXPECT_TRUE(flow_of({0x0f, 0x0b}).complete);                     // ud2
}

// What a thread has for itself (%fs) is at no address.
TEST(DataFlow, TakesNoMemoryOfAThreadForAVariable) {
  EXPECT_TRUE(flow_of({0x64, 0x8b, 0x04, 0x25, 0x28, 0x00, 0x00, 0x00, 0xc3}).accesses.empty());
}

TEST(DataFlow, ComesToAnEndWhateverTheCodeIs) {
  EXPECT_TRUE(flow_of({0xeb, 0xfe}).complete);  // jmp to itself
  std::mt19937 random(4242);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes(512);
    for (auto& byte : bytes) {
      // Mostly short jumps.
      byte = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0x70 + random() % 16);
    }
    EXPECT_LE(flow_of(bytes).accesses.size(), 1u << 17);
  }
}

}  // namespace
}  // namespace pgrec
