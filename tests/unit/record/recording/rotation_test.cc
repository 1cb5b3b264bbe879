// Covers record/recording/rotation.h: what --max-size, --rotate and --keep take, and how parts are
// called.
#include "record/recording/rotation.h"

#include <gtest/gtest.h>

#include "format/error.h"
#include "tests/unit/temporary_directory.h"

namespace pgrec {
namespace {

using test::TemporaryDirectory;
using test::write_file;

constexpr std::uint64_t kGigabyte = 1ull << 30;

TEST(ParseRotation, TakesASizeATimeOrBoth) {
  EXPECT_EQ(parse_rotation("", "1GB", "").part_bytes, kGigabyte);
  EXPECT_EQ(parse_rotation("", "1GB", "").part_duration, std::nullopt);
  EXPECT_EQ(parse_rotation("", "1h", "").part_duration, std::chrono::hours(1));
  EXPECT_EQ(parse_rotation("", "1h", "").part_bytes, std::nullopt);
  const Rotation both = parse_rotation("", "1h, 1G", "3");
  EXPECT_EQ(both.part_bytes, kGigabyte);
  EXPECT_EQ(both.part_duration, std::chrono::hours(1));
  EXPECT_EQ(both.keep, 3u);
  EXPECT_TRUE(both.goes_on);
}

TEST(ParseRotation, TellsMinutesFromMegabytes) {
  EXPECT_EQ(parse_rotation("", "10m", "").part_duration, std::chrono::minutes(10));
  EXPECT_EQ(parse_rotation("", "10M", "").part_bytes, 10u << 20);
}

TEST(ParseRotation, EndsTheRecordingAtAMaximum) {
  const Rotation rotation = parse_rotation("100M", "", "");
  EXPECT_EQ(rotation.part_bytes, 100u << 20);
  EXPECT_FALSE(rotation.goes_on);
}

TEST(ParseRotation, IsNothingWhereNothingIsAsked) {
  const Rotation rotation = parse_rotation("", "", "");
  EXPECT_EQ(rotation.part_bytes, std::nullopt);
  EXPECT_EQ(rotation.part_duration, std::nullopt);
  EXPECT_FALSE(rotation.goes_on);
}

TEST(ParseRotation, RefusesWhatMakesNoParts) {
  for (const char* text :
       {"1", "", " ", ",", "G", "-1G", "1x", "1 G", "63K", "999ms", "1G,1G", "1h,2h", "1e30G"}) {
    if (*text == '\0') continue;
    EXPECT_THROW(parse_rotation("", text, ""), UsageError) << text;
  }
  EXPECT_THROW(parse_rotation("63K", "", ""), UsageError);
  EXPECT_THROW(parse_rotation("1h", "", ""), UsageError);
  EXPECT_THROW(parse_rotation("1G", "1G", ""), UsageError);
  EXPECT_THROW(parse_rotation("", "", "3"), UsageError);
  EXPECT_THROW(parse_rotation("1G", "", "3"), UsageError);
  for (const char* keep : {"0", "-1", "1.5", "x", "3x"})
    EXPECT_THROW(parse_rotation("", "1G", keep), UsageError) << keep;
}

TEST(PartPath, PutsTheNumberBeforeTheEnding) {
  EXPECT_EQ(part_path("run1.pgt", 1), "run1.pgt");
  EXPECT_EQ(part_path("run1.pgt", 2), "run1.2.pgt");
  EXPECT_EQ(part_path("a.b/run.1.pgt", 10), "a.b/run.1.10.pgt");
}

TEST(PartPath, PutsItBehindANameOfAnotherKind) {
  EXPECT_EQ(part_path("run1", 2), "run1.2");
  EXPECT_EQ(part_path("a.pgt/run1", 2), "a.pgt/run1.2");
  EXPECT_EQ(part_path(".pgt", 2), ".pgt.2");
  EXPECT_EQ(part_path("a/.pgt", 2), "a/.pgt.2");
  EXPECT_EQ(part_path("x", 2), "x.2");
}

TEST(ExistingLaterParts, AreThoseThatTheRecordingWouldWrite) {
  const TemporaryDirectory directory;
  for (const char* name : {"t.pgt", "t.1.pgt", "t.02.pgt", "t.2.pgt", "t.10.pgt", "t.x.pgt",
                           "t.3.pgtx", "u.2.pgt", "t.2"})
    write_file(directory.file(name), {});
  EXPECT_EQ(existing_later_parts(directory.file("t.pgt")),
            (std::vector<std::string>{directory.file("t.2.pgt"), directory.file("t.10.pgt")}));
  EXPECT_EQ(existing_later_parts(directory.file("t")),
            std::vector<std::string>{directory.file("t.2")});
  EXPECT_TRUE(existing_later_parts(directory.file("none/t.pgt")).empty());
}

}  // namespace
}  // namespace pgrec
