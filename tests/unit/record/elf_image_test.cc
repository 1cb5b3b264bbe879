// Covers record/elf_image.h on the file of this test program.
#include "record/elf_image.h"

#include <gtest/gtest.h>

#include "format/error.h"

extern "C" {
std::int16_t pgrec_test_variable = 1;
void pgrec_test_function() {}
}

namespace pgrec {
namespace {

TEST(ReadElf, FindsGlobalVariablesWithTheirSizes) {
  const ElfImage image = read_elf("/proc/self/exe");
  const auto variable = image.find_variable("pgrec_test_variable");
  ASSERT_TRUE(variable);
  EXPECT_EQ(variable->bytes, sizeof pgrec_test_variable);
  EXPECT_FALSE(image.find_variable("pgrec_test_function"));
  EXPECT_FALSE(image.find_variable("pgrec_test_nothing"));
}

TEST(ReadElf, TellsFunctionsFromVariables) {
  const ElfImage image = read_elf("/proc/self/exe");
  EXPECT_EQ(image.find("pgrec_test_function").size(), 1u);
  EXPECT_TRUE(image.find("pgrec_test_variable").empty());
}

TEST(ReadElf, FindsNoVariableOfANameThatTwoHave) {
  ElfImage image;
  image.variables = {{"one", 1, 4}, {"two", 2, 4}, {"two", 3, 4}};
  EXPECT_TRUE(image.find_variable("one"));
  EXPECT_FALSE(image.find_variable("two"));
}

TEST(ReadElf, RefusesWhatIsNoElfFile) {
  EXPECT_THROW(read_elf("/proc/self/status"), Error);
}

}  // namespace
}  // namespace pgrec
