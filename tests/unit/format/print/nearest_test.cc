// Covers format/print/nearest.h: which names are offered for one that does not exist.
#include "format/print/nearest.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

TEST(Nearest, FindsALetterTooMany) {
  EXPECT_EQ(nearest("heap_inssert", {"heap_insert", "btinsert"}), (Names{"heap_insert"}));
}

TEST(Nearest, CountsSwappedLettersAsOneChange) {
  EXPECT_EQ(nearest("hpea", {"heap", "hxya"}), (Names{}));
  EXPECT_EQ(nearest("haep", {"heap"}), (Names{"heap"}));
}

TEST(Nearest, DoesNotLookAtCase) {
  EXPECT_EQ(nearest("relationgetbufferfortuple", {"RelationGetBufferForTuple"}),
            (Names{"RelationGetBufferForTuple"}));
}

TEST(Nearest, OffersNamesThatBeginWithTheWantedOne) {
  EXPECT_EQ(nearest("heap", {"heap_insert_and_much_more", "index_insert"}),
            (Names{"heap_insert_and_much_more"}));
}

TEST(Nearest, OffersNothingForTwoLettersThatBeginAName) {
  EXPECT_EQ(nearest("he", {"heap_insert"}), (Names{}));
}

TEST(Nearest, ComesClosestFirst) {
  EXPECT_EQ(nearest("abcdefghi", {"abcdefxyz", "abcdefghx", "abcdefgxy"}),
            (Names{"abcdefghx", "abcdefgxy", "abcdefxyz"}));
}

TEST(Nearest, LeavesOutWhatIsMoreThanAThirdAway) {
  EXPECT_EQ(nearest("abcdef", {"abcdxx", "abcxxx"}), (Names{"abcdxx"}));
}

TEST(Nearest, StopsAtMost) {
  EXPECT_EQ(nearest("abc", {"abd", "abe", "abf", "abg"}, 2), (Names{"abd", "abe"}));
}

TEST(Nearest, OffersANameOnce) {
  EXPECT_EQ(nearest("abc", {"abd", "abd"}), (Names{"abd"}));
}

TEST(Nearest, OffersNothingForNothing) {
  EXPECT_EQ(nearest("", {"heap_insert"}), (Names{}));
}

}  // namespace
}  // namespace pgrec
