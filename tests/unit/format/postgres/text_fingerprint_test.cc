// Covers format/postgres/text_fingerprint.h.
#include "format/postgres/text_fingerprint.h"

#include <gtest/gtest.h>

#include "format/postgres/statement_fingerprint.h"

namespace pgrec {
namespace {

Text text_of(std::string text) {
  Text made;
  made.text = std::move(text);
  return made;
}

TEST(TextFingerprintTest, IsThatOfTheWordsWhereTheyAreThere) {
  EXPECT_EQ(fingerprint_of(text_of("SELECT 1")), statement_fingerprint("SELECT 2"));
  Text cut = text_of("SELECT a, b FR");
  cut.cut = true;
  EXPECT_EQ(fingerprint_of(cut), statement_fingerprint("SELECT a, b FR", true));
  EXPECT_NE(fingerprint_of(cut), statement_fingerprint("SELECT a, b FR", false));
}

TEST(TextFingerprintTest, IsWhatTheRowSays) {
  Text normalized = text_of("SELECT $1");
  normalized.normalized = true;
  EXPECT_EQ(fingerprint_of(normalized), 0u);
  normalized.fingerprint = 42;
  EXPECT_EQ(fingerprint_of(normalized), 42u);
  Text withheld;
  withheld.withheld = true;
  EXPECT_EQ(fingerprint_of(withheld), 0u);
  withheld.fingerprint = 43;
  EXPECT_EQ(fingerprint_of(withheld), 43u);
  Text verbatim = text_of("SELECT 1");
  verbatim.fingerprint = 44;
  EXPECT_EQ(fingerprint_of(verbatim), 44u);
}

TEST(TextFingerprintTest, NoneIsOfWhatIsNoQuery) {
  EXPECT_EQ(fingerprint_of(text_of("autovacuum: VACUUM public.t")), 0u);
  Text unreadable;
  unreadable.unreadable = true;
  unreadable.fingerprint = 45;
  EXPECT_EQ(fingerprint_of(unreadable), 0u);
}

TEST(TextFingerprintTest, VerbatimAreTheBytesOfAQuery) {
  EXPECT_TRUE(is_verbatim(text_of("SELECT 1")));
  EXPECT_TRUE(is_verbatim(text_of("")));
  for (bool Text::*what : {&Text::withheld, &Text::normalized, &Text::unreadable}) {
    Text text;
    text.*what = true;
    EXPECT_FALSE(is_verbatim(text));
  }
}

}  // namespace
}  // namespace pgrec
