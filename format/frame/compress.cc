#include "format/frame/compress.h"

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

struct FreeDecompressor {
  void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
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

bool decompress(ByteView stored, std::span<std::uint8_t> raw) {
  if (ZSTD_getFrameContentSize(stored.data(), stored.size()) != raw.size()) return false;
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeDecompressor> decompressor(ZSTD_createDCtx());
  const std::size_t got =
      ZSTD_decompressDCtx(decompressor.get(), raw.data(), raw.size(), stored.data(), stored.size());
  return got == raw.size();  // an error is larger than any size
}

}  // namespace pgrec
