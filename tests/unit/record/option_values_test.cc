// Covers record/option_values.h: the values at the bounds of each option, and those outside.
#include "record/option_values.h"

#include <gtest/gtest.h>

#include "format/error.h"

namespace pgrec {
namespace {

template <typename Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const UsageError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "nothing thrown";
}

std::string refusal_of_pids(const std::string& list) {
  return refusal([&] { parse_pids({list}); });
}

TEST(ParsePids, TakesListsInTheirOrder) {
  EXPECT_EQ(parse_pids({"12, 34", "56"}), (std::vector<std::uint32_t>{12, 34, 56}));
  EXPECT_EQ(parse_pids({"4294967295"}), (std::vector<std::uint32_t>{UINT32_MAX}));
  EXPECT_TRUE(parse_pids({}).empty());
}

TEST(ParsePids, RefusesWhatIsNoProcessId) {
  EXPECT_EQ(refusal_of_pids("12,x1"),
            "-p: 'x1' is not a process id / write it like -p 1234 or -p 1234,1250");
  for (const char* const text : {"0", "-1", "12x", "4294967296", "1.5"})
    EXPECT_NE(refusal_of_pids(text), "nothing thrown") << text;
}

TEST(ParseRingBytes, RoundsUpToAPowerOfTwoOfAPageAtLeast) {
  EXPECT_EQ(parse_ring_bytes("0"), 4096u);
  EXPECT_EQ(parse_ring_bytes("4096"), 4096u);
  EXPECT_EQ(parse_ring_bytes("4097"), 8192u);
  EXPECT_EQ(parse_ring_bytes("3M"), 4u << 20);
  EXPECT_EQ(parse_ring_bytes("1G"), 1u << 30);
}

TEST(ParseRingBytes, RefusesMoreThanAGibibyte) {
  EXPECT_EQ(refusal([] { parse_ring_bytes("1073741825"); }),
            "--buffer: '1073741825' is too much / at most 1G for each CPU");
  EXPECT_NE(refusal([] { parse_ring_bytes("18446744073709551615"); }), "nothing thrown");
}

TEST(ParseInterval, IsATenthOfASecondAtLeast) {
  EXPECT_EQ(parse_interval("100ms"), std::chrono::milliseconds(100));
  EXPECT_EQ(parse_interval("3"), std::chrono::seconds(3));
  EXPECT_EQ(refusal([] { parse_interval("99999us"); }),
            "--interval: '99999us' is too short / at least 100 ms");
}

TEST(ParseTextMode, IsOneOfThree) {
  EXPECT_EQ(parse_text_mode("full"), TextMode::kFull);
  EXPECT_EQ(parse_text_mode("normalized"), TextMode::kNormalized);
  EXPECT_EQ(parse_text_mode("none"), TextMode::kNone);
  EXPECT_EQ(
      refusal([] { parse_text_mode("Full"); }),
      "--text: 'Full' is none of full, normalized and none / write it like --text normalized");
}

TEST(ParseTextLimit, IsWhatTheKernelSideCanKeep) {
  EXPECT_EQ(parse_text_limit("64"), 64u);
  EXPECT_EQ(parse_text_limit("1M"), 1u << 20);
  EXPECT_EQ(refusal([] { parse_text_limit("63"); }),
            "--text-limit: '63' is too little or too much / from 64 to 1M");
  EXPECT_EQ(refusal([] { parse_text_limit("1048577"); }),
            "--text-limit: '1048577' is too little or too much / from 64 to 1M");
}

}  // namespace
}  // namespace pgrec
