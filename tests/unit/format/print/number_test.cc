// Covers format/print/number.h: what of a text is read as a number.
#include "format/print/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace pgrec {
namespace {

TEST(ParseNumber, ReadsDigitsFromEndToEnd) {
  EXPECT_EQ(parse_number<std::uint32_t>("0"), 0u);
  EXPECT_EQ(parse_number<std::uint32_t>("4711"), 4711u);
  EXPECT_EQ(parse_number<std::uint32_t>("007"), 7u);
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_number<int>("17"), 17);
}

TEST(ParseNumber, ReadsNothingWithASignABlankOrGarbage) {
  for (const char* text : {"", "+1", "-1", " 1", "1 ", "1.0", "1e3", "0x1", "x", "1x", "x1"}) {
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << "'" << text << "'";
    EXPECT_EQ(parse_number<std::uint64_t>(text), std::nullopt) << "'" << text << "'";
  }
}

TEST(ParseNumber, ReadsNothingThatTheTypeDoesNotHold) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint32_t>("4294967296"), std::nullopt);
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551616"), std::nullopt);
}

TEST(ParseNumber, StopsAtTheEndOfTheView) {
  EXPECT_EQ(parse_number<int>(std::string_view("1234").substr(1, 2)), 23);
}

TEST(LeadingDigits, EndAtTheFirstOtherByte) {
  EXPECT_EQ(leading_digits("15.4"), "15");
  EXPECT_EQ(leading_digits("18beta1"), "18");
  EXPECT_EQ(leading_digits("12"), "12");
  EXPECT_EQ(leading_digits("beta1"), "");
  EXPECT_EQ(leading_digits("-1"), "");
}

}  // namespace
}  // namespace pgrec
