// Covers format/frame/file_header.h: what is a trace, of which version, with which features; and
// frames of other versions.
#include "format/frame/file_header.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>

#include "format/frame/checksum.h"
#include "format/frame/frame.h"
#include "format/layout.h"
#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::error_of;

// A trace of one frame behind a header that a test makes.
class FileHeaderTest : public testing::Test {
 protected:
  void write_behind(const Bytes& header, FrameType type = FrameType::kMetadata,
                    std::uint8_t flags = 0) {
    Bytes all = header;
    const Bytes content = type == FrameType::kMetadata ? encode(Metadata{{"a", "b"}}) : Bytes{1};
    put_frame(all, type, 0, {}, content, flags);
    file_.replace(all);
  }
  // The header of this version with another number in it.
  static Bytes with_u16_at(std::size_t offset, std::uint16_t number) {
    Bytes header = encode_file_header();
    std::memcpy(&header[offset], &number, sizeof number);
    const std::uint32_t checksum = crc32c(ByteView(header).first(28));
    std::memcpy(&header[28], &checksum, sizeof checksum);
    return header;
  }
  std::string refusal() const {
    const std::string error = error_of([&] { file_.reader(); });
    const std::string start = "cannot read " + file_.path() + ": ";
    return error.substr(0, start.size()) == start ? error.substr(start.size()) : error;
  }
  test::TraceFile file_;
};

TEST_F(FileHeaderTest, TakesAMultipleOfTheAlignmentOfFrames) {
  EXPECT_EQ(encode_file_header().size(), layout::kFileHeaderBytes);
  EXPECT_EQ(encode_file_header({"a"}).size(), layout::kFileHeaderBytes + 8);
  EXPECT_EQ(encode_file_header({"1234567", "8"}).size(), layout::kFileHeaderBytes + 16);
}

TEST_F(FileHeaderTest, OfAnotherMajorVersionIsRefused) {
  write_behind(with_u16_at(8, 9));
  EXPECT_EQ(refusal(),
            "it is a trace of format 9.4 / this pgrec reads format 1; a later one may "
            "read it");
}

TEST_F(FileHeaderTest, OfADraftIsRefused) {
  write_behind(with_u16_at(8, 0));
  EXPECT_EQ(refusal(), "it is a trace of format 0.4 / formats 0.x were drafts; record it again");
}

TEST_F(FileHeaderTest, OfALaterMinorVersionIsRead) {
  write_behind(with_u16_at(10, 7));
  EXPECT_EQ(file_.reader().header().minor, 7u);
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

TEST_F(FileHeaderTest, WithAnUnknownFeatureIsRefusedByItsName) {
  write_behind(encode_file_header({"encrypted", "other"}));
  EXPECT_EQ(refusal(),
            "it needs the feature 'encrypted', which this pgrec does not know / a later "
            "pgrec may read it");
}

TEST_F(FileHeaderTest, WithAFeatureOfTheLongestNameIsRefusedByItsName) {
  write_behind(encode_file_header({std::string(255, 'x')}));
  EXPECT_NE(refusal().find(std::string(255, 'x')), std::string::npos);
}

TEST_F(FileHeaderTest, LongerThanThisVersionsWithoutFeaturesIsPassedOver) {
  Bytes header = encode_file_header({"x"});
  header.resize(layout::kFileHeaderBytes);
  header.resize(layout::kFileHeaderBytes + 64, 0);  // padding only
  const auto bytes = static_cast<std::uint32_t>(header.size());
  std::memcpy(&header[12], &bytes, sizeof bytes);
  const std::uint32_t checksum =
      crc32c(ByteView(header).subspan(32), crc32c(ByteView(header).first(28)));
  std::memcpy(&header[28], &checksum, sizeof checksum);
  write_behind(header);
  EXPECT_EQ(file_.reader().header().bytes, bytes);
  EXPECT_EQ(file_.reader().metadata(), (Metadata{{"a", "b"}}));
}

TEST_F(FileHeaderTest, DamagedIsToldOfAndReadOn) {
  Bytes header = encode_file_header();
  header[20] ^= 1;
  write_behind(header);
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{0, 32, "the file header's checksum does not match", false}}));
  EXPECT_EQ(file_.reader().metadata(), (Metadata{{"a", "b"}}));
}

