// Covers record/binary/demangled.h.
#include "record/binary/demangled.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(Demangled, IsWhatPeopleWrite) {
  EXPECT_EQ(demangled("_ZN4shop4Cart3addEil"), "shop::Cart::add(int, long)");
}

TEST(Demangled, LeavesOtherNamesAlone) {
  for (const char* name : {"heap_insert", "_start", "_Zebra", "", "_Z"})
    EXPECT_EQ(demangled(name), name);
}

TEST(WithoutParameters, CutsThem) {
  EXPECT_EQ(without_parameters("shop::Cart::add(int, long)"), "shop::Cart::add");
  EXPECT_EQ(without_parameters("shop::Cart::sum() const"), "shop::Cart::sum");
  EXPECT_EQ(without_parameters("f(void (*)(int))"), "f");
}

TEST(WithoutParameters, CutsTheTypeOfATemplatesResult) {
  EXPECT_EQ(without_parameters("void shop::fill<int, long>(shop::Cart&, int)"),
            "shop::fill<int, long>");
}

TEST(WithoutParameters, KeepsParenthesesOfTheName) {
  EXPECT_EQ(without_parameters("(anonymous namespace)::f(int)"), "(anonymous namespace)::f");
  EXPECT_EQ(without_parameters("Call::operator()(int)"), "Call::operator()");
  EXPECT_EQ(without_parameters("Call::operator bool()"), "Call::operator bool");
}

TEST(WithoutParameters, LeavesOtherNamesAlone) {
  for (const char* name : {"heap_insert", "", ")", "(", "f)", "(f)"})
    EXPECT_EQ(without_parameters(name), name);
}

}  // namespace
}  // namespace pgrec
