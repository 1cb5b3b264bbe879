// Covers format/table/text_dictionary.h: one id a text, and new ids past the bound.
#include "format/table/text_dictionary.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

class TextDictionaryTest : public testing::Test {
 protected:
  std::uint32_t id(const std::string& text) {
    return value(dictionary_.id({{}, false, false, text}));
  }
  std::uint32_t id_of_cut(const std::string& text) {
    return value(dictionary_.id({{}, true, false, text}));
  }
  std::uint32_t id_of_unreadable() { return value(dictionary_.id({{}, false, true, ""})); }
  // "0:a 1:b".
  std::string take_new() {
    std::string all;
    for (const Text& text : dictionary_.take_new()) {
      all += (all.empty() ? "" : " ") + std::to_string(value(text.id)) + ":" + text.text;
    }
    return all;
  }

  // Of four texts of 4 bytes, whose keys have 9.
  TextDictionary dictionary_{4 * (9 + TextDictionary::kEntryBytes)};
};

TEST_F(TextDictionaryTest, GivesIdsFromZero) {
  EXPECT_EQ(id("aaaa"), 0u);
  EXPECT_EQ(id("bbbb"), 1u);
}

TEST_F(TextDictionaryTest, GivesATextItsIdAgain) {
  id("aaaa");
  id("bbbb");
  EXPECT_EQ(id("aaaa"), 0u);
}

TEST_F(TextDictionaryTest, TellsWholeCutAndUnreadableTextsApart) {
  EXPECT_EQ(id(""), 0u);
  EXPECT_EQ(id_of_cut(""), 1u);
  EXPECT_EQ(id_of_unreadable(), 2u);
  EXPECT_EQ(id_of_cut(""), 1u);
}

TEST_F(TextDictionaryTest, TellsTextsApartByAllThatIsKnownOfThem) {
  std::vector<Text> texts(6);
  texts[1].withheld = true;
  texts[2].withheld = true, texts[2].fingerprint = 1;
  texts[3].normalized = true;
  texts[4].query_bytes = 1;
  texts[5].fingerprint = 1;
  TextDictionary dictionary{10'000};
  for (int again = 0; again < 2; ++again) {
    for (std::uint32_t i = 0; i < texts.size(); ++i)
      EXPECT_EQ(value(dictionary.id(texts[i])), i);
  }
}

TEST_F(TextDictionaryTest, KeepsFlagsOfNewTexts) {
  id_of_cut("aaaa");
  EXPECT_EQ(dictionary_.take_new(), (std::vector<Text>{{TextId{0}, true, false, "aaaa"}}));
}

TEST_F(TextDictionaryTest, HandsOutNewTextsOnce) {
  id("aaaa");
  id("bbbb");
  id("aaaa");
  EXPECT_EQ(take_new(), "0:aaaa 1:bbbb");
  EXPECT_EQ(take_new(), "");
}

TEST_F(TextDictionaryTest, CountsTheBytesOfNewTexts) {
  id("aaaa");
  id("bb");
  EXPECT_EQ(dictionary_.new_bytes(), 6u);
  take_new();
  EXPECT_EQ(dictionary_.new_bytes(), 0u);
}

TEST_F(TextDictionaryTest, RemembersUpToItsBound) {
  for (const char* text : {"aaaa", "bbbb", "cccc", "dddd"})
    id(text);
  EXPECT_EQ(id("aaaa"), 0u);
}

// The bound is one of memory: a short text has no more room than its entry takes.
TEST_F(TextDictionaryTest, CountsWhatAnEntryTakesBesideItsText) {
  for (const char* text : {"a", "b", "c", "d", "e"})
    id(text);
  EXPECT_EQ(id("a"), 5u);
}

TEST_F(TextDictionaryTest, GivesNewIdsPastItsBound) {
  for (const char* text : {"aaaa", "bbbb", "cccc", "dddd", "eeee"})
    id(text);
  EXPECT_EQ(id("aaaa"), 5u);
}

TEST_F(TextDictionaryTest, HandsOutATextAgainUnderItsNewId) {
  for (const char* text : {"aaaa", "bbbb", "cccc", "dddd", "eeee", "aaaa"})
    id(text);
  EXPECT_EQ(take_new(), "0:aaaa 1:bbbb 2:cccc 3:dddd 4:eeee 5:aaaa");
}

TEST_F(TextDictionaryTest, TakesATextLongerThanItsBound) {
  EXPECT_EQ(id(std::string(1000, 'a')), 0u);
  EXPECT_EQ(id("bbbb"), 1u);
}

// Ids have 32 bits, and a text that is in no table is not another's.
TEST_F(TextDictionaryTest, HasOneIdForAllTextsWhenTheOthersAreUsedUp) {
  TextDictionary few{1000, 2};
  const auto id = [&](const std::string& text) { return value(few.id({{}, false, false, text})); };
  EXPECT_EQ(id("a"), 0u);
  EXPECT_EQ(id("b"), 1u);
  EXPECT_EQ(id("c"), 2u);
  EXPECT_EQ(id("d"), 2u);
  EXPECT_EQ(id("a"), 0u);
  const std::vector<Text> texts = few.take_new();
  ASSERT_EQ(texts.size(), 3u);
  EXPECT_EQ(texts[2], (Text{TextId{2}, false, true, ""}));
}

TEST_F(TextDictionaryTest, SaysThatFewIdsAreLeft) {
  EXPECT_FALSE(dictionary_.is_nearly_full());
  TextDictionary few{1000, 1u << 20};
  EXPECT_FALSE(few.is_nearly_full());
  few.id({{}, false, false, "a"});
  EXPECT_TRUE(few.is_nearly_full());
}

}  // namespace
}  // namespace pgrec
