// The header of a trace file: what kind of file it is, of which version of the format, and what a
// reader must know to read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/frame/bytes.h"
#include "format/frame/file.h"
#include "format/layout.h"

namespace pgrec {

struct FileHeader {
  std::uint16_t major = 0;
  std::uint16_t minor = 0;
  // Names of features without which the trace cannot be read. A reader refuses one that it does not
  // know, by its name.
  std::vector<std::string> features;

  // "1.0".
  std::string version() const { return std::to_string(major) + "." + std::to_string(minor); }

  std::uint64_t bytes = 0;  // of the header: the first frame stands behind it
  bool intact = false;      // its checksum matches; else the rest is that of version 1.0
};

// The header that this version writes, with `features`, of at most 255 bytes each. `major`: another
// version's, for a test of its refusal.
Bytes encode_file_header(const std::vector<std::string>& features = {},
                         std::uint16_t major = layout::kMajor);

// Reads the header of `file`. Throws Error with a hint when the file is empty, not a trace, of a
// version this reader does not know, or needs a feature that it does not know.
FileHeader read_file_header(const File& file);

}  // namespace pgrec
