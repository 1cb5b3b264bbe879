// Covers format/frame/damage.h: the list of damages is in order, without repetition, and bounded.
#include "format/frame/damage.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::uint64_t kFileBytes = 1'000'000;

TEST(DamagesTest, AreInOrderOfTheFile) {
  Damages damages;
  damages.add({40, 8, "b"}, kFileBytes);
  damages.add({32, 8, "a"}, kFileBytes);
  EXPECT_EQ(damages.all(), (std::vector<Damage>{{32, 8, "a"}, {40, 8, "b"}}));
}

TEST(DamagesTest, AreListedOnce) {
  Damages damages;
  for (int i = 0; i < 3; ++i)
    damages.add({40, 8, "a"}, kFileBytes);
  damages.add({40, 8, "b"}, kFileBytes);
  EXPECT_EQ(damages.all().size(), 2u);
}

TEST(DamagesTest, AreBounded) {
  Damages damages;
  for (std::uint64_t i = 0; i < 3 * Damages::kListed; ++i)
    damages.add({i, 1, "a"}, kFileBytes);
  ASSERT_EQ(damages.all().size(), Damages::kListed + 1);
  EXPECT_EQ(damages.all().back(), (Damage{Damages::kListed, kFileBytes - Damages::kListed,
                                          "more damage than is listed"}));
}

TEST(DamagesTest, AreNotMoreThanListedWhereTheLastOneComesAgain) {
  Damages damages;
  for (std::uint64_t i = 0; i < Damages::kListed; ++i)
    damages.add({i, 1, "a"}, kFileBytes);
  damages.add({0, 1, "a"}, kFileBytes);
  EXPECT_EQ(damages.all().size(), Damages::kListed);
}

}  // namespace
}  // namespace pgrec
