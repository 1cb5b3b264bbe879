// Covers format/chunk/chunk_decoder.h and format/chunk/chunk_builder.h: places in token tables of
// one byte and of more.
#include <gtest/gtest.h>

#include "format/chunk/chunk_builder.h"
#include "format/chunk/columns.h"
#include "format/layout.h"

namespace pgrec {
namespace {

using layout::Column;

// Chunks with so many functions that a place in their token table takes one byte or more.
class TokenPlaces : public testing::TestWithParam<std::uint32_t> {
 protected:
  // Each of as many functions headless, and all of them once more, backwards.
  TokenPlaces() {
    for (std::uint32_t i = 0; i < 2 * GetParam(); ++i) {
      const std::uint32_t function = i < GetParam() ? i : 2 * GetParam() - 1 - i;
      const Event event{EventKind::kHeadless, FunctionId{function}, {}, from_ns(i), {}};
      builder_.append({1, 1}, std::span(&event, 1));
      functions_.push_back(function);
    }
    encoded_ = builder_.encode();
  }

  ChunkBuilder builder_;
  std::vector<std::uint32_t> functions_;
  ChunkBuilder::Encoded encoded_;
};

TEST_P(TokenPlaces, ComeBack) {
  const auto chunk = decode_chunk(encoded_.plain, encoded_.columns);
  std::vector<std::uint32_t> found;
  for (const Event& event : chunk.value().threads.at(0).events)
    found.push_back(value(event.function));
  EXPECT_EQ(found, functions_);
}

TEST_P(TokenPlaces, TakeOneByteUpToTheBound) {
  Columns columns;
  Bytes buffer;
  ASSERT_TRUE(columns.find(encoded_.columns));
  const std::size_t bytes = columns.open(Column::kTokens, buffer)->size();
  const std::size_t wide = GetParam() > 256 ? 2 * (GetParam() - 128) : 0;  // places from 128 on
  EXPECT_EQ(bytes, 2 * GetParam() + wide);
}

INSTANTIATE_TEST_SUITE_P(Functions, TokenPlaces, testing::Values(1, 2, 255, 256, 257, 300, 2000));

TEST(WidePlaces, BeyondTheTableAreRefused) {
  ChunkBuilder builder;
  for (std::uint32_t i = 0; i < 300; ++i) {
    const Event event{EventKind::kHeadless, FunctionId{i}, {}, from_ns(i), {}};
    builder.append({1, 1}, std::span(&event, 1));
  }
  const auto encoded = builder.encode();
  Columns columns;
  ASSERT_TRUE(columns.find(encoded.columns));
  Bytes changed;
  for (const std::uint32_t id : {1u, 2u, 3u, 7u, 8u}) {
    Bytes buffer;
    const ByteView content = columns.open(id, buffer).value();
    Bytes copy(content.begin(), content.end());
    // The last place is 299.
    if (id == Column::kTokens) ++copy[copy.size() - 2];
    put_column(changed, id, copy);
  }
  EXPECT_FALSE(decode_chunk(encoded.plain, changed));
}

}  // namespace
}  // namespace pgrec