// What stands in it is then not believed: neither a version nor a length.
TEST_F(FileHeaderTest, DamagedAtEveryByteBehindTheMagicIsReadOn) {
  for (std::size_t at = layout::kMagic.size(); at < layout::kFileHeaderBytes; ++at) {
    Bytes header = encode_file_header();
    header[at] ^= 0xFF;
    write_behind(header);
    ASSERT_EQ(file_.reader().metadata(), (Metadata{{"a", "b"}})) << at;
    ASSERT_FALSE(file_.reader().header().intact) << at;
  }
}

// Its frames are found behind the names of the features, which nothing names then.
TEST_F(FileHeaderTest, DamagedWithFeaturesIsReadOn) {
  Bytes header = encode_file_header({"encrypted"});
  header[9] ^= 1;
  write_behind(header);
  EXPECT_EQ(file_.reader().metadata(), (Metadata{{"a", "b"}}));
  EXPECT_EQ(file_.reader().damages().size(), 2u);
}

TEST_F(FileHeaderTest, PassesOverAnAncillaryFrame) {
  write_behind(encode_file_header(), static_cast<FrameType>(0x55), layout::kFlagAncillary);
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

TEST_F(FileHeaderTest, TellsOfAFrameItDoesNotKnow) {
  write_behind(encode_file_header(), static_cast<FrameType>(0x55));
  EXPECT_EQ(
      file_.reader().damages(),
      (std::vector<Damage>{{32, 40, "a frame of type 85, which this pgrec does not know", false}}));
}

// What is no trace.
class ForeignFile : public testing::Test {
 protected:
  void write(std::string_view text) { file_.replace(Bytes(text.begin(), text.end())); }
  // What its error says, without "cannot read PATH: ".
  std::string refusal() const {
    const std::string error = error_of([&] { file_.reader(); });
    const std::string start = "cannot read " + file_.path() + ": ";
    return error.substr(0, start.size()) == start ? error.substr(start.size()) : error;
  }
  test::TraceFile file_;
};

TEST_F(ForeignFile, Missing) {
  EXPECT_EQ(refusal(), "cannot open " + file_.path() +
                           ": No such file or directory / pgrec record -o " + file_.path() +
                           " makes one");
}

TEST_F(ForeignFile, Empty) {
  write("");
  EXPECT_EQ(refusal(), "it is empty / its recorder was stopped before it wrote anything");
}

TEST_F(ForeignFile, Directory) {
  ::mkdir(file_.path().c_str(), 0700);
  EXPECT_EQ(refusal(), "it is a directory / name the trace inside it");
}

TEST_F(ForeignFile, FifoGivesAHint) {
  ASSERT_EQ(::mkfifo(file_.path().c_str(), 0600), 0);
  const File writer(::open(file_.path().c_str(), O_RDWR | O_CLOEXEC),
                    "keeps the open from waiting");
  EXPECT_EQ(refusal().find("it is not a regular file / "), 0u) << refusal();
}

TEST_F(ForeignFile, Text) {
  write("SELECT 1;\n");
  EXPECT_EQ(refusal(), "it is not a pgrec trace / traces are made by pgrec record and end in .pgt");
}

TEST_F(ForeignFile, Zeroes) {
  write(std::string(4096, '\0'));
  EXPECT_EQ(refusal(), "it is not a pgrec trace / traces are made by pgrec record and end in .pgt");
}

TEST_F(ForeignFile, WithLineFeedsMadeCarriageReturnLineFeed) {
  write("\x89PGT\r\r\n\x1A\r\n and so on");
  EXPECT_NE(refusal().find("text mode"), std::string::npos) << refusal();
}

TEST_F(ForeignFile, WithCarriageReturnsTakenOut) {
  write("\x89PGT\n\x1A\n and so on");
  EXPECT_NE(refusal().find("text mode"), std::string::npos) << refusal();
}

TEST_F(ForeignFile, CutInsideItsHeader) {
  file_.writer();
  const Bytes header = file_.bytes();
  for (std::size_t bytes = 1; bytes < layout::kFileHeaderBytes; ++bytes) {
    file_.replace(ByteView(header).first(bytes));
    EXPECT_EQ(refusal(), "it ends inside its header / the copy was cut short; copy it again")
        << bytes;
  }
}

TEST_F(ForeignFile, WithNothingBehindItsHeader) {
  file_.writer();
  EXPECT_EQ(refusal(),
            "nothing in it is readable / the recorder was stopped before it wrote anything, or "
            "the file was overwritten");
}

}  // namespace
}  // namespace pgrec
