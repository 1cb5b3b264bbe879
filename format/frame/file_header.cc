#include "format/frame/file_header.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "format/error.h"
#include "format/frame/checksum.h"
#include "format/layout.h"

namespace pgrec {
namespace {

constexpr std::size_t kChecksumAt = layout::kFileHeaderBytes - 4;

// Over everything but itself.
std::uint32_t checksum_of(ByteView header) {
  return crc32c(header.subspan(layout::kFileHeaderBytes), crc32c(header.first(kChecksumAt)));
}

void check_magic(const Bytes& bytes, const std::string& name) {
  const std::size_t length = std::min(bytes.size(), layout::kMagic.size());
  if (std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length),
                 layout::kMagic.begin())) {
    return;
  }
  const bool text_mode =
      bytes.size() >= 4 && std::memcmp(bytes.data(), layout::kMagic.data(), 4) == 0;
  throw Error(fmt::format("cannot read {}: it is not a pgrec trace", name),
              text_mode
                  ? "it was one: a transfer in text mode changed its line ends; copy it again "
                    "in binary mode"
                  : "traces are made by pgrec record and end in .pgt");
}

// None ends them: what follows is padding.
std::vector<std::string> get_features(ByteView names) {
  std::vector<std::string> features;
  ByteReader in(names);
  while (!in.at_end()) {
    const std::uint8_t length = in.u8();
    const ByteView name = in.bytes(length);
    if (length == 0 || !in.ok()) break;
    // They are printed when they are refused.
    std::string& feature = features.emplace_back(name.begin(), name.end());
    std::replace_if(
        feature.begin(), feature.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  }
  return features;
}

void refuse_unknown(const FileHeader& header, const std::string& name) {
  if (header.major != layout::kMajor) {
    const bool draft = header.major == 0;
    throw Error(
        fmt::format("cannot read {}: it is a trace of format {}", name, header.version()),
        draft ? "formats 0.x were drafts; record it again"
              : fmt::format("this pgrec reads format {}; a later one may read it", layout::kMajor));
  }
  if (!header.features.empty()) {
    throw Error(fmt::format("cannot read {}: it needs the feature '{}', which this pgrec does not "
                            "know",
                            name, header.features.front()),
                "a later pgrec may read it");
  }
}

}  // namespace

Bytes encode_file_header(const std::vector<std::string>& features, std::uint16_t major) {
  Bytes names;
  for (const std::string& feature : features) {
    names.push_back(static_cast<std::uint8_t>(feature.size()));
    put_bytes(names, feature.data(), feature.size());
  }
  names.resize((names.size() + layout::kFrameAlignment - 1) / layout::kFrameAlignment *
               layout::kFrameAlignment);

  Bytes out;
  put_bytes(out, layout::kMagic.data(), layout::kMagic.size());
  put_u16(out, major);
  put_u16(out, layout::kMinor);
  put_u32(out, static_cast<std::uint32_t>(layout::kFileHeaderBytes + names.size()));
  out.resize(layout::kFileHeaderBytes);
  put_bytes(out, names.data(), names.size());
  const std::uint32_t checksum = checksum_of(out);
  std::memcpy(&out[kChecksumAt], &checksum, sizeof checksum);
  return out;
}

FileHeader read_file_header(const File& file) {
  Bytes bytes = file.read(0, layout::kMaxFileHeaderBytes);
  if (bytes.empty()) {
    throw Error(fmt::format("cannot read {}: it is empty", file.name()),
                "its recorder was stopped before it wrote anything");
  }
  check_magic(bytes, file.name());
  if (bytes.size() < layout::kFileHeaderBytes) {
    throw Error(fmt::format("cannot read {}: it ends inside its header", file.name()),
                "the copy was cut short; copy it again");
  }
  FileHeader header;
  ByteReader in(ByteView(bytes).subspan(layout::kMagic.size()));
  header.major = in.u16();
  header.minor = in.u16();
  header.bytes = in.u32();
  std::uint32_t checksum = 0;
  std::memcpy(&checksum, &bytes[kChecksumAt], sizeof checksum);
  const bool fits = header.bytes >= layout::kFileHeaderBytes && header.bytes <= bytes.size() &&
                    header.bytes % layout::kFrameAlignment == 0;
  if (fits) bytes.resize(header.bytes);
  if (!fits || checksum != checksum_of(bytes)) {
    return {layout::kMajor, 0, {}, layout::kFileHeaderBytes, false};
  }
  header.intact = true;
  header.features = get_features(ByteView(bytes).subspan(layout::kFileHeaderBytes));
  refuse_unknown(header, file.name());
  return header;
}

}  // namespace pgrec
