// Covers record/labels.h: what --label takes, and what it does not.
#include "record/labels.h"

#include <gtest/gtest.h>

#include "format/error.h"

namespace pgrec {
namespace {

// "message / hint" of the UsageError.
std::string error(const std::vector<std::string>& labels) {
  try {
    parse_labels(labels);
  } catch (const UsageError& error) {
    return std::string(error.what()) + " / " + error.hint();
  }
  return "no error";
}

constexpr const char* kKeyHint =
    "' is not a key / a key is made of letters, digits, '_', '.' and '-'";

TEST(ParseLabels, PutsKeysUnderLabelInTheirOrder) {
  EXPECT_EQ(parse_labels({"run=3", "Branch-2.x_y=main"}),
            (Metadata{{"label.run", "3"}, {"label.Branch-2.x_y", "main"}}));
}

TEST(ParseLabels, KeepsAValueAsItIs) {
  EXPECT_EQ(parse_labels({"a= b, c ", "d=e=f", "g="}),
            (Metadata{{"label.a", " b, c "}, {"label.d", "e=f"}, {"label.g", ""}}));
}

TEST(ParseLabels, RefusesALabelWithoutValue) {
  EXPECT_EQ(error({"run"}), "--label: 'run' has no value / write it like --label run=3");
}

TEST(ParseLabels, RefusesWhatIsNoKey) {
  EXPECT_EQ(error({"=3"}), std::string("--label: '") + kKeyHint);
  EXPECT_EQ(error({"the run=3"}), std::string("--label: 'the run") + kKeyHint);
  EXPECT_EQ(error({"é=3"}), std::string("--label: 'é") + kKeyHint);
}

TEST(ParseLabels, RefusesAKeyGivenTwice) {
  EXPECT_EQ(error({"run=3", "a=1", "run=3"}),
            "--label: 'run' is given twice / one value for each key");
  EXPECT_EQ(parse_labels({"run=3", "Run=4"}).size(), 2u);
}

}  // namespace
}  // namespace pgrec
