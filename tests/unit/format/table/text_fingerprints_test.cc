// Covers format/table/text_fingerprints.h.
#include "format/table/text_fingerprints.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(TextFingerprintsTest, KnowsWhatWasAdded) {
  TextFingerprints texts;
  texts.add(TextId{3}, 33);
  texts.add(TextId{UINT32_MAX}, 0);
  EXPECT_EQ(texts.find(TextId{3}), 33u);
  EXPECT_EQ(texts.find(TextId{UINT32_MAX}), 0u);
  EXPECT_EQ(texts.find(TextId{2}), std::nullopt);
  EXPECT_EQ(texts.find(TextId{4}), std::nullopt);
}

TEST(TextFingerprintsTest, KeepsTheFirstOfTwoWithOneId) {
  TextFingerprints texts;
  texts.add(TextId{3}, 33);
  texts.add(TextId{3}, 44);
  EXPECT_EQ(texts.find(TextId{3}), 33u);
}

TEST(TextFingerprintsTest, ForgetsThoseBeforeTheLastOnes) {
  TextFingerprints texts(4);
  for (std::uint32_t id = 0; id < 6; ++id)
    texts.add(TextId{id}, 10 + id);
  EXPECT_EQ(texts.find(TextId{1}), std::nullopt);
  EXPECT_EQ(texts.find(TextId{2}), 12u);
  EXPECT_EQ(texts.find(TextId{5}), 15u);
}

}  // namespace
}  // namespace pgrec
