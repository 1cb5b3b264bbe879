#include "format/compress.h"

#include <zstd.h>

#include <memory>

#include "format/error.h"

namespace pgrec {
namespace {

// Nearly all of a chunk is the noise in its times, in which higher levels find little for much
// work.
constexpr int kLevel = 1;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
};

}  // namespace

void compress(ByteView raw, Bytes& out) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeCompressor> compressor(ZSTD_createCCtx());
  const std::size_t before = out.size();
  out.resize(before + ZSTD_compressBound(raw.size()));
  const std::size_t stored = ZSTD_compressCCtx(compressor.get(), out.data() + before,
                                               out.size() - before, raw.data(), raw.size(), kLevel);
  if (ZSTD_isError(stored)) {
    throw Error(std::string("cannot compress a chunk: ") + ZSTD_getErrorName(stored));
  }
  out.resize(before + stored);
}

std::optional<Bytes> decompress(ByteView stored, std::size_t raw_bytes) {
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw_bytes) return std::nullopt;
  Bytes raw(raw_bytes);
  const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), stored.data(), stored.size());
  if (ZSTD_isError(got) || got != raw_bytes) return std::nullopt;
  return raw;
}

}  // namespace pgrec
