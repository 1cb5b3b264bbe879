// Covers record/binary/function_names.h: functions by symbols and by C++ names.
#include "record/binary/function_names.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

class FunctionsNamed : public testing::Test {
 protected:
  FunctionsNamed() {
    image_.add({{"_ZN4shop4Cart3addEd", 1}, {"_ZN4shop4Cart3addEil", 2}, {"heap_insert", 3}});
  }
  Names matching(const std::string& pattern) {
    Names found;
    for (const Symbol& symbol : FunctionNames(image_).matching(pattern))
      found.push_back(symbol.name);
    return found;
  }
  ElfImage image_;
};

const Names kBoth = {"_ZN4shop4Cart3addEd", "_ZN4shop4Cart3addEil"};

TEST_F(FunctionsNamed, AreThoseOfTheSymbol) {
  EXPECT_EQ(matching("heap_insert"), Names{"heap_insert"});
  EXPECT_EQ(matching(kBoth[1]), Names{kBoth[1]});
}

TEST_F(FunctionsNamed, AreThoseOfTheCppName) {
  EXPECT_EQ(matching("shop::Cart::add(int, long)"), Names{kBoth[1]});
  EXPECT_EQ(matching("shop::Cart::add"), kBoth);
}

TEST_F(FunctionsNamed, AreThoseThatAGlobMatches) {
  EXPECT_EQ(matching("heap_*"), Names{"heap_insert"});
  EXPECT_EQ(matching("shop::*"), kBoth);
  EXPECT_EQ(matching("*Cart*"), kBoth);
}

TEST_F(FunctionsNamed, AreMissingWithTheNearest) {
  EXPECT_EQ(FunctionNames(image_).why_missing("shop::Cart::ad"),
            "no such function; nearest: shop::Cart::add");
  EXPECT_EQ(FunctionNames(image_).why_missing("bt*"), "no function matches");
}

}  // namespace
}  // namespace pgrec
