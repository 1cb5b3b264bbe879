// Covers analyze/repair/verification.h: what it says of hits that were missed, in the words of
// format/trace/missed_hits.h.
#include "analyze/repair/verification.h"

#include <gtest/gtest.h>

#include "format/trace/missed_hits.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class MissedHitsTest : public testing::Test {
 protected:
  void write(const Metadata& facts) {
    TraceWriter writer = file_.writer();
    writer.write(Metadata{{"events.fired", "0"}, {"events.recorded", "0"}});
    writer.write(facts);
    writer.close(from_ns(1));
  }
  std::string text() const { return missed_hits_text(file_.reader()); }
  std::string identity() const {
    TraceReader trace = file_.reader();
    for (const Check& check : verify(trace, false)) {
      if (check.name == "identity") return check.detail;
    }
    return "";
  }

  test::TraceFile file_;
};

TEST_F(MissedHitsTest, AreNotMentionedWhereThereWereNone) {
  write({});
  EXPECT_EQ(text(), "");
  EXPECT_EQ(identity(), "fired 0 = recorded 0 + lost 0");
}

TEST_F(MissedHitsTest, AreCountedBesideTheIdentity) {
  write({{"events.missed", "3"}});
  EXPECT_EQ(text(), "; missed hits: 3");
  EXPECT_EQ(identity(), "fired 0 = recorded 0 + lost 0; missed hits: 3");
}

TEST_F(MissedHitsTest, AreSaidToBeNotKnownWhereTheKernelDoesNotCountThem) {
  write({{"events.missed", ""}});
  EXPECT_EQ(text(), "; missed hits: not known");
  EXPECT_EQ(identity(), "fired 0 = recorded 0 + lost 0; missed hits: not known");
}

}  // namespace
}  // namespace pgrec
