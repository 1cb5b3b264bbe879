#include "record/server/process_memory.h"

#include <elf.h>
#include <fcntl.h>

#include <algorithm>
#include <fstream>

#include "record/host/proc_path.h"

namespace pgrec {

ProcessMemory::ProcessMemory(std::uint32_t pid)
    : file_(::open(proc_path(pid, "mem").c_str(), O_RDONLY | O_CLOEXEC)) {}

std::optional<std::string> ProcessMemory::read_string(std::uint64_t address,
                                                      std::size_t most_bytes) const {
  constexpr std::size_t kPageBytes = 4096;
  std::string text;
  while (text.size() < most_bytes) {
    // To the end of a page: the next may not be there.
    const std::uint64_t from = address + text.size();
    const std::size_t wanted =
        std::min<std::size_t>(kPageBytes - from % kPageBytes, most_bytes - text.size());
    std::string piece(wanted, '\0');
    const ssize_t got = ::pread(file_.get(), piece.data(), wanted, static_cast<off_t>(from));
    if (got <= 0) return std::nullopt;
    piece.resize(static_cast<std::size_t>(got));
    const std::size_t end = piece.find('\0');
    text += piece.substr(0, end);
    if (end != piece.npos) break;
  }
  return text;
}

std::optional<std::uint64_t> load_bias(std::uint32_t pid, const ElfImage& image) {
  std::ifstream file(proc_path(pid, "auxv"), std::ios::binary);
  for (Elf64_auxv_t entry{}; file.read(reinterpret_cast<char*>(&entry), sizeof entry);) {
    if (entry.a_type == AT_ENTRY) return entry.a_un.a_val - image.entry;
  }
  return std::nullopt;
}

}  // namespace pgrec
