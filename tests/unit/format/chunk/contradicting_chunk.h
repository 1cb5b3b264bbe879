// A chunk whose columns can be made to contradict its header, each other or a bound.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "format/chunk/chunk_decoder.h"
#include "format/chunk/columns.h"
#include "format/layout.h"

namespace pgrec {

using layout::Column;

// Columns that contradict. Begins with a chunk that decodes: thread 1/2 enters function 4, begins
// to run text 5 and returns.
class ContradictingChunk : public testing::Test {
 protected:
  ContradictingChunk() {
    header_.first = from_ns(100);
    header_.last = from_ns(120);
    header_.events = 3;
    header_.calls = header_.executions = header_.threads = 1;
    set(Column::kThreads, {1, 2, 3, 0, 0});
    set(Column::kTokenTable, {kEnter4, kBegin, kReturn});
    set(Column::kTokens, {0, 1, 2});
    set(Column::kTexts, {5});
    set(Column::kEnterLow, {0});
    set(Column::kEnterHigh, {0});
    set(Column::kOtherLow, {10, 10});
    set(Column::kOtherHigh, {0, 0});
  }
  void set(std::uint32_t column, Bytes data) { columns_[column] = std::move(data); }
  // A chunk of one event that returns from a call that thread 1/2 has open as `opening` says.
  void set_return_from(Bytes opening) {
    header_.last = from_ns(100);
    header_.ids.call = CallId{5};
    header_.events = 1;
    header_.calls = header_.executions = 0;
    columns_.clear();
    Bytes threads = {1, 2, 1, 0};
    threads.insert(threads.end(), opening.begin(), opening.end());
    set(Column::kThreads, threads);
    set(Column::kTokenTable, {kReturn});
    set(Column::kTokens, {0});
    set(Column::kOtherLow, {0});
    set(Column::kOtherHigh, {0});
  }
  Bytes column_bytes() const {
    Bytes bytes;
    for (const auto& [id, content] : columns_)
      put_column(bytes, id, content);
    return bytes;
  }
  Bytes plain() const {
    Bytes plain;
    put_chunk_header(plain, header_);
    return plain;
  }
  std::optional<Chunk> decode() const { return decode_chunk(plain(), column_bytes()); }
  bool decodes() const { return decode().has_value(); }

  static constexpr std::uint8_t kEnter4 = 4 << 4, kBegin = 6, kReturn = 1;
  ChunkHeader header_;
  std::map<std::uint32_t, Bytes> columns_;
};

}  // namespace pgrec
