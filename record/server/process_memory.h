// Reads the memory of another process without stopping it: what stands there may change meanwhile.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>

#include "record/binary/elf_image.h"
#include "record/host/descriptor.h"

namespace pgrec {

class ProcessMemory {
 public:
  // Nothing can be read of a process that is gone, or that this one may not look into.
  explicit ProcessMemory(std::uint32_t pid);

  // Nothing where these addresses may not be read.
  template <typename Value>
  std::optional<Value> read(std::uint64_t address) const {
    Value value{};
    if (::pread(file_.get(), &value, sizeof value, static_cast<off_t>(address)) != sizeof value)
      return std::nullopt;
    return value;
  }

  // The text at `address` to its NUL, or its first `most_bytes`; nothing where it may not be read.
  std::optional<std::string> read_string(std::uint64_t address, std::size_t most_bytes) const;

 private:
  Descriptor file_;
};

// The difference between addresses in the process that runs a program and those in the program's
// file: the kernel tells a process where its program's first instruction is.
std::optional<std::uint64_t> load_bias(std::uint32_t pid, const ElfImage& image);

}  // namespace pgrec
